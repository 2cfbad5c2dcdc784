#pragma once
// What one can do with any described struct: size, encode, decode, hash, walk. Templates: include
// this in the one .cpp that describes the struct and instantiate what is needed there. Messages do
// it through codec/wire.hpp; metadata records may do it directly.

#include <optional>
#include <string>
#include <vector>

#include "engine/base/ensure.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/codec/decoder.hpp"
#include "engine/protocol/codec/encoder.hpp"
#include "engine/protocol/codec/hasher.hpp"
#include "engine/protocol/codec/sizer.hpp"
#include "engine/protocol/codec/walker.hpp"

namespace logarium::protocol {

struct Layout {
  std::int16_t version = 0;
  Lengths lengths = Lengths::kFlexible;
};

template <class T>
[[nodiscard]] std::size_t described_size(const T& value, Layout layout) {
  Sizer sizer(layout.version, layout.lengths);
  sizer.structure(value);
  return sizer.size();
}

// Appends the struct.
template <class T>
void encode_described(const T& value, Layout layout, std::vector<std::byte>& out) {
  const std::size_t start = out.size();
  out.resize(start + described_size(value, layout));
  Encoder encoder(out.data() + start, layout.version, layout.lengths);
  encoder.structure(value);
  ENSURE(encoder.at() == out.data() + out.size());
}

// The same without copying long record payloads.
template <class T>
void gather_described(const T& value, Layout layout, Gathered& out) {
  Sizer sizer(layout.version, layout.lengths);
  sizer.structure(value);
  const std::size_t start = out.bytes.size();
  out.bytes.resize(start + sizer.size() - sizer.shared());
  Encoder encoder(out.bytes.data() + start, out, layout.version, layout.lengths);
  encoder.structure(value);
  ENSURE(encoder.at() == out.bytes.data() + out.bytes.size());
}

// What bytes after the last field are.
enum class Rest : std::uint8_t {
  kDamage,   // the value is not what it says: records, which Kafka reads so
  kIgnored,  // nobody's matter: messages, as Kafka's own readers take them
};

// The error names field and position.
template <class T>
[[nodiscard]] std::optional<Error> decode_described(T& value, const Bytes& bytes, Layout layout,
                                                    Tail tail, Rest rest) {
  Decoder decoder(bytes, layout.version, layout.lengths, tail);
  decoder.structure(value);
  Input& input = decoder.input();
  if (!input.failed() && input.remaining() != 0 && rest == Rest::kDamage) {
    input.fail(std::to_string(input.remaining()) + " bytes left over");
  }
  if (!input.failed()) return std::nullopt;
  return input.error();
}

template <class T>
[[nodiscard]] std::uint64_t hash_described(const T& value, std::int16_t version,
                                           std::uint64_t seed) {
  Hasher hasher(version, seed);
  hasher.structure(value);
  return hasher.value();
}

}  // namespace logarium::protocol
