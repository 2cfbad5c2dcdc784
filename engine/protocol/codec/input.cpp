#include "engine/protocol/codec/input.hpp"

#include "engine/base/ensure.hpp"
#include "engine/base/varint.hpp"
#include "engine/protocol/codec/limits.hpp"

namespace logarium::protocol {

std::uint32_t Input::varint() {
  std::uint64_t value = 0;
  std::size_t at = at_;
  if (failed_) return 0;
  if (!get_varint(bytes_.view().first(end_), at, value, kVarintBytesMax) || value > 0xffffffffULL) {
    fail("the bytes end in a varint, or it is over 32 bits");
    return 0;
  }
  at_ = at;
  return static_cast<std::uint32_t>(value);
}

std::optional<std::size_t> Input::checked(std::int64_t length, bool nullable, std::size_t max) {
  if (failed_) return 0;
  if (length == -1 && nullable) return std::nullopt;
  if (length < 0) {
    fail(length == -1 ? "null is not allowed here" : "negative length");
    return 0;
  }
  const auto size = static_cast<std::size_t>(length);
  if (size > remaining() || size > max) {
    fail("length " + std::to_string(size) + " with " + std::to_string(remaining()) + " bytes left");
    return 0;
  }
  return size;
}

std::optional<std::size_t> Input::string_length(bool flexible, bool nullable) {
  const std::int64_t length =
      flexible ? std::int64_t{varint()} - 1 : std::int64_t{number<std::int16_t>()};
  return checked(length, nullable, kStringBytesMax);
}

std::optional<std::size_t> Input::blob_length(bool flexible, bool nullable) {
  const std::int64_t length =
      flexible ? std::int64_t{varint()} - 1 : std::int64_t{number<std::int32_t>()};
  return checked(length, nullable, kBlobBytesMax);
}

std::string Input::string(std::size_t length) {
  std::string text(text_of(bytes_.view().subspan(at_, length)));
  at_ += length;
  return text;
}

Bytes Input::slice(std::size_t length) {
  Bytes part = bytes_.slice(at_, length);
  at_ += length;
  return part;
}

void Input::skip(std::size_t length) {
  ENSURE(length <= remaining());
  at_ += length;
}

std::size_t Input::narrow(std::size_t length) {
  ENSURE(length <= remaining());
  const std::size_t end = end_;
  end_ = at_ + length;
  return end;
}

void Input::widen(std::size_t end) {
  if (!failed_ && at_ != end_) fail(std::to_string(remaining()) + " bytes left over");
  if (!failed_) end_ = end;
}

void Input::fail(std::string_view what) {
  if (failed_) return;
  failed_ = true;
  failed_at_ = at_;
  what_ = what;
  end_ = at_;
}

void Input::in_field(std::string_view name) {
  const bool joined = path_.empty() || path_.front() == '[';
  path_ = std::string(name) + (joined ? "" : ".") + path_;
}

void Input::in_element(std::size_t index) {
  const bool joined = path_.empty() || path_.front() == '[';
  path_ = "[" + std::to_string(index) + "]" + (joined ? "" : ".") + path_;
}

Error Input::error() const {
  ENSURE(failed_);
  return Error{path_ + (path_.empty() ? "" : ", ") + "byte " + std::to_string(failed_at_) + ": " +
               what_};
}

}  // namespace logarium::protocol
