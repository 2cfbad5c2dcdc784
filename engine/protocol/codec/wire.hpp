#pragma once
// The members of Wire<T>. Included by the .cpp files of the messages only, each of which describes
// its structs and then instantiates Wire explicitly.

#include <memory>
#include <string>

#include "engine/protocol/codec/described.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

template <class T>
[[nodiscard]] constexpr Layout layout_of(std::int16_t version) {
  return {version, version >= T::kFlexibleFrom ? Lengths::kFlexible : Lengths::kFixed};
}

// "Fetch request v17", for errors.
[[nodiscard]] std::string describe_message(ApiKey key, Message::Direction way,
                                           std::int16_t version);

template <class T, ApiKey key, Message::Direction way>
std::uint64_t Wire<T, key, way>::hash(std::int16_t version) const {
  const auto seed = (static_cast<std::uint64_t>(key) << 24) |
                    (static_cast<std::uint64_t>(way) << 16) | static_cast<std::uint16_t>(version);
  return hash_described(static_cast<const T&>(*this), version, seed);
}

template <class T, ApiKey key, Message::Direction way>
std::size_t Wire<T, key, way>::encoded_size(std::int16_t version) const {
  return described_size(static_cast<const T&>(*this), layout_of<T>(version));
}

template <class T, ApiKey key, Message::Direction way>
void Wire<T, key, way>::encode(std::vector<std::byte>& out, std::int16_t version) const {
  ENSURE(T::kVersions.contains(version));
  encode_described(static_cast<const T&>(*this), layout_of<T>(version), out);
}

template <class T, ApiKey key, Message::Direction way>
void Wire<T, key, way>::gather(Gathered& out, std::int16_t version) const {
  ENSURE(T::kVersions.contains(version));
  gather_described(static_cast<const T&>(*this), layout_of<T>(version), out);
}

template <class T, ApiKey key, Message::Direction way>
void Wire<T, key, way>::walk(FieldVisitor& visitor, std::int16_t version) const {
  T copy(static_cast<const T&>(*this));
  copy.fill(visitor, version);
}

template <class T, ApiKey key, Message::Direction way>
void Wire<T, key, way>::fill(FieldVisitor& visitor, std::int16_t version) {
  Walker walker(visitor, version);
  T::describe(walker, static_cast<T&>(*this));
}

template <class T, ApiKey key, Message::Direction way>
std::shared_ptr<WireMessage> Wire<T, key, way>::make() {
  return std::make_shared<T>();
}

template <class T, ApiKey key, Message::Direction way>
Result<MessageRef> Wire<T, key, way>::decode(const Bytes& body, std::int16_t version) {
  if (!T::kVersions.contains(version)) {
    return Error{describe_message(key, way, version) + ": no such version"};
  }
  // A response may end in a batch that was cut at the size limit; a request must not.
  constexpr Tail kTail =
      way == Message::Direction::kResponse ? Tail::kDropPartial : Tail::kKeepPartial;
  auto message = std::make_shared<T>();
  auto failed = decode_described(*message, body, layout_of<T>(version), kTail, Rest::kIgnored);
  if (failed) {
    return Error{describe_message(key, way, version) + ": " + failed->message};
  }
  return MessageRef(std::move(message));
}

}  // namespace logarium::protocol
