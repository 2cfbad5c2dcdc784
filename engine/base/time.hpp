#pragma once
// Simulated or real time in whole nanoseconds. Instant is a node's monotonic clock, WallTime its
// calendar clock; they never mix, because a wall clock may step and a monotonic one may not.

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace logarium {

struct Duration {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const Duration&) const = default;
  [[nodiscard]] constexpr std::int64_t whole_ms() const { return ns / 1'000'000; }
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ns * n}; }
  friend constexpr Duration operator/(Duration a, std::int64_t n) { return {a.ns / n}; }
};
[[nodiscard]] constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
[[nodiscard]] constexpr Duration microseconds(std::int64_t n) { return {n * 1'000}; }
[[nodiscard]] constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
[[nodiscard]] constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
// "12.48s", "1.5ms", "0": the shortest of s, ms, us, ns with at most three decimals.
[[nodiscard]] std::string to_string(Duration d);

// Nanoseconds of a node's monotonic clock since an arbitrary start.
struct Instant {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const Instant&) const = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Instant operator-(Instant t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
};
// "No deadline."
inline constexpr Instant kNever{std::numeric_limits<std::int64_t>::max()};

// Nanoseconds since 1970-01-01T00:00:00Z on a node's calendar clock.
struct WallTime {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const WallTime&) const = default;
  // What Kafka writes into records and requests.
  [[nodiscard]] constexpr std::int64_t unix_ms() const { return ns / 1'000'000; }
  friend constexpr WallTime operator+(WallTime t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Duration operator-(WallTime a, WallTime b) { return {a.ns - b.ns}; }
};

// Both clocks of one node at the moment of a step.
struct Now {
  Instant monotonic;
  WallTime wall;
};

}  // namespace logarium
