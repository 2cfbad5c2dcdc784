#include "sim/world/delay.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium::world {

Delay Delay::constant(Duration value) {
  ENSURE(value.ns >= 0);
  return {Shape::kConstant, value, value, value};
}

Delay Delay::uniform(Duration min, Duration max) {
  ENSURE(min.ns >= 0);
  ENSURE(min <= max);
  return {Shape::kUniform, min, min, max};
}

Delay Delay::exponential(Duration mean, Duration min, Duration max) {
  ENSURE(mean.ns >= 0);
  ENSURE(min.ns >= 0);
  ENSURE(min <= max);
  return {Shape::kExponential, mean, min, max};
}

Duration Delay::draw(Random& random) const {
  switch (shape_) {
    case Shape::kConstant:
      return max_;
    case Shape::kUniform:
      return random.between(min_, max_);
    case Shape::kExponential:
      return std::min(min_ + random.exponential(mean_), max_);
  }
  return max_;
}

}  // namespace logarium::world
