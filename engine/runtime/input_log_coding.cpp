#include "engine/runtime/input_log_coding.hpp"

#include <fmt/format.h>

#include "engine/base/hash.hpp"

namespace logarium::runtime {

void put_fixed32(std::vector<std::byte>& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::byte>((value >> shift) & 0xff));
  }
}

void put_fixed64(std::vector<std::byte>& out, std::uint64_t value) {
  put_fixed32(out, static_cast<std::uint32_t>(value));
  put_fixed32(out, static_cast<std::uint32_t>(value >> 32));
}

void put_signed(std::vector<std::byte>& out, std::int64_t value) { put_varint(out, zigzag(value)); }

void put_text(std::vector<std::byte>& out, std::string_view text) {
  put_varint(out, text.size());
  const ByteView bytes = view_of(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::byte length_check(std::uint64_t length) {
  return static_cast<std::byte>(mix64(length + 1) & 0xff);
}

std::uint32_t crc_seed(std::uint64_t entry) {
  std::array<std::byte, 8> number;
  for (std::size_t i = 0; i < number.size(); ++i) {
    number[i] = static_cast<std::byte>((entry >> (8 * i)) & 0xff);
  }
  return crc32c(number);
}

void FieldReader::begin(std::string_view name) { fields_.push_back({at_, name}); }

void FieldReader::fail(std::string_view what) {
  if (what_.empty()) {
    what_ = fmt::format("{}: {}", fields_.empty() ? "entry" : fields_.back().name, what);
  }
}

bool FieldReader::need(std::size_t bytes) {
  if (failed()) return false;
  if (bytes <= left()) return true;
  fail("ends early");
  return false;
}

std::uint8_t FieldReader::byte(std::string_view name) {
  begin(name);
  return need(1) ? static_cast<std::uint8_t>(bytes_[at_++]) : std::uint8_t{0};
}

std::uint32_t FieldReader::fixed32(std::string_view name) {
  begin(name);
  if (!need(4)) return 0;
  std::uint32_t value = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    value |= static_cast<std::uint32_t>(bytes_[at_++]) << shift;
  }
  return value;
}

std::uint64_t FieldReader::fixed64(std::string_view name) {
  begin(name);
  if (!need(8)) return 0;
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 8) {
    value |= static_cast<std::uint64_t>(bytes_[at_++]) << shift;
  }
  return value;
}

std::uint64_t FieldReader::number(std::string_view name) {
  begin(name);
  if (failed()) return 0;
  std::uint64_t value = 0;
  if (get_varint(bytes_, at_, value, kVarlongBytesMax)) return value;
  at_ = std::min(at_, bytes_.size());
  fail("is no number");
  return 0;
}

std::int64_t FieldReader::signed_number(std::string_view name) { return unzigzag(number(name)); }

std::string FieldReader::text(std::string_view name) {
  const std::uint64_t size = number(name);
  if (failed()) return {};
  if (size > left()) {
    fail("ends early");
    return {};
  }
  const std::string_view text = text_of(bytes_.subspan(at_, size));
  at_ += size;
  return std::string(text);
}

std::size_t FieldReader::count(std::string_view name, std::size_t least) {
  const std::uint64_t value = number(name);
  if (failed()) return 0;
  if (value > left() / least) {
    fail("is more than what follows");
    return 0;
  }
  return value;
}

ByteView FieldReader::rest(std::string_view name) {
  begin(name);
  if (failed()) return {};
  const ByteView rest = bytes_.subspan(at_);
  at_ = bytes_.size();
  return rest;
}

std::string_view FieldReader::field_at(std::size_t position) const {
  std::string_view name;
  for (const Field& field : fields_) {
    if (field.begin > position) break;
    name = field.name;
  }
  return name;
}

}  // namespace logarium::runtime
