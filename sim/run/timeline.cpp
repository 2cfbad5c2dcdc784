#include "sim/run/timeline.hpp"

#include <algorithm>
#include <iterator>

#include "engine/base/ensure.hpp"

namespace logarium::run {

Timeline::Timeline(scenario::PlanRef plan, const RunOptions& run, const TimelineOptions& options)
    : options_(options), run_(std::move(plan), run) {
  ENSURE(options_.spacing > 0);
  ENSURE(options_.checkpoints_max >= 2);
  checkpoints_.emplace(0, run_);
}

const Run& Timeline::seek(std::uint64_t event) {
  const std::uint64_t now = run_.world().events();
  const auto before = std::prev(checkpoints_.upper_bound(event));
  // From here on is nearer, unless a checkpoint lies between.
  if (event < now || before->first > now) run_ = before->second;
  while (run_.world().events() < event) {
    const std::uint64_t next = checkpoints_.rbegin()->first + options_.spacing;
    const bool reached = run_.to_event(std::min(event, next));
    if (!reached) break;
    if (run_.world().events() >= next) keep();
  }
  return run_;
}

void Timeline::keep() {
  if (checkpoints_.size() >= options_.checkpoints_max) {
    options_.spacing *= 2;
    // The first stays: it is where everything begins.
    for (auto at = std::next(checkpoints_.begin()); at != checkpoints_.end();) {
      at = checkpoints_.erase(at);
      if (at != checkpoints_.end()) ++at;
    }
  }
  checkpoints_.emplace(run_.world().events(), run_);
}

}  // namespace logarium::run
