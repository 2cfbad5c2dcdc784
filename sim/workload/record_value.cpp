#include "sim/workload/record_value.hpp"

#include <vector>

namespace logarium::workload {
namespace {

constexpr std::byte filler(std::size_t i) { return static_cast<std::byte>('a' + i % 23); }

}  // namespace

Bytes make_value(Uid uid, std::size_t size) {
  ENSURE(size >= kUidBytes);
  std::vector<std::byte> value(size);
  for (std::size_t i = 0; i < kUidBytes; ++i) {
    value[i] = static_cast<std::byte>(uid >> (8 * (kUidBytes - 1 - i)));
  }
  for (std::size_t i = kUidBytes; i < size; ++i) value[i] = filler(i);
  return Bytes(std::move(value));
}

std::optional<Uid> read_value(ByteView value) {
  if (value.size() < kUidBytes) return std::nullopt;
  Uid uid = 0;
  for (std::size_t i = 0; i < kUidBytes; ++i) {
    uid = (uid << 8) | std::to_integer<std::uint64_t>(value[i]);
  }
  for (std::size_t i = kUidBytes; i < value.size(); ++i) {
    if (value[i] != filler(i)) return std::nullopt;
  }
  return uid;
}

}  // namespace logarium::workload
