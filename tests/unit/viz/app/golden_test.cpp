// Golden pictures: three stories at notable events, pixel by pixel. Each is of a run recorded here.
// LOGARIUM_UPDATE_GOLDENS=1 writes the pictures anew; a difference leaves NAME.actual.png and
// NAME.difference.png in the build's folder.

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/viz/app/recorded.hpp"
#include "viz/app/picture.hpp"

namespace logarium::viz {
namespace {

// Of the font files that the golden pictures were made with.
constexpr const char* kFontsFile = "tests/golden/viewer/fonts.txt";

bool updating() {
  const char* value = std::getenv("LOGARIUM_UPDATE_GOLDENS");
  return value != nullptr && std::string(value) == "1";
}

// Skips where the distribution's fonts are others than those of the golden pictures.
void need_fonts(const Show& show) {
  const std::string hash = std::to_string(show.stage.fonts().hash);
  if (updating()) {
    std::filesystem::create_directories("tests/golden/viewer");
    std::ofstream(kFontsFile) << hash << "\n";
    return;
  }
  std::string wanted;
  std::ifstream(kFontsFile) >> wanted;
  if (hash != wanted) SKIP("the fonts here are others than those of the golden pictures");
}

void compare(const Show& show, const std::string& name) {
  const Picture actual = show.stage.picture();
  const std::string path = "tests/golden/viewer/" + name + ".png";
  if (updating()) {
    must(write_png(path, actual));
    return;
  }
  const Result<Picture> golden = read_png(path);
  REQUIRE(golden);
  const Difference found = difference(golden.value(), actual, 0);
  if (found.pixels == 0) return;
  const auto folder = std::filesystem::temp_directory_path();
  const std::string base = (folder / ("viewer-golden-" + name)).string();
  must(write_png(base + ".actual.png", actual));
  must(write_png(base + ".difference.png", found.marked));
  FAIL(name << ": " << found.pixels << " pixels differ; see " << base
            << ".actual.png and .difference.png");
}

// To the first notable event of these kinds.
void go_to_first(Show& show, NotableSet kinds) {
  const auto event = show.viewer.index().next(0, kinds);
  REQUIRE(event);
  show.viewer.act(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(*event)});
}

// To the last notable event of these kinds at or before the one shown.
void go_back(Show& show, NotableSet kinds) {
  const auto event = show.viewer.index().previous(show.state().event + 1, kinds);
  REQUIRE(event);
  show.viewer.act(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(*event)});
}

void zoom_in(Show& show, int times) {
  for (int i = 0; i < times; ++i) show.viewer.act(Command::kZoomIn);
  show.settle();
}

}  // namespace

TEST_CASE("golden picture: committed records are cut, at the first violation") {
  Show show("rules/truncate-to-high-watermark");
  need_fonts(show);
  compare(show, "truncated");
}

TEST_CASE("golden picture: a leader died and another was elected") {
  Show show("failover/leader-crash");
  need_fonts(show);
  go_back(show, set_of(NotableKind::kElection));
  zoom_in(show, 5);
  compare(show, "elected");
}

TEST_CASE("golden picture: a follower has fallen out of the ISR, all partitions large, legend") {
  Show show("replication/follower-falls-out", {.width = 1280, .height = 720, .scale = 0.85F});
  need_fonts(show);
  go_to_first(show, set_of(NotableKind::kIsrChange));
  show.type("l");
  show.viewer.act(Command::kReplication);
  zoom_in(show, 3);
  compare(show, "out-of-sync");
}

}  // namespace logarium::viz
