#pragma once
// The only source of randomness. One root seed; every consumer (a node's incarnation, a link, a
// disk, the workload, the fault generator) derives a stream of its own by name, so that switching
// one of them off does not shift the draws of the others. Integers only: std:: distributions and
// libm differ between platforms.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/base/uuid.hpp"

namespace logarium {

class Random {
 public:
  constexpr Random() = default;
  constexpr explicit Random(std::uint64_t seed) : state_(seed) {}

  // An independent stream for the named consumer; draws nothing from this one.
  [[nodiscard]] Random derive(std::string_view name, std::uint64_t number = 0) const;

  // The next 64 random bits.
  std::uint64_t next();
  // Uniform in [0, bound), without bias. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [low, high], both included. REQUIRES: low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high);
  Duration between(Duration low, Duration high) { return {between(low.ns, high.ns)}; }
  // True with probability parts_per_million / 1,000,000. Draws nothing when that is <= 0.
  bool chance_ppm(std::int64_t parts_per_million);
  // Exponentially distributed with the given mean, by fixed-point tables. REQUIRES: mean.ns >= 0.
  Duration exponential(Duration mean);
  Uuid uuid();

  // The stream's position; equal streams have drawn equally often from equal seeds.
  [[nodiscard]] constexpr std::uint64_t fingerprint() const { return state_; }
  constexpr bool operator==(const Random&) const = default;

 private:
  std::uint64_t state_ = 0;
};

// Zipf-distributed ranks in [0, n) with exponent 1, by an integer cumulative table.
class Zipf {
 public:
  explicit Zipf(std::uint32_t n);
  [[nodiscard]] std::uint32_t draw(Random& random) const;

 private:
  std::vector<std::uint64_t> cumulative_;
};

}  // namespace logarium
