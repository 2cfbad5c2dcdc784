#pragma once
// Pauses between repetitions: doubling from `first` to `most`, 20 % up or down (KIP-580).

#include <algorithm>
#include <cstdint>

#include "engine/base/random.hpp"
#include "engine/base/time.hpp"

namespace logarium::client {

struct Backoff {
  Duration first = milliseconds(100);
  Duration most = milliseconds(1000);

  // The pause after `failures` failures in a row, from 1.
  [[nodiscard]] Duration pause(Random& random, std::int32_t failures) const {
    Duration grown = first;
    for (std::int32_t i = 1; i < failures && grown < most; ++i) grown = grown * 2;
    const Duration capped = std::min(grown, most);
    return random.between(capped * 4 / 5, capped * 6 / 5);
  }
};

}  // namespace logarium::client
