#pragma once
// How the numbers and texts of an input log stand in bytes. Private to engine/runtime.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/base/varint.hpp"
#include "engine/runtime/input_log.hpp"

namespace logarium::runtime {

// What stands in an input's flags.
inline constexpr std::uint8_t kHasNotes = 1;
inline constexpr std::uint8_t kHasRandom = 2;
inline constexpr std::uint8_t kHasState = 4;
inline constexpr std::uint8_t kHasFailure = 8;
inline constexpr std::uint8_t kHasInjected = 16;

// Kinds of entries that are no inputs.
inline constexpr std::uint8_t kStartEntry = 0x40;
inline constexpr std::uint8_t kFileEntry = 0x41;

inline constexpr std::size_t kLengthBytesMax = 5;
inline constexpr std::size_t kCheckBytes = 1 + 4;

void put_fixed32(std::vector<std::byte>& out, std::uint32_t value);
void put_fixed64(std::vector<std::byte>& out, std::uint64_t value);
void put_signed(std::vector<std::byte>& out, std::int64_t value);
void put_text(std::vector<std::byte>& out, std::string_view text);

// Tells a damaged length from a damaged payload.
[[nodiscard]] std::byte length_check(std::uint64_t length);
// What an entry's CRC begins with, so that it fits its place only.
[[nodiscard]] std::uint32_t crc_seed(std::uint64_t entry);

// Reads fields one after the other and remembers where each began and what it is called. After a
// failed read everything reads as zero or empty.
class FieldReader {
 public:
  explicit FieldReader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t byte(std::string_view name);
  std::uint32_t fixed32(std::string_view name);
  std::uint64_t fixed64(std::string_view name);
  std::uint64_t number(std::string_view name);
  std::int64_t signed_number(std::string_view name);
  std::string text(std::string_view name);
  // A count of things that take at least `least` bytes each.
  std::size_t count(std::string_view name, std::size_t least);
  // Everything that is left.
  ByteView rest(std::string_view name);

  void fail(std::string_view what);
  [[nodiscard]] bool failed() const { return !what_.empty(); }
  // "clock: ends early". REQUIRES: failed().
  [[nodiscard]] Error error() const { return {what_}; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  // The field that covers this byte; empty for one that was not read.
  [[nodiscard]] std::string_view field_at(std::size_t position) const;

 private:
  void begin(std::string_view name);
  // True when so many bytes are left.
  bool need(std::size_t bytes);

  struct Field {
    std::size_t begin = 0;
    std::string_view name;
  };
  ByteView bytes_;
  std::size_t at_ = 0;
  std::vector<Field> fields_;
  std::string what_;
};

// The payload of the start entry, behind its kind.
void put_start(std::vector<std::byte>& out, const InputLogStart& start);
[[nodiscard]] InputLogStart get_start(FieldReader& in);

}  // namespace logarium::runtime
