#pragma once
// Writes JSON text on one line. Writing is all it does: reading JSON is not needed here.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/bytes.hpp"

namespace logarium::protocol {

// Lower-case hexadecimal, two digits per byte.
[[nodiscard]] std::string hex_text(ByteView bytes);

class JsonText {
 public:
  // '{' or '['.
  void open(char bracket);
  void close(char bracket);
  void key(std::string_view name);
  void text(std::string_view value);
  void number(std::int64_t value);
  // A word of JSON: true, false, null, a number.
  void raw(std::string_view word);
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void separate();

  std::string out_;
  bool first_ = true;  // nothing stands before the next value on its level
};

}  // namespace logarium::protocol
