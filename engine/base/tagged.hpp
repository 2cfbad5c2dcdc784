#pragma once
// Numbers with a meaning of their own. A Tagged value never converts to another kind by itself;
// a Position is a Tagged value on a line: position + distance is a position, and the difference of
// two positions is a plain count.

#include <compare>
#include <cstdint>

namespace logarium {

template <class Tag, class Rep>
class Tagged {
 public:
  using rep = Rep;
  constexpr Tagged() = default;
  constexpr explicit Tagged(Rep value) : value_(value) {}
  [[nodiscard]] constexpr Rep value() const { return value_; }
  // The successor: the next id, the next epoch.
  [[nodiscard]] constexpr Tagged next() const { return Tagged(static_cast<Rep>(value_ + 1)); }
  constexpr auto operator<=>(const Tagged&) const = default;

 private:
  Rep value_{};
};

template <class Tag>
class Position {
 public:
  using rep = std::int64_t;
  constexpr Position() = default;
  constexpr explicit Position(std::int64_t value) : value_(value) {}
  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  constexpr auto operator<=>(const Position&) const = default;
  friend constexpr Position operator+(Position p, std::int64_t n) { return Position(p.value_ + n); }
  friend constexpr Position operator-(Position p, std::int64_t n) { return Position(p.value_ - n); }
  friend constexpr std::int64_t operator-(Position a, Position b) { return a.value_ - b.value_; }
  constexpr Position& operator+=(std::int64_t n) {
    value_ += n;
    return *this;
  }

 private:
  std::int64_t value_ = 0;
};

}  // namespace logarium
