#include "sim/world/protocol_wire.hpp"

#include <memory>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::world {
namespace {

constexpr std::size_t kLengthBytes = 4;

// Empties every field of one name.
class Dropper final : public protocol::FieldVisitor {
 public:
  explicit Dropper(std::string_view name) : name_(name) {}
  void number(const protocol::FieldInfo& field, std::int64_t& value) override {
    if (field.name == name_) value = 0;
  }
  void text(const protocol::FieldInfo& field, std::string& value) override {
    if (field.name == name_) value.clear();
  }
  void uuid(const protocol::FieldInfo& field, Uuid& value) override {
    if (field.name == name_) value = {};
  }
  void bytes(const protocol::FieldInfo& field, Bytes& value) override {
    if (field.name == name_) value = {};
  }
  void records(const protocol::FieldInfo& field, protocol::Records& value) override {
    if (field.name == name_) value.clear();
  }
  bool presence(const protocol::FieldInfo& field, bool present) override {
    return present && field.name != name_;
  }
  std::size_t open_list(const protocol::FieldInfo& field, std::size_t size) override {
    return field.name == name_ ? 0 : size;
  }
  void close_list(const protocol::FieldInfo&) override {}
  void open_struct(const protocol::FieldInfo&) override {}
  void close_struct(const protocol::FieldInfo&) override {}

 private:
  std::string_view name_;
};

}  // namespace

Result<Frame> ProtocolWire::round_trip(const Frame& frame, std::vector<std::byte>& buffer) const {
  ENSURE(buffer.empty());
  const bool request = frame.body->direction() == Message::Direction::kRequest;
  const auto key = static_cast<protocol::ApiKey>(frame.body->api_key());
  if (request) {
    protocol::encode_request(frame, buffer);
  } else {
    protocol::encode_response(frame, buffer);
  }
  ENSURE(buffer.size() > kLengthBytes);
  const Bytes bytes = Bytes::copy_of(ByteView(buffer).subspan(kLengthBytes));
  Result<Frame> decoded = request ? protocol::decode_request(bytes)
                                  : protocol::decode_response(bytes, key, frame.api_version);
  if (!decoded || !dropped_) return decoded;
  if (dropped_->api != key || dropped_->direction != frame.body->direction()) return decoded;
  // The message was made by the decoder just now and is nobody else's yet.
  const auto body = std::const_pointer_cast<Message>(decoded.value().body);
  Dropper dropper(dropped_->name);
  dynamic_cast<protocol::WireMessage&>(*body).fill(dropper, frame.api_version);
  return decoded;
}

}  // namespace logarium::world
