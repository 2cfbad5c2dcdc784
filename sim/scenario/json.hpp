#pragma once
// Value: a small JSON tree that keeps the line and column of every key and value. It is what a
// scenario file is read into and written from. Objects keep the order of their keys.
//
// parse() refuses what nlohmann's DOM would let pass: a key that comes twice, nesting deeper than
// kDepthMax, numbers that are not whole or need more than 64 bits.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logarium::scenario::json {

inline constexpr std::size_t kDepthMax = 64;

// Both count from 1, in bytes.
struct Place {
  int line = 1;
  int column = 1;
};

struct Value;
struct Member;

struct Value {
  enum class Kind : std::uint8_t { kNull, kFlag, kNumber, kText, kList, kObject };
  Kind kind = Kind::kNull;
  Place place;
  bool flag = false;
  std::int64_t number = 0;
  std::string text;
  std::vector<Value> items;
  std::vector<Member> members;

  [[nodiscard]] static Value of(std::string_view text);
  [[nodiscard]] static Value of(std::int64_t number);
  [[nodiscard]] static Value of_flag(bool flag);
  [[nodiscard]] static Value object();
  [[nodiscard]] static Value list();
  // Appends; gives the value that was put in, valid until the next change.
  Value& put(std::string_view key, Value value);
  [[nodiscard]] const Member* find(std::string_view key) const;
};
struct Member {
  std::string key;
  Place place;
  Value value;
};
// Equal as JSON; places do not count, the order of keys does.
[[nodiscard]] bool equal(const Value& a, const Value& b);
// "a text", "a number", "an object", ...
[[nodiscard]] std::string_view kind_text(Value::Kind kind);

struct Parsed {
  bool ok = false;
  Value value;
  Place place;        // of the mistake
  std::string error;  // what is wrong
};
[[nodiscard]] Parsed parse(std::string_view text);

// Indented by two; small lists and objects on one line. Ends in a newline.
[[nodiscard]] std::string to_text(const Value& value);

}  // namespace logarium::scenario::json
