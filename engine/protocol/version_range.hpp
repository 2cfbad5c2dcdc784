#pragma once
// A closed range of API versions.

#include <algorithm>
#include <cstdint>
#include <limits>

namespace logarium::protocol {

struct VersionRange {
  std::int16_t min = 0;
  std::int16_t max = 0;

  [[nodiscard]] constexpr bool contains(std::int16_t version) const {
    return version >= min && version <= max;
  }
  // May be empty: then min > max.
  [[nodiscard]] constexpr VersionRange overlap(VersionRange other) const {
    return {std::max(min, other.min), std::min(max, other.max)};
  }
  [[nodiscard]] constexpr bool empty() const { return min > max; }
  constexpr bool operator==(const VersionRange&) const = default;
};

// kFlexibleFrom of a message without flexible versions (KIP-482).
inline constexpr std::int16_t kNeverFlexible = std::numeric_limits<std::int16_t>::max();

}  // namespace logarium::protocol
