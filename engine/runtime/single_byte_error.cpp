#include "engine/runtime/single_byte_error.hpp"

#include <array>

namespace logarium::runtime {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // Castagnoli, reflected

using Table = std::array<std::uint32_t, 256>;

constexpr Table make_table() {
  Table table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[i] = crc;
  }
  return table;
}

// By the highest byte of an entry of the table: which entry that is. Every value stands for one.
constexpr std::array<std::uint8_t, 256> make_inverse(const Table& table) {
  std::array<std::uint8_t, 256> inverse{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    inverse[table[i] >> 24] = static_cast<std::uint8_t>(i);
  }
  return inverse;
}

constexpr Table kTable = make_table();
constexpr std::array<std::uint8_t, 256> kInverse = make_inverse(kTable);

}  // namespace

std::optional<SingleByteError> single_byte_error(std::uint32_t difference, std::size_t size) {
  std::uint32_t state = difference;
  for (std::size_t position = size; position-- > 0;) {
    const std::uint8_t index = kInverse[state >> 24];
    state = ((state ^ kTable[index]) << 8) | index;
    if (state < 256) return SingleByteError{position, static_cast<std::uint8_t>(state)};
  }
  return std::nullopt;
}

}  // namespace logarium::runtime
