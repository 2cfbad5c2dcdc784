// How a person arranges the window: edges that are dragged, panels that grow by keys, the tour, and
// the file that keeps it.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/viz/app/recorded.hpp"
#include "viz/app/options.hpp"
#include "viz/app/script.hpp"
#include "viz/app/settings.hpp"

namespace logarium::viz {
namespace {

float share(const Show& show, Split split) {
  return show.state().shares.at(show.state().preset, split);
}

// An empty folder, gone afterwards.
struct Scratch {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("viewer-settings-" + std::to_string(static_cast<long>(getpid())));
  Scratch() { std::filesystem::create_directories(path); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

std::string content(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return std::move(out).str();
}

}  // namespace

TEST_CASE("an edge between panels follows the mouse, and nothing below it hears of that") {
  Show show(kFails);
  const UiState before = show.state();
  const ImVec2 edge = show.place("split/overview-timeline");
  show.drag(edge, {edge.x, edge.y - 90});
  CHECK(std::fabs(show.place("split/overview-timeline").y - (edge.y - 90)) < 1.5F);
  CHECK(share(show, Split::kTimeline) > before.shares.at(Preset::kOverview, Split::kTimeline));
  UiState after = show.state();
  after.shares = before.shares;
  after.hover = before.hover;
  CHECK(after == before);
  const ImVec2 side = show.place("split/overview-side");
  show.drag(side, {side.x + 120, side.y});
  CHECK(std::fabs(show.place("split/overview-side").x - (side.x + 120)) < 1.5F);
  // The other preset has shares of its own.
  show.key(Key::k2, {.alt = true});
  CHECK(share(show, Split::kTimeline) == Shares{}.at(Preset::kReplication, Split::kTimeline));
  show.type("=");
  CHECK(show.state().shares == Shares{});
}

TEST_CASE("keys give the panel in focus more room and take it back") {
  for (const Key preset : {Key::k1, Key::k2}) {
    Show show(kFails);
    show.key(preset, {.alt = true});
    for (int i = 0; i < kPanels; ++i) {
      show.key(static_cast<Key>(static_cast<int>(Key::kF1) + i));
      const std::string name(panel_name(static_cast<PanelId>(i)));
      INFO(name);
      const auto size = [&] {
        const Rect box = *show.viewer.hits().find(name);
        return box.width() * box.height();
      };
      const float usual = size();
      show.type("+");
      CHECK(size() > usual);
      show.type("--");
      CHECK(size() < usual);
      show.type("=");
      CHECK(size() == usual);
    }
  }
}

TEST_CASE("the tour is walked by keys alone") {
  Show show(kFails);
  const std::uint64_t event = show.state().event;
  show.type("T");
  CHECK(show.state().overlay == Overlay::kTour);
  show.key(Key::kEnter);
  show.key(Key::kDown);
  CHECK(show.state().tour == 2);
  show.key(Key::kUp);
  CHECK(show.state().tour == 1);
  show.click("tour/back");
  CHECK(show.state().tour == 0);
  show.key(Key::kEscape);
  CHECK(show.state().overlay == Overlay::kNone);
  CHECK(show.state().event == event);
}

TEST_CASE("settings are read as they were written") {
  const Scratch folder;
  const std::string path = (folder.path / "deep" / "viewer.conf").string();
  CHECK(read_settings(path) == Settings{});
  Settings settings;
  settings.shares.set(Preset::kReplication, Split::kLower, 0.25F);
  settings.shares.set(Preset::kOverview, Split::kSide, 0.5F);
  settings.tour_seen = true;
  REQUIRE(write_settings(path, settings));
  CHECK(read_settings(path) == settings);
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("what a file of settings says wrongly is as usual, the rest counts") {
  const Scratch folder;
  const std::string path = (folder.path / "viewer.conf").string();
  std::ofstream(path) << "# nothing\n\noverview-side = wide\noverview-timeline = 9\n"
                      << "no-such-edge = 0.5\nreplication-side 0.5\ntour-seen = perhaps\n"
                      << "overview-cluster = 0.5 and more\n"
                      << std::string(5000, '=');
  const Settings read = read_settings(path);
  Settings wanted;
  wanted.shares.set(Preset::kOverview, Split::kTimeline, kShareMax);
  wanted.shares.set(Preset::kOverview, Split::kCluster, 0.5F);
  CHECK(read == wanted);
  const Result<> written = write_settings((folder.path / "viewer.conf" / "x").string(), read);
  REQUIRE_FALSE(written);
  CHECK(written.error().message.find("viewer.conf") != std::string::npos);
}

TEST_CASE("settings lie where the person's settings lie, and pictures do not know them") {
  const Scratch folder;
  ::setenv("XDG_CONFIG_HOME", folder.path.c_str(), 1);
  CHECK(settings_path() == (folder.path / "logarium" / "viewer.conf").string());
  Settings settings;
  settings.shares.set(Preset::kOverview, Split::kTimeline, 0.7F);
  REQUIRE(write_settings(settings_path(), settings));
  const std::string before = content(settings_path());
  ViewerOptions options;
  options.run = recorded(kFails);
  options.shot = (folder.path / "a.png").string();
  CHECK(view(options) == ViewerExit::kDone);
  std::filesystem::remove(settings_path());
  options.shot = (folder.path / "b.png").string();
  CHECK(view(options) == ViewerExit::kDone);
  CHECK(content(folder.path / "a.png") == content(folder.path / "b.png"));
  CHECK_FALSE(content(folder.path / "a.png").empty());
  CHECK_FALSE(std::filesystem::exists(settings_path()));
  CHECK_FALSE(before.empty());
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  ::setenv("HOME", "/somewhere", 1);
  CHECK(settings_path() == "/somewhere/.config/logarium/viewer.conf");
  ::unsetenv("XDG_CONFIG_HOME");
  ::unsetenv("HOME");
  CHECK(settings_path().empty());
}

TEST_CASE("a script drags edges and ranges, and saves what it shows") {
  const Scratch folder;
  const auto back = std::filesystem::current_path();
  Show show(kFails);
  ViewerOptions options;
  options.script = "test";
  std::istringstream script(
      "drag split/overview-timeline 0.5 0.5 up 60\n"
      "drag timeline/lanes 0.25 0.75 ctrl\n"
      "do copy-command\n"
      "do save\n");
  std::ostringstream out;
  std::filesystem::current_path(folder.path);
  const Result<> done = run_script(show.viewer, options, script, out);
  std::filesystem::current_path(back);
  if (!done) FAIL(done.error().message);
  CHECK(share(show, Split::kTimeline) > Shares{}.at(Preset::kOverview, Split::kTimeline));
  REQUIRE(show.state().range);
  CHECK(out.str().find("logarium") != std::string::npos);
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path)) {
    ++files;
    if (file.path().extension() == ".txt") {
      CHECK(content(file.path()).find("== timeline") != std::string::npos);
    } else {
      CHECK(read_png(file.path().string()));
    }
  }
  CHECK(files == 2);
  std::istringstream wrong("drag timeline/ruler 0.2 0.4 sideways 3\n");
  const Result<> refused = run_script(show.viewer, options, wrong, out);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("test:1: drag:") != std::string::npos);
}

}  // namespace logarium::viz
