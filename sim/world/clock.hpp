#pragma once
// NodeClock: the two clocks of one machine as functions of true time. Drift applies to both; an
// offset or a step moves the wall clock only. Integer arithmetic: the monotonic clock never goes
// back, and true_time_of is its exact inverse, so a timer never fires early by rounding.

#include <cstdint>

#include "engine/base/time.hpp"

namespace logarium::world {

class NodeClock {
 public:
  // Drift is bounded so that a clock always advances.
  static constexpr std::int64_t kDriftPpmMax = 500'000;

  NodeClock() = default;
  // Both clocks at true time 0.
  NodeClock(Instant monotonic, WallTime wall) : monotonic_base_(monotonic), wall_base_(wall) {}

  [[nodiscard]] Now read(Instant true_time) const;
  // The first true time at which the monotonic clock shows `deadline` or later; not before the
  // last change of drift. kNever gives kNever.
  [[nodiscard]] Instant true_time_of(Instant deadline) const;

  // REQUIRES: |ppm| <= kDriftPpmMax. Both clocks run on from what they show at `now`.
  void set_drift(Instant now, std::int64_t ppm);
  // Steps the wall clock so that it is `offset` from what it would show without any offset.
  void set_wall_offset(Duration offset) { offset_ = offset; }
  void step_wall(Duration by) { offset_ = offset_ + by; }

  [[nodiscard]] std::int64_t drift_ppm() const { return drift_ppm_; }
  [[nodiscard]] Duration wall_offset() const { return offset_; }
  // The clock runs at another speed than true time, or is set wrong.
  [[nodiscard]] bool wrong() const { return drift_ppm_ != 0 || offset_.ns != 0; }

 private:
  // What both clocks advance during `elapsed` of true time.
  [[nodiscard]] std::int64_t scale(std::int64_t elapsed) const;

  Instant true_base_;       // the last change of drift, in true time
  Instant monotonic_base_;  // what the clocks showed then
  WallTime wall_base_;
  std::int64_t drift_ppm_ = 0;
  Duration offset_;
};

}  // namespace logarium::world
