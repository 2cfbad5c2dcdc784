#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/explore/sweep.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Progress on stderr: one line that is written over on a terminal, a line now and then otherwise.
class Progress {
 public:
  Progress(std::uint64_t seeds, Clock::time_point start)
      : seeds_(seeds), start_(start), terminal_(::isatty(STDERR_FILENO) == 1) {}

  void show(const explore::SweepResult& so_far) {
    const double elapsed = seconds_since(start_);
    const bool last = so_far.seeds == seeds_;
    if (!last && elapsed < next_) return;
    next_ = elapsed + (terminal_ ? 0.2 : 10.0);
    const double rate = static_cast<double>(so_far.seeds) / std::max(elapsed, 1e-6);
    std::string line = fmt::format("{} of {} seeds, {:.1f} per second", so_far.seeds, seeds_, rate);
    if (!last)
      line += fmt::format(", {:.0f} s left", static_cast<double>(seeds_ - so_far.seeds) / rate);
    if (!so_far.failures.empty()) line += fmt::format(", {} failed", so_far.failures.size());
    if (!so_far.unclear.empty()) line += fmt::format(", {} inconclusive", so_far.unclear.size());
    if (!terminal_) return complain(line);
    fmt::print(stderr, "\r\033[K{}{}", line, last ? "\n" : "");
    std::fflush(stderr);
  }

 private:
  std::uint64_t seeds_;
  Clock::time_point start_;
  bool terminal_;
  double next_ = 0;
};

}  // namespace

ExitCode sweep(const SweepVerb& verb) {
  const Clock::time_point start = Clock::now();
  const auto seeds = explore::parse_seeds(verb.seeds);
  if (!seeds) {
    complain(fmt::format("sweep: --seeds {}: expected a range such as 1..200", verb.seeds));
    return ExitCode::kBadInput;
  }
  const scenario::ReadResult read = scenario::read_file(verb.scenario);
  if (!read.ok()) {
    for (const scenario::Problem& problem : read.problems) complain(to_string(problem));
    return ExitCode::kBadInput;
  }
  Progress progress(seeds->size(), start);
  explore::SweepOptions options;
  options.seeds = *seeds;
  options.jobs = verb.jobs > 0 ? verb.jobs : std::max(1U, std::thread::hardware_concurrency());
  options.progress = [&progress](const explore::SweepResult& so_far) { progress.show(so_far); };
  const explore::SweepResult result = explore::sweep(read.model, options);
  const std::string text = verb.format == Format::kJson
                               ? explore::to_json(result, seconds_since(start))
                               : explore::to_text(result, verb.scenario);
  if (!result.complete) complain("sweep: the system refuses to start worker processes");
  if (!print(text) || !result.complete) return ExitCode::kOwnFailure;
  if (!result.failures.empty()) return ExitCode::kNotAsExpected;
  return result.unclear.empty() ? ExitCode::kAsExpected : ExitCode::kInconclusive;
}

}  // namespace logarium::cli
