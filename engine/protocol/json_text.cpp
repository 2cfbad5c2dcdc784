#include "engine/protocol/json_text.hpp"

#include "engine/base/json_string.hpp"

namespace logarium::protocol {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

}  // namespace

std::string hex_text(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += kDigits[static_cast<unsigned>(byte) >> 4];
    text += kDigits[static_cast<unsigned>(byte) & 15];
  }
  return text;
}

void JsonText::separate() {
  if (!first_) out_ += ", ";
  first_ = false;
}

void JsonText::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
}

void JsonText::close(char bracket) {
  out_ += bracket;
  first_ = false;
}

void JsonText::key(std::string_view name) {
  separate();
  out_ += json_quoted(name);
  out_ += ": ";
  first_ = true;
}

void JsonText::text(std::string_view value) {
  separate();
  out_ += json_quoted(value);
}

void JsonText::number(std::int64_t value) { raw(std::to_string(value)); }

void JsonText::raw(std::string_view word) {
  separate();
  out_ += word;
}

}  // namespace logarium::protocol
