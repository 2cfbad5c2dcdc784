#pragma once
// Number: a number as scenario files write it: a constant ("250ms", 3) or a distribution. Integers
// only, in the unit's smallest step. Most numbers are drawn once, when a scenario is resolved with
// a seed; those of a link's or a disk's latency are drawn for every message or operation.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/base/time.hpp"
#include "sim/world/delay.hpp"

namespace logarium::scenario {

enum class Unit : std::uint8_t {
  kCount,     // 3: a JSON number
  kDuration,  // "250ms", in ns
  kBytes,     // "1MiB", in bytes
  kRate,      // "500/s", in events per hour
  kByteRate,  // "10MiB/s", in bytes per second
  kShare,     // "2.5%", in parts per million
  kDrift,     // "200ppm", in parts per million
};

struct Number {
  enum class Shape : std::uint8_t { kConstant, kUniform, kExponential, kPick, kZipf };
  Shape shape = Shape::kConstant;
  std::int64_t low = 0;   // the constant, or the least value
  std::int64_t high = 0;  // the greatest value of uniform and exponential; of zipf: below it
  std::int64_t mean = 0;  // of exponential, beyond `low`
  std::vector<std::int64_t> choices;  // of pick

  [[nodiscard]] static Number constant(std::int64_t value) {
    return {Shape::kConstant, value, value, 0, {}};
  }
  [[nodiscard]] static Number of(Duration value) { return constant(value.ns); }
  [[nodiscard]] bool is_constant() const { return shape == Shape::kConstant; }
  // REQUIRES: is_constant().
  [[nodiscard]] std::int64_t value() const;
  [[nodiscard]] Duration duration() const { return {value()}; }
  // A constant draws nothing.
  [[nodiscard]] std::int64_t draw(Random& random) const;
  [[nodiscard]] std::int64_t least() const;
  [[nodiscard]] std::int64_t greatest() const;
  bool operator==(const Number&) const = default;
};

// For numbers drawn per message. REQUIRES: a constant, uniform or exponential duration.
[[nodiscard]] world::Delay to_delay(const Number& number);

// ---- units as text ------------------------------------------------------------------------------

struct UnitValue {
  bool ok = false;
  std::int64_t value = 0;
  std::string error;  // what would be right: `a time such as "250ms" or "5s"`
};
// REQUIRES: unit is not kCount.
[[nodiscard]] UnitValue parse_unit(Unit unit, std::string_view text);
// The shortest exact text: 1500000000 ns is "1500ms", 1048576 bytes "1MiB". Without quotes.
[[nodiscard]] std::string unit_text(Unit unit, std::int64_t value);
[[nodiscard]] std::string_view unit_example(Unit unit);
// A JSON Schema pattern that its texts match.
[[nodiscard]] std::string_view unit_pattern(Unit unit);

}  // namespace logarium::scenario
