#include "sim/world/clock.hpp"

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

std::int64_t NodeClock::scale(std::int64_t elapsed) const {
  if (drift_ppm_ == 0) return elapsed;
  // floor(elapsed * rate / 10^6) without leaving 64 bits.
  const std::int64_t rate = kMillion + drift_ppm_;
  return (elapsed / kMillion) * rate + (elapsed % kMillion) * rate / kMillion;
}

Now NodeClock::read(Instant true_time) const {
  ENSURE(true_time >= true_base_);
  const Duration advanced{scale((true_time - true_base_).ns)};
  return {monotonic_base_ + advanced, wall_base_ + advanced + offset_};
}

Instant NodeClock::true_time_of(Instant deadline) const {
  if (deadline == kNever) return kNever;
  if (deadline <= monotonic_base_) return true_base_;
  const std::int64_t wanted = (deadline - monotonic_base_).ns;
  if (drift_ppm_ == 0) {
    return wanted > kNever.ns - true_base_.ns ? kNever : true_base_ + Duration{wanted};
  }
  // The smallest elapsed with floor(elapsed * rate / 10^6) >= wanted is ceil(wanted * 10^6 / rate).
  const std::int64_t rate = kMillion + drift_ppm_;
  const std::int64_t whole = wanted / rate;
  const std::int64_t rest = wanted % rate;
  if (whole > (kNever.ns - true_base_.ns) / kMillion - 2) return kNever;
  return true_base_ + Duration{whole * kMillion + (rest * kMillion + rate - 1) / rate};
}

void NodeClock::set_drift(Instant now, std::int64_t ppm) {
  ENSURE(ppm >= -kDriftPpmMax);
  ENSURE(ppm <= kDriftPpmMax);
  const Duration advanced{scale((now - true_base_).ns)};
  monotonic_base_ = monotonic_base_ + advanced;
  wall_base_ = wall_base_ + advanced;
  true_base_ = now;
  drift_ppm_ = ppm;
}

}  // namespace logarium::world
