#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <utility>

#include "viz/app/bench.hpp"
#include "viz/app/live_session.hpp"
#include "viz/app/options.hpp"
#include "viz/app/picture.hpp"
#include "viz/app/script.hpp"
#include "viz/app/stage.hpp"
#include "viz/app/viewer.hpp"
#include "viz/app/window.hpp"

namespace logarium::viz {
namespace {

void complain(const std::string& message) {
  std::fputs(fmt::format("logarium-viewer: {}\n", message).c_str(), stderr);
}

// A run file is a SQLite database; everything else is read as a scenario.
bool is_run_file(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::ifstream file(path, std::ios::binary);
  std::string begin(kMagic.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin == kMagic;
}

Result<std::unique_ptr<Session>> open(const ViewerOptions& options) {
  if (!std::ifstream(options.run)) return Error{options.run + ": cannot be read"};
  if (is_run_file(options.run)) return open_recorded(options.run);
  LiveOptions live;
  // Pictures and texts are of the whole run.
  live.to_end = !options.shot.empty() || !options.dump.empty() || options.bench;
  return open_live(options.run, live);
}

// Puts into force what the command line says of the view.
Result<> prepare(Viewer& viewer, const ViewerOptions& options) {
  if (!options.at.empty()) {
    const Result<std::uint64_t> event = find_place(viewer.index(), options.at);
    if (!event) return Error{"--at " + event.error().message};
    viewer.act(seek_to(viewer.index(), event.value()));
  }
  if (!options.partition.empty()) {
    const Result<SnapshotRef> end = viewer.index().at(viewer.index().events());
    if (!end) return end.error();
    const auto ref = viewer.index().labels().find_partition(options.partition, end.value()->view);
    if (!ref) return Error{"--partition " + options.partition + ": the run has none of this name"};
    viewer.act(action::SelectPartition{*ref});
  }
  if (!options.filter.empty()) {
    const Filter::Parsed parsed = Filter::parse(options.filter, viewer.index().labels());
    if (parsed.error) return Error{"--filter\n" + dump(*parsed.error, options.filter)};
    viewer.act(action::SetFilter{options.filter});
  }
  if (options.preset == "replication") viewer.act(action::ShowPreset{Preset::kReplication});
  return Ok{};
}

ViewerExit failed(const Error& error, ViewerExit exit) {
  complain(error.message);
  return exit;
}

ViewerExit shoot(Viewer& viewer, const ViewerOptions& options) {
  Stage stage({options.width, options.height, options.scale});
  for (const std::string& missing : stage.fonts().missing) {
    complain(missing + " is missing: the picture has another font");
  }
  stage.settle([&](const Theme& theme, const FrameInput& input) { viewer.frame(theme, input); });
  const Result<> written = write_png(options.shot, stage.picture());
  return written ? ViewerExit::kDone : failed(written.error(), ViewerExit::kOwnFailure);
}

ViewerExit print(Viewer& viewer, const ViewerOptions& options) {
  const auto panel = find_panel(options.dump);
  const Rect screen{{0, 0},
                    {static_cast<float>(options.width), static_cast<float>(options.height)}};
  viewer.update(screen, options.scale);
  if (!viewer.shown().run.trouble.empty()) {
    return failed(Error{viewer.shown().run.trouble}, ViewerExit::kBadInput);
  }
  const std::string text = viewer.dump(*panel);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? ViewerExit::kDone : ViewerExit::kOwnFailure;
}

Result<> check(const ViewerOptions& options) {
  if (!options.dump.empty() && !find_panel(options.dump)) {
    return Error{"--dump " + options.dump +
                 ": cluster, replicas, topics, timeline, events, violations or metrics"};
  }
  if (options.preset != "overview" && options.preset != "replication") {
    return Error{"--preset " + options.preset + ": overview or replication"};
  }
  const int goals = !options.shot.empty() + !options.dump.empty() + !options.script.empty() +
                    static_cast<int>(options.bench);
  if (goals > 1) return Error{"--shot, --dump, --script and --bench: one of them"};
  if (options.events > 0 && !options.bench) return Error{"--events goes with --bench"};
  return Ok{};
}

}  // namespace

Result<std::pair<int, int>> parse_size(const std::string& text) {
  const auto wrong = [&] {
    return Error{"--size " + text +
                 ": WIDTHxHEIGHT in pixels, such as 1600x900; 320x240 to 16384x16384"};
  };
  int width = 0;
  int height = 0;
  const char* end = text.data() + text.size();
  const auto [middle, first] = std::from_chars(text.data(), end, width);
  if (first != std::errc() || middle == end || *middle != 'x') return wrong();
  const auto [stop, second] = std::from_chars(middle + 1, end, height);
  if (second != std::errc() || stop != end) return wrong();
  constexpr int kMost = 16'384;
  if (width < 320 || height < 240 || width > kMost || height > kMost) return wrong();
  return std::pair(width, height);
}

ViewerExit view(const ViewerOptions& options) {
  if (const Result<> good = check(options); !good) {
    return failed(good.error(), ViewerExit::kBadInput);
  }
  if (options.bench) return bench(options);
  Result<std::unique_ptr<Session>> session = open(options);
  if (!session) return failed(session.error(), ViewerExit::kBadInput);
  Viewer viewer(std::move(session.value()));
  if (const std::string& remark = viewer.index().remark(); !remark.empty()) complain(remark);
  if (const Result<> prepared = prepare(viewer, options); !prepared) {
    return failed(prepared.error(), ViewerExit::kBadInput);
  }
  if (!options.dump.empty()) return print(viewer, options);
  if (!options.shot.empty()) return shoot(viewer, options);
  if (!options.script.empty()) {
    const Result<> done = run_script(viewer, options);
    return done ? ViewerExit::kDone : failed(done.error(), ViewerExit::kBadInput);
  }
  const Result<> done = show_window(viewer, options);
  return done ? ViewerExit::kDone : failed(done.error(), ViewerExit::kOwnFailure);
}

}  // namespace logarium::viz
