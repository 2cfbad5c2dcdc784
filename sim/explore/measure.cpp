#include "sim/explore/measure.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <vector>

#include "sim/run/judge.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/plan.hpp"

namespace logarium::explore {
namespace {

std::int64_t cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

using Record = MeasureOptions::Record;

// Where a measured run is recorded to; the file is gone afterwards.
class Recording {
 public:
  Recording(run::Run& run, Record record) {
    if (record == Record::kFile) {
      path_ = "/tmp/logarium-bench-" + std::to_string(::getpid()) + ".run";
      Result<trace::RunFileWriter> made = trace::RunFileWriter::create(path_);
      if (!made) return;
      file_.emplace(std::move(made).value());
      recorder_.emplace(*file_);
    } else if (record == Record::kMemory) {
      recorder_.emplace();
    }
    if (recorder_) recorder_->watch(run);
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  // The bytes of all chunks; -1 when writing failed.
  std::int64_t finish(const run::Run& run, const run::Outcome& outcome) {
    if (!recorder_) return file_ || !path_.empty() ? -1 : 0;
    if (!recorder_->flush()) return -1;
    if (file_ && !file_->finish(run_info(run, outcome, {}))) return -1;
    return static_cast<std::int64_t>(recorder_->bytes());
  }

 private:
  std::string path_;
  std::optional<trace::RunFileWriter> file_;
  std::optional<run::Recorder> recorder_;
};

Measurement run_and_measure(const scenario::Model& model, const MeasureOptions& options) {
  Measurement out;
  const std::int64_t start = cpu_ns();
  const auto plan = std::make_shared<const scenario::Plan>(scenario::resolve(model, options.seed));
  run::Run run(plan, {.wire = options.wire});
  Recording recording(run, options.record);
  const auto goes_on_to = [&run](scenario::Stage stage) {
    while (run.driver().stage() < stage && run.step()) {
    }
  };
  goes_on_to(scenario::Stage::kChaos);
  out.ready_bytes = peak_bytes();
  const std::int64_t ready = cpu_ns();
  const std::uint64_t ready_events = run.world().events();
  goes_on_to(scenario::Stage::kQuiesce);
  out.loaded_cpu_ns = cpu_ns() - ready;
  out.loaded_events = run.world().events() - ready_events;
  run.to_end();
  const run::Outcome outcome = run::judge(run);
  out.recorded_bytes = recording.finish(run, outcome);
  out.cpu_ns = cpu_ns() - start;
  out.events = outcome.events;
  out.simulated_ns = (run.world().now() - Instant{0}).ns;
  out.digest = outcome.digest;
  out.peak_bytes = peak_bytes();
  out.violations = outcome.violation_count;
  return out;
}

}  // namespace

std::optional<Measurement> measure(const scenario::Model& model, const MeasureOptions& options) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return std::nullopt;
  const pid_t process = ::fork();
  if (process == 0) {
    const Measurement found = run_and_measure(model, options);
    const bool written = ::write(ends[1], &found, sizeof(found)) == ssize_t{sizeof(found)};
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  Measurement found;
  const bool complete =
      process > 0 && ::read(ends[0], &found, sizeof(found)) == ssize_t{sizeof(found)};
  ::close(ends[0]);
  if (process > 0) ::waitpid(process, nullptr, 0);
  if (!complete) return std::nullopt;
  return found;
}

std::optional<Measurement> measure_median(const scenario::Model& model,
                                          const MeasureOptions& options, int count) {
  std::vector<Measurement> all;
  for (int i = 0; i < count; ++i) {
    const std::optional<Measurement> one = measure(model, options);
    if (!one) return std::nullopt;
    all.push_back(*one);
  }
  std::sort(all.begin(), all.end(),
            [](const Measurement& a, const Measurement& b) { return a.cpu_ns < b.cpu_ns; });
  return all[all.size() / 2];
}

}  // namespace logarium::explore
