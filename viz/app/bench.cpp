#include "viz/app/bench.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/percentile.hpp"
#include "sim/run/long_run.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "viz/app/stage.hpp"
#include "viz/app/viewer.hpp"

namespace logarium::viz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFrames = 600;
constexpr int kScrubs = 300;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A run file that is made for the bench and goes with it.
class GeneratedRun {
 public:
  GeneratedRun() = default;
  GeneratedRun(const GeneratedRun&) = delete;
  GeneratedRun& operator=(const GeneratedRun&) = delete;
  ~GeneratedRun() {
    std::error_code failure;
    if (!path_.empty()) std::filesystem::remove(path_, failure);
  }

  [[nodiscard]] Result<> make(const ViewerOptions& options) {
    const scenario::ReadResult read = scenario::read_file(options.run);
    if (!read.ok()) {
      return Error{"--events makes a run of a scenario, and this is none: " +
                   (read.problems.empty() ? "" : to_string(read.problems.front()))};
    }
    std::error_code failure;
    const auto directory = std::filesystem::temp_directory_path(failure);
    if (failure) return Error{"no directory for temporary files: " + failure.message()};
    path_ = (directory / fmt::format("logarium-bench-{}.run", ::getpid())).string();
    return run::record_long_run(read.model, options.events, path_);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Measured {
  double open = 0;            // ms
  std::vector<double> frame;  // ms each: playing, one event of the run per frame
  std::vector<double> scrub;  // ms each: a jump to anywhere, and the frame that shows it
  std::vector<double> paint;  // ms each: the picture by the CPU
};

void measure_frames(Viewer& viewer, Stage& stage, const Stage::Draw& draw, Measured& out) {
  viewer.act(action::Seek{viewer.index().events() / 2, {}});
  viewer.act(Command::kZoomIn);
  stage.settle(draw);
  for (int i = 0; i < kFrames; ++i) {
    const Clock::time_point start = Clock::now();
    viewer.act(Command::kStepForward);
    stage.frame(draw);
    out.frame.push_back(ms_since(start));
  }
}

void measure_scrubs(Viewer& viewer, Stage& stage, const Stage::Draw& draw, Measured& out) {
  viewer.act(Command::kWholeRun);
  const std::uint64_t events = viewer.index().events();
  for (std::uint64_t i = 0; i < kScrubs; ++i) {
    // A walk over the whole run that visits no place twice and has no order that caches like.
    const std::uint64_t event = (i * 7'919 % kScrubs) * events / kScrubs + i % 97;
    const Clock::time_point start = Clock::now();
    viewer.act(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(event)});
    stage.frame(draw);
    out.scrub.push_back(ms_since(start));
  }
}

void print_goal(const char* what, double measured, double goal) {
  std::printf("  %-34s %9.2f ms   goal %7.1f ms   %s\n", what, measured, goal,
              measured <= goal ? "met" : "missed");
}

}  // namespace

ViewerExit bench(const ViewerOptions& options) {
  GeneratedRun generated;
  if (options.events > 0) {
    if (const Result<> made = generated.make(options); !made) {
      std::fprintf(stderr, "logarium-viewer: --bench: %s\n", made.error().message.c_str());
      return ViewerExit::kBadInput;
    }
  }
  Measured measured;
  const Clock::time_point start = Clock::now();
  Result<std::unique_ptr<Session>> session =
      open_recorded(options.events > 0 ? generated.path() : options.run);
  if (!session) {
    std::fprintf(stderr, "logarium-viewer: --bench: %s\n", session.error().message.c_str());
    return ViewerExit::kBadInput;
  }
  Viewer viewer(std::move(session.value()));
  measured.open = ms_since(start);
  Stage stage({options.width, options.height, options.scale});
  const Stage::Draw draw = [&](const Theme& theme, const FrameInput& input) {
    viewer.frame(theme, input);
  };
  stage.settle(draw);
  measure_frames(viewer, stage, draw, measured);
  measure_scrubs(viewer, stage, draw, measured);
  for (int i = 0; i < 20; ++i) {
    const Clock::time_point begin = Clock::now();
    static_cast<void>(stage.picture());
    measured.paint.push_back(ms_since(begin));
  }
  std::printf("%s: %llu events\n", viewer.index().info().scenario_name.c_str(),
              static_cast<unsigned long long>(viewer.index().events()));
  print_goal("G9 open", measured.open, 250);
  print_goal("G9 frame, next event, p99", percentile(measured.frame, 99), 8.3);
  print_goal("G9 scrub, anywhere, p99", percentile(measured.scrub, 99), 33);
  std::printf("  medians: frame %.2f ms, scrub %.2f ms, picture by the CPU %.2f ms\n",
              percentile(measured.frame, 50), percentile(measured.scrub, 50),
              percentile(measured.paint, 50));
  return ViewerExit::kDone;
}

}  // namespace logarium::viz
