#pragma once
// What every wire message derives from, and how a handler gets at the struct behind a MessageRef.
//
// A message is a plain struct: it is made with std::make_shared<FetchRequest>(), its fields are
// set, and from then on it is shared and const. Fields are those of Kafka's message definitions in
// snake_case; sentinels such as -1 live here and nowhere else. A field that a version does not
// carry is neither encoded nor hashed.

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ensure.hpp"
#include "engine/base/message.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/api_key.hpp"
#include "engine/protocol/version_range.hpp"

namespace logarium::protocol {

class FieldVisitor;
struct Gathered;

// A message whose fields can be walked (field_visitor.hpp): JSON, documentation, comparison.
class WireMessage : public Message {
 public:
  // Appends the body in this version like encode(), without copying long record payloads.
  virtual void gather(Gathered& out, std::int16_t version) const = 0;
  // The fields of this version, in wire order, on a copy of the message.
  virtual void walk(FieldVisitor& visitor, std::int16_t version) const = 0;
  // The same on the message itself: what the visitor writes stays.
  virtual void fill(FieldVisitor& visitor, std::int16_t version) = 0;
};

// Base of the message T. Its members are defined in codec/wire.hpp and instantiated in the .cpp of
// the message, so that including a message costs a struct and nothing more.
template <class T, ApiKey key, Message::Direction way>
struct Wire : WireMessage {
  static constexpr ApiKey kApiKey = key;
  static constexpr Message::Direction kDirection = way;

  [[nodiscard]] std::int16_t api_key() const final { return static_cast<std::int16_t>(key); }
  [[nodiscard]] Message::Direction direction() const final { return way; }
  [[nodiscard]] std::uint64_t hash(std::int16_t version) const final;
  [[nodiscard]] std::size_t encoded_size(std::int16_t version) const final;
  void encode(std::vector<std::byte>& out, std::int16_t version) const final;
  void gather(Gathered& out, std::int16_t version) const final;
  void walk(FieldVisitor& visitor, std::int16_t version) const final;
  void fill(FieldVisitor& visitor, std::int16_t version) final;

  // An empty message of this kind, to be filled at run time.
  [[nodiscard]] static std::shared_ptr<WireMessage> make();
  // The body of a message. Byte fields and record batches share the storage of `body`. The error
  // names the field and the position. Bytes after the last field are ignored, as Kafka's own
  // clients and brokers do; librdkafka's mock cluster sends some.
  [[nodiscard]] static Result<MessageRef> decode(const Bytes& body, std::int16_t version);
};

template <class T>
[[nodiscard]] bool is(const Message& message) {
  return message.api_key() == static_cast<std::int16_t>(T::kApiKey) &&
         message.direction() == T::kDirection;
}
// The struct behind the handle. REQUIRES: it is a T.
template <class T>
[[nodiscard]] const T& as(const Message& message) {
  ENSURE(is<T>(message));
  return static_cast<const T&>(message);
}
template <class T>
[[nodiscard]] const T& as(const MessageRef& message) {
  ENSURE(message != nullptr);
  return as<T>(*message);
}

}  // namespace logarium::protocol
