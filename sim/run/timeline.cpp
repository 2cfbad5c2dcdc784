#include "sim/run/timeline.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::run {

Timeline::Timeline(scenario::PlanRef plan, const RunOptions& run, const TimelineOptions& options)
    : Timeline(std::move(plan), run, options, process_meter()) {}

Timeline::Timeline(scenario::PlanRef plan, const RunOptions& run, const TimelineOptions& options,
                   std::unique_ptr<Meter> meter)
    : options_(options), meter_(std::move(meter)), run_(std::move(plan), run) {
  ENSURE(options_.spacing > 0);
  ENSURE(options_.checkpoints_max >= 2);
  ENSURE(options_.copy_share > 0);
  ENSURE(meter_ != nullptr);
  checkpoints_.emplace(0, Checkpoint{run_, 0});
}

std::uint64_t Timeline::spacing() const {
  if (run_work_ <= 0 || last_copy_work_ <= 0) return options_.spacing;
  // So many events cost copy_share times a copy.
  const double events = static_cast<double>(last_copy_work_) *
                        static_cast<double>(options_.copy_share) *
                        static_cast<double>(events_run_) / static_cast<double>(run_work_);
  constexpr double kFar = 1e12;
  return std::max(options_.spacing, static_cast<std::uint64_t>(std::min(events, kFar)));
}

const Run& Timeline::seek(std::uint64_t event) {
  const std::uint64_t now = run_.world().events();
  const auto before = std::prev(checkpoints_.upper_bound(event));
  // From here on is nearer, unless a checkpoint lies between.
  if (event < now || before->first > now) run_ = before->second.run;
  while (run_.world().events() < event) {
    const std::uint64_t from = run_.world().events();
    const std::uint64_t next = std::max(checkpoints_.rbegin()->first + spacing(), from + 1);
    const std::int64_t work = meter_->work();
    const bool reached = run_.to_event(std::min(event, next));
    run_work_ += meter_->work() - work;
    events_run_ += run_.world().events() - from;
    if (!reached) break;
    if (run_.world().events() >= next) keep();
  }
  return run_;
}

void Timeline::keep() {
  const std::int64_t work = meter_->work();
  const std::int64_t bytes = meter_->bytes();
  Checkpoint made{run_, 0};
  ++copies_;
  made.bytes = std::max<std::int64_t>(meter_->bytes() - bytes, 0);
  last_copy_work_ = meter_->work() - work;
  bytes_ += made.bytes;
  checkpoints_.emplace(run_.world().events(), std::move(made));
  while (checkpoints_.size() > 2 &&
         (checkpoints_.size() > options_.checkpoints_max || bytes_ > options_.bytes_max)) {
    thin_out();
  }
}

// Every second one goes. The first stays: it is where everything begins.
void Timeline::thin_out() {
  options_.spacing *= 2;
  for (auto at = std::next(checkpoints_.begin()); at != checkpoints_.end();) {
    bytes_ -= at->second.bytes;
    at = checkpoints_.erase(at);
    if (at != checkpoints_.end()) ++at;
  }
}

}  // namespace logarium::run
