#include "sim/workload/record_value.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace logarium::workload {
namespace {

// Position i of a value holds kFiller[i % kFiller.size()].
constexpr std::size_t kPeriod = 23;
constexpr auto kFiller = [] {
  std::array<std::byte, kPeriod * 64> filler{};
  for (std::size_t i = 0; i < filler.size(); ++i) {
    filler[i] = static_cast<std::byte>('a' + i % kPeriod);
  }
  return filler;
}();

}  // namespace

Bytes make_value(Uid uid, std::size_t size) {
  ENSURE(size >= kUidBytes);
  std::vector<std::byte> value(size);
  for (std::size_t i = 0; i < kUidBytes; ++i) {
    value[i] = static_cast<std::byte>(uid >> (8 * (kUidBytes - 1 - i)));
  }
  for (std::size_t at = kUidBytes; at < size;) {
    const std::size_t from = at % kFiller.size();
    const std::size_t length = std::min(size - at, kFiller.size() - from);
    std::memcpy(value.data() + at, kFiller.data() + from, length);
    at += length;
  }
  return Bytes(std::move(value));
}

std::optional<Uid> read_value(ByteView value) {
  if (value.size() < kUidBytes) return std::nullopt;
  Uid uid = 0;
  for (std::size_t i = 0; i < kUidBytes; ++i) {
    uid = (uid << 8) | std::to_integer<std::uint64_t>(value[i]);
  }
  for (std::size_t at = kUidBytes; at < value.size();) {
    const std::size_t from = at % kFiller.size();
    const std::size_t length = std::min(value.size() - at, kFiller.size() - from);
    if (std::memcmp(value.data() + at, kFiller.data() + from, length) != 0) return std::nullopt;
    at += length;
  }
  return uid;
}

}  // namespace logarium::workload
