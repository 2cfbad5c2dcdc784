#pragma once
// Timeline: a run that can be visited at any event, forwards and backwards. Going back means to
// copy the last checkpoint before the event and to run on from there; the same seed gives the same
// events, so nothing else is kept.
//
// Checkpoints are copies of the run, which share what does not change. Their distance follows what
// copying costs: it is kept so that copying takes about a tenth of the run's own time at most. When
// they take too much memory, or are too many, every second one goes and the least distance doubles.

#include <cstdint>
#include <map>
#include <memory>

#include "sim/run/meter.hpp"
#include "sim/run/run.hpp"

namespace logarium::run {

struct TimelineOptions {
  std::uint64_t spacing = 5'000;                   // events between checkpoints, at least
  std::size_t checkpoints_max = 64;                // at least 2
  std::int64_t bytes_max = std::int64_t{1} << 29;  // of all checkpoints, beside the first
  // Copying is at most one part in so many of the run's own work.
  std::int64_t copy_share = 10;
};

class Timeline {
 public:
  explicit Timeline(scenario::PlanRef plan, const RunOptions& run = {},
                    const TimelineOptions& options = {});
  // With another measure of work and memory.
  Timeline(scenario::PlanRef plan, const RunOptions& run, const TimelineOptions& options,
           std::unique_ptr<Meter> meter);

  // The run when that many events have happened: the first moment with at least so many, since
  // faults may bring several events at once; its end when it has fewer. Valid until the next call.
  const Run& seek(std::uint64_t event);
  [[nodiscard]] const Run& at() const { return run_; }
  [[nodiscard]] std::size_t checkpoints() const { return checkpoints_.size(); }
  // Copies made for checkpoints so far.
  [[nodiscard]] std::uint64_t copies() const { return copies_; }
  // Events from the last checkpoint to the next one, as things stand.
  [[nodiscard]] std::uint64_t spacing() const;

 private:
  struct Checkpoint {
    Run run;
    std::int64_t bytes = 0;
  };
  void keep();
  void thin_out();

  TimelineOptions options_;
  std::unique_ptr<Meter> meter_;
  std::map<std::uint64_t, Checkpoint> checkpoints_;  // by number of events; one at 0
  Run run_;
  // What running beyond the last checkpoint and copying have cost.
  std::uint64_t events_run_ = 0;
  std::int64_t run_work_ = 0;
  std::int64_t last_copy_work_ = 0;
  std::uint64_t copies_ = 0;
  std::int64_t bytes_ = 0;  // of the checkpoints
};

}  // namespace logarium::run
