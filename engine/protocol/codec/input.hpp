#pragma once
// The primitive reads of a decoder. Nothing read is trusted: every length is compared with the
// bytes that are there. The first failure sticks; later reads give zeros and move nothing.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/codec/big_endian.hpp"

namespace logarium::protocol {

class Input {
 public:
  explicit Input(Bytes bytes) : bytes_(std::move(bytes)), end_(bytes_.size()) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t remaining() const { return end_ - at_; }

  template <std::integral T>
  T number() {
    if (remaining() < sizeof(T)) {
      fail("the bytes end");
      return 0;
    }
    const T value = load_big_endian<T>(bytes_.view().data() + at_);
    at_ += sizeof(T);
    return value;
  }
  // Unsigned, 32 bits at most.
  std::uint32_t varint();
  // The length of a string, or of bytes or a list; empty means null. Never more than remaining().
  std::optional<std::size_t> string_length(bool flexible, bool nullable);
  std::optional<std::size_t> blob_length(bool flexible, bool nullable);
  std::string string(std::size_t length);
  // Shares the storage.
  Bytes slice(std::size_t length);
  void skip(std::size_t length);

  // Narrows the input to the next `length` bytes and returns the end to restore afterwards.
  // REQUIRES: length <= remaining().
  std::size_t narrow(std::size_t length);
  // Fails unless all bytes up to the narrowed end were read.
  void widen(std::size_t end);

  void fail(std::string_view what);
  // Names the place of the failure from the inside to the outside.
  void in_field(std::string_view name);
  void in_element(std::size_t index);
  // "Topics[0].Name, byte 12: ...". REQUIRES: failed().
  [[nodiscard]] Error error() const;

 private:
  std::optional<std::size_t> checked(std::int64_t length, bool nullable, std::size_t max);

  Bytes bytes_;
  std::size_t at_ = 0;
  std::size_t end_;
  std::size_t failed_at_ = 0;
  bool failed_ = false;
  std::string what_;
  std::string path_;
};

}  // namespace logarium::protocol
