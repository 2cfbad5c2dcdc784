#pragma once
// Percentile: what measurements are told by.

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/base/ensure.hpp"

namespace logarium {

// The least of the values that at least `percent` of a hundred of them do not exceed (the nearest
// rank): 50 is a median, 100 the greatest. O(n). REQUIRES: a value at least, percent <= 100.
template <class T>
[[nodiscard]] T percentile(std::vector<T> values, std::size_t percent) {
  ENSURE(!values.empty());
  ENSURE(percent <= 100);
  const std::size_t rank = (values.size() * percent + 99) / 100;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank == 0 ? 0 : rank - 1);
  std::nth_element(values.begin(), at, values.end());
  return std::move(*at);
}

}  // namespace logarium
