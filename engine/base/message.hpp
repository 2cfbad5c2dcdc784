#pragma once
// What nodes send each other, as the core sees it: an immutable, shared handle that knows its API
// key and whether it is a request. The structs themselves live in engine/protocol; a handler
// downcasts the handle by its key. No header holds a variant over all messages.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"

namespace logarium {

class Message {
 public:
  enum class Direction : std::uint8_t { kRequest, kResponse };

  virtual ~Message() = default;
  // Kafka's api_key.
  [[nodiscard]] virtual std::int16_t api_key() const = 0;
  [[nodiscard]] virtual Direction direction() const = 0;
  // Hash of the fields that this version carries; equal for a typed message and for one that
  // went through bytes. Batches enter by identity (header and CRC), not byte by byte.
  [[nodiscard]] virtual std::uint64_t hash(std::int16_t version) const = 0;
  // Bytes of the body on the wire in this version, without headers.
  [[nodiscard]] virtual std::size_t encoded_size(std::int16_t version) const = 0;
  // Appends the body in this version.
  virtual void encode(std::vector<std::byte>& out, std::int16_t version) const = 0;
};

using MessageRef = std::shared_ptr<const Message>;

// One request or response on a connection. The receiver answers with the same correlation id.
struct Frame {
  MessageRef body;
  std::int32_t correlation_id = 0;
  std::int16_t api_version = 0;
  // Request header's client_id; null for responses. Shared, since it never changes for a client.
  std::shared_ptr<const std::string> client_id;
};

}  // namespace logarium
