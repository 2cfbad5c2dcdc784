#include "engine/base/varint.hpp"

namespace logarium {

void put_varint(std::vector<std::byte>& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value));
}

bool get_varint(ByteView in, std::size_t& at, std::uint64_t& value, std::size_t max_bytes) {
  value = 0;
  for (std::size_t i = 0; i < max_bytes; ++i) {
    if (at >= in.size()) return false;
    const auto byte = static_cast<std::uint64_t>(in[at++]);
    value |= (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

}  // namespace logarium
