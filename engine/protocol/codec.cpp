#include "engine/protocol/codec.hpp"

#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "engine/base/ensure.hpp"
#include "engine/protocol/codec/big_endian.hpp"

namespace logarium::protocol {
namespace {

using Buffer = std::vector<std::byte>;

constexpr std::size_t kChunk = 64U * 1024U;
constexpr std::size_t kChunkMin = 256;
// The frame of Kafka's Java clients around raw snappy: magic, version 1, least version 1, then
// blocks of int32 length and that many compressed bytes, 32 KiB of input each.
constexpr std::array<unsigned char, 16> kXerialHead = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0,
                                                       0,    0,   0,   1,   0,   0,   0,   1};
constexpr std::size_t kXerialMagicBytes = 8;
constexpr std::size_t kXerialBlock = 32U * 1024U;

Error damaged(Codec codec, std::string_view what) {
  return Error{std::string(name_of(codec)) + ": " + std::string(what)};
}
Error too_large(Codec codec) { return damaged(codec, "unpacks to more than 128 MiB"); }

// How much more room an unpacked text gets than it has: small batches need few bytes, and resize()
// clears what it adds.
std::size_t more_room(ByteView packed, std::size_t unpacked) {
  return std::max(std::clamp(4 * packed.size(), kChunkMin, kChunk), unpacked);
}

const char* chars(ByteView bytes) { return reinterpret_cast<const char*>(bytes.data()); }
char* chars(Buffer& bytes, std::size_t at) { return reinterpret_cast<char*>(bytes.data() + at); }

Buffer gzip(ByteView in) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  const int begun =
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  ENSURE(begun == Z_OK);
  Buffer out(deflateBound(&stream, static_cast<uLong>(in.size())));
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  ENSURE(done == Z_STREAM_END);
  return out;
}

Result<Buffer> gunzip(ByteView in) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return damaged(Codec::kGzip, "out of memory");
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  Buffer out;
  int status = Z_OK;
  while (status == Z_OK && out.size() < kDecompressedBytesMax) {
    const std::size_t before = out.size();
    out.resize(before + more_room(in, before));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) status = Z_DATA_ERROR;
  }
  inflateEnd(&stream);
  if (out.size() > kDecompressedBytesMax) return too_large(Codec::kGzip);
  if (status == Z_OK) return too_large(Codec::kGzip);
  if (status != Z_STREAM_END) return damaged(Codec::kGzip, "damaged or cut");
  return out;
}

Buffer snappy_compress(ByteView in) {
  Buffer out(kXerialHead.size());
  std::memcpy(out.data(), kXerialHead.data(), kXerialHead.size());
  for (std::size_t at = 0; at < in.size(); at += kXerialBlock) {
    const ByteView block = in.subspan(at, std::min(kXerialBlock, in.size() - at));
    const std::size_t start = out.size();
    out.resize(start + 4 + snappy::MaxCompressedLength(block.size()));
    std::size_t length = 0;
    snappy::RawCompress(chars(block), block.size(), chars(out, start + 4), &length);
    store_big_endian(out.data() + start, static_cast<std::int32_t>(length));
    out.resize(start + 4 + length);
  }
  return out;
}

// Appends one raw snappy block.
bool append_unsnapped(ByteView block, Buffer& out) {
  std::size_t length = 0;
  if (!snappy::GetUncompressedLength(chars(block), block.size(), &length)) return false;
  if (length > kDecompressedBytesMax - out.size()) return false;
  // No snappy block expands by more than 64 bytes per 3 bytes of input.
  if (length > block.size() * 32 + 64) return false;
  const std::size_t start = out.size();
  out.resize(start + length);
  return snappy::RawUncompress(chars(block), block.size(), chars(out, start));
}

Result<Buffer> snappy_decompress(ByteView in) {
  Buffer out;
  const bool framed = in.size() >= kXerialHead.size() &&
                      std::memcmp(in.data(), kXerialHead.data(), kXerialMagicBytes) == 0;
  if (!framed) {
    if (!append_unsnapped(in, out)) return damaged(Codec::kSnappy, "damaged or cut");
    return out;
  }
  std::size_t at = kXerialHead.size();
  while (at < in.size()) {
    if (in.size() - at < 4) return damaged(Codec::kSnappy, "cut in a block's length");
    const auto length = load_big_endian<std::uint32_t>(in.data() + at);
    at += 4;
    if (length > in.size() - at) return damaged(Codec::kSnappy, "cut in a block");
    if (!append_unsnapped(in.subspan(at, length), out)) {
      return damaged(Codec::kSnappy, "damaged block");
    }
    at += length;
  }
  return out;
}

