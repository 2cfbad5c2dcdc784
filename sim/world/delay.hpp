#pragma once
// Delay: a random duration as scenarios write it: constant, uniform or exponential, between a
// minimum and a maximum. Integers only. A constant draws nothing from the stream.

#include <cstdint>

#include "engine/base/random.hpp"
#include "engine/base/time.hpp"

namespace logarium::world {

class Delay {
 public:
  constexpr Delay() = default;  // always 0
  [[nodiscard]] static Delay constant(Duration value);
  // REQUIRES: 0 <= min <= max, here and below.
  [[nodiscard]] static Delay uniform(Duration min, Duration max);
  // min + exponential(mean), at most max.
  [[nodiscard]] static Delay exponential(Duration mean, Duration min, Duration max);

  [[nodiscard]] Duration draw(Random& random) const;
  [[nodiscard]] Duration max() const { return max_; }
  [[nodiscard]] bool is_zero() const { return max_.ns == 0; }
  constexpr bool operator==(const Delay&) const = default;

 private:
  enum class Shape : std::uint8_t { kConstant, kUniform, kExponential };
  constexpr Delay(Shape shape, Duration mean, Duration min, Duration max)
      : shape_(shape), mean_(mean), min_(min), max_(max) {}

  Shape shape_ = Shape::kConstant;
  Duration mean_;
  Duration min_;
  Duration max_;
};

}  // namespace logarium::world
