#pragma once
// The compression codecs of record batches, through their libraries: gzip (zlib), snappy (written
// in the framing of Kafka's Java clients, raw blocks are read too), lz4 frames and zstd, each at
// its library's default level. Compressed bytes may differ between library versions; Kafka stores
// them as sent, and so do we.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::protocol {

// No batch may unpack to more.
inline constexpr std::size_t kDecompressedBytesMax = 128U * 1024U * 1024U;

// "none", "gzip", "snappy", "lz4", "zstd", as in compression.type; "unknown" otherwise.
[[nodiscard]] std::string_view name_of(Codec codec);

// REQUIRES: codec is one of the five.
[[nodiscard]] std::vector<std::byte> compress(Codec codec, ByteView bytes);
// Fails on damaged input, on an unknown codec, and beyond kDecompressedBytesMax.
[[nodiscard]] Result<std::vector<std::byte>> decompress(Codec codec, ByteView bytes);

}  // namespace logarium::protocol
