#include "engine/base/hash.hpp"

#include <isa-l/crc.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace logarium {
namespace {

// ISA-L takes a non-const pointer and reads only.
std::uint32_t update(std::uint32_t state, ByteView bytes) {
  auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
  return crc32_iscsi(data, static_cast<int>(bytes.size()), state);
}

}  // namespace

std::uint64_t hash_bytes(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::uint32_t crc32c(ByteView bytes) { return ~update(~0U, bytes); }

std::uint32_t crc32c_extend(std::uint32_t crc, ByteView bytes) { return ~update(~crc, bytes); }

}  // namespace logarium
