#include <string>

#include "engine/base/digest.hpp"
#include "engine/protocol/codec.hpp"
#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/json_text.hpp"
#include "engine/protocol/message_tools.hpp"

namespace logarium::protocol {
namespace {

class JsonWriter final : public FieldVisitor {
 public:
  JsonText json;

  void number(const FieldInfo& f, std::int64_t& v) override {
    key(f);
    if (f.type == FieldType::kBool) {
      json.raw(v != 0 ? "true" : "false");
    } else {
      json.number(v);
    }
  }
  void text(const FieldInfo& f, std::string& v) override {
    key(f);
    json.text(v);
  }
  void uuid(const FieldInfo& f, Uuid& v) override {
    key(f);
    json.text(to_string(v));
  }
  void bytes(const FieldInfo& f, Bytes& v) override {
    key(f);
    json.text(hex_text(v.view()));
  }
  void records(const FieldInfo& f, Records& v) override {
    key(f);
    json.open('[');
    for (const Batch& batch : v) write(batch);
    json.close(']');
  }
  bool presence(const FieldInfo& f, bool present) override {
    if (!present) {
      key(f);
      json.raw("null");
    }
    return present;
  }
  std::size_t open_list(const FieldInfo& f, std::size_t size) override {
    key(f);
    json.open('[');
    return size;
  }
  void close_list(const FieldInfo& /*field*/) override { json.close(']'); }
  void open_struct(const FieldInfo& f) override {
    key(f);
    json.open('{');
  }
  void close_struct(const FieldInfo& /*field*/) override { json.close('}'); }

 private:
  void key(const FieldInfo& f) {
    if (!f.name.empty()) json.key(f.name);
  }
  void write(const Batch& batch) {
    json.open('{');
    if (!batch.readable()) {
      json.key("unreadable bytes");
      json.number(static_cast<std::int64_t>(batch.size_bytes()));
      json.close('}');
      return;
    }
    const auto number = [this](std::string_view name, std::int64_t value) {
      json.key(name);
      json.number(value);
    };
    number("baseOffset", batch.base_offset.value());
    number("partitionLeaderEpoch", batch.partition_leader_epoch.value());
    number("attributes", batch.attributes);
    json.key("codec");
    json.text(name_of(batch.codec()));
    number("lastOffsetDelta", batch.last_offset_delta);
    number("baseTimestamp", batch.base_timestamp);
    number("maxTimestamp", batch.max_timestamp);
    number("producerId", batch.producer_id.value());
    number("producerEpoch", batch.producer_epoch.value());
    number("baseSequence", batch.base_sequence.value());
    number("records", batch.record_count);
    number("payloadBytes", static_cast<std::int64_t>(batch.payload().size()));
    json.key("content");
    json.text(to_hex(batch.content()));
    json.close('}');
  }
};

}  // namespace

std::string to_json(const Message& message, std::int16_t version) {
  JsonWriter writer;
  writer.json.open('{');
  wire_message(message).walk(writer, version);
  writer.json.close('}');
  return writer.json.take();
}

}  // namespace logarium::protocol