Buffer lz4(ByteView in) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  Buffer out(LZ4F_compressFrameBound(in.size(), &preferences));
  const std::size_t size =
      LZ4F_compressFrame(out.data(), out.size(), in.data(), in.size(), &preferences);
  ENSURE(LZ4F_isError(size) == 0);
  out.resize(size);
  return out;
}

Result<Buffer> unlz4(ByteView in) {
  LZ4F_dctx* context = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0) {
    return damaged(Codec::kLz4, "out of memory");
  }
  Buffer out;
  std::size_t at = 0;
  std::size_t hint = 1;
  bool progress = true;
  while (hint != 0 && progress && out.size() <= kDecompressedBytesMax) {
    const std::size_t before = out.size();
    out.resize(before + more_room(in, before));
    std::size_t produced = out.size() - before;
    std::size_t consumed = in.size() - at;
    hint = LZ4F_decompress(context, out.data() + before, &produced, in.data() + at, &consumed,
                           nullptr);
    out.resize(before + produced);
    if (LZ4F_isError(hint) != 0) break;
    at += consumed;
    progress = produced != 0 || consumed != 0;
  }
  LZ4F_freeDecompressionContext(context);
  if (out.size() > kDecompressedBytesMax) return too_large(Codec::kLz4);
  if (hint != 0) return damaged(Codec::kLz4, "damaged or cut");
  return out;
}

Buffer zstd(ByteView in) {
  Buffer out(ZSTD_compressBound(in.size()));
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), in.data(), in.size(), ZSTD_CLEVEL_DEFAULT);
  ENSURE(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

Result<Buffer> unzstd(ByteView in) {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  if (context == nullptr) return damaged(Codec::kZstd, "out of memory");
  Buffer out;
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  std::size_t left = 1;
  bool progress = true;
  while (left != 0 && progress && out.size() <= kDecompressedBytesMax) {
    const std::size_t before = out.size();
    out.resize(before + more_room(in, before));
    ZSTD_outBuffer output{out.data() + before, out.size() - before, 0};
    const std::size_t consumed = input.pos;
    left = ZSTD_decompressStream(context, &output, &input);
    out.resize(before + output.pos);
    if (ZSTD_isError(left) != 0) break;
    progress = output.pos != 0 || input.pos != consumed;
  }
  ZSTD_freeDCtx(context);
  if (out.size() > kDecompressedBytesMax) return too_large(Codec::kZstd);
  if (left != 0) return damaged(Codec::kZstd, "damaged or cut");
  return out;
}

}  // namespace

std::string_view name_of(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return "none";
    case Codec::kGzip:
      return "gzip";
    case Codec::kSnappy:
      return "snappy";
    case Codec::kLz4:
      return "lz4";
    case Codec::kZstd:
      return "zstd";
  }
  return "unknown";
}

std::vector<std::byte> compress(Codec codec, ByteView bytes) {
  switch (codec) {
    case Codec::kNone:
      return {bytes.begin(), bytes.end()};
    case Codec::kGzip:
      return gzip(bytes);
    case Codec::kSnappy:
      return snappy_compress(bytes);
    case Codec::kLz4:
      return lz4(bytes);
    case Codec::kZstd:
      return zstd(bytes);
  }
  const bool known_codec = false;
  ENSURE(known_codec);
  return {};
}

Result<std::vector<std::byte>> decompress(Codec codec, ByteView bytes) {
  switch (codec) {
    case Codec::kNone:
      return Buffer(bytes.begin(), bytes.end());
    case Codec::kGzip:
      return gunzip(bytes);
    case Codec::kSnappy:
      return snappy_decompress(bytes);
    case Codec::kLz4:
      return unlz4(bytes);
    case Codec::kZstd:
      return unzstd(bytes);
  }
  return Error{"compression codec " + std::to_string(static_cast<int>(codec)) + " is unknown"};
}

}  // namespace logarium::protocol
