#pragma once
// Timeline: a run that can be visited at any event, forwards and backwards. Going back means to
// copy the last checkpoint before the event and to run on from there; the same seed gives the same
// events, so nothing else is kept.
//
// Checkpoints are copies of the run, which share what does not change. They are taken every so many
// events; when there are too many, every second one goes and the distance doubles, so their number
// and the time they take stay bounded however long the run is.

#include <cstdint>
#include <map>

#include "sim/run/run.hpp"

namespace logarium::run {

struct TimelineOptions {
  std::uint64_t spacing = 25'000;    // events between checkpoints, at first
  std::size_t checkpoints_max = 64;  // at least 2
};

class Timeline {
 public:
  explicit Timeline(scenario::PlanRef plan, const RunOptions& run = {},
                    const TimelineOptions& options = {});

  // The run when that many events have happened: the first moment with at least so many, since
  // faults may bring several events at once; its end when it has fewer. Valid until the next call.
  const Run& seek(std::uint64_t event);
  [[nodiscard]] const Run& at() const { return run_; }
  [[nodiscard]] std::size_t checkpoints() const { return checkpoints_.size(); }
  [[nodiscard]] std::uint64_t spacing() const { return options_.spacing; }

 private:
  void keep();

  TimelineOptions options_;
  std::map<std::uint64_t, Run> checkpoints_;  // by number of events; one at 0
  Run run_;
};

}  // namespace logarium::run
