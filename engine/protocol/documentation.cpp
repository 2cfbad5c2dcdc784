#include "engine/protocol/documentation.hpp"

#include <algorithm>
#include <utility>

#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/json_text.hpp"

namespace logarium::protocol {
namespace {

// Walks a fresh message over all versions and keeps what it sees; lists get one element, so that
// their structs are seen too.
class Collector final : public FieldVisitor {
 public:
  explicit Collector(VersionRange versions) : versions_(versions) { levels_.push_back({}); }
  [[nodiscard]] std::vector<FieldDoc> take() { return std::move(levels_.front()); }

  void number(const FieldInfo& f, std::int64_t& v) override {
    std::string text = std::to_string(v);
    if (f.type == FieldType::kBool) text = v != 0 ? "true" : "false";
    leaf(f, std::move(text));
  }
  void text(const FieldInfo& f, std::string& v) override { leaf(f, v); }
  void uuid(const FieldInfo& f, Uuid& /*value*/) override { leaf(f, ""); }
  void bytes(const FieldInfo& f, Bytes& /*value*/) override { leaf(f, ""); }
  void records(const FieldInfo& f, Records& /*value*/) override { leaf(f, ""); }
  bool presence(const FieldInfo& /*field*/, bool present) override {
    null_ = !present;
    return true;
  }
  std::size_t open_list(const FieldInfo& f, std::size_t /*size*/) override {
    leaf(f, "");
    return 1;
  }
  void close_list(const FieldInfo& /*field*/) override {}
  void open_struct(const FieldInfo& f) override {
    if (!f.name.empty()) leaf(f, "");
    levels_.push_back({});
  }
  void close_struct(const FieldInfo& /*field*/) override {
    std::vector<FieldDoc> fields = std::move(levels_.back());
    levels_.pop_back();
    levels_.back().back().fields = std::move(fields);
  }

 private:
  void leaf(const FieldInfo& f, std::string default_value) {
    if (f.name.empty()) return;  // an element of a list that has its line
    FieldDoc doc;
    doc.name = f.name;
    doc.type = (f.list ? "[]" : "") + std::string(name_of(f.type));
    doc.versions = f.spec.versions.overlap(versions_);
    const VersionRange nullable = doc.versions.overlap({f.spec.nullable_from, versions_.max});
    if (!nullable.empty()) doc.nullable = nullable;
    if (f.spec.is_tagged()) doc.tag = f.spec.tag;
    doc.default_value = null_ ? "null" : std::move(default_value);
    null_ = false;
    levels_.back().push_back(std::move(doc));
  }

  VersionRange versions_;
  std::vector<std::vector<FieldDoc>> levels_;
  bool null_ = false;  // the field that comes next is null by default
};

MessageDoc document_message(const ApiEntry& entry, const WireMessage& message) {
  MessageDoc doc;
  const bool request = message.direction() == Message::Direction::kRequest;
  doc.name = std::string(entry.name) + (request ? "Request" : "Response");
  doc.versions = entry.versions;
  doc.flexible_from = entry.flexible_from;
  Collector collector(entry.versions);
  message.walk(collector, kAllVersions);
  doc.fields = collector.take();
  return doc;
}

// ---- text ---------------------------------------------------------------------------------------
std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

void add_field(const FieldDoc& field, std::int16_t newest, std::size_t depth, std::string& out) {
  constexpr std::size_t kNameWidth = 44;
  constexpr std::size_t kTypeWidth = 11;
  constexpr std::size_t kVersionWidth = 6;
  std::string line = padded(std::string(2 + 2 * depth, ' ') + field.name, kNameWidth);
  line += padded(field.type, kTypeWidth);
  line += padded(to_text(field.versions, newest), kVersionWidth);
  if (field.tag) line += " tag " + std::to_string(*field.tag);
  if (field.nullable) line += " nullable " + to_text(*field.nullable, newest);
  if (!field.default_value.empty() && field.default_value != "0") {
    line += " default " + field.default_value;
  }
  line.resize(line.find_last_not_of(' ') + 1);
  out += line + "\n";
  for (const FieldDoc& inner : field.fields) add_field(inner, newest, depth + 1, out);
}

void add_message(const MessageDoc& message, std::string& out) {
  out += "\n" + message.name + "\n";
  if (message.fields.empty()) out += "  (no fields)\n";
  for (const FieldDoc& field : message.fields) add_field(field, message.versions.max, 0, out);
}

std::string flexible_text(const MessageDoc& message) {
  if (message.flexible_from > message.versions.max) return "none";
  return std::to_string(message.flexible_from) + "+";
}

// ---- JSON ---------------------------------------------------------------------------------------
void add_range(std::string_view key, VersionRange range, JsonText& json) {
  json.key(key);
  json.open('[');
  json.number(range.min);
  json.number(range.max);
  json.close(']');
}

void add_fields(const std::vector<FieldDoc>& fields, JsonText& json) {
  json.key("fields");
  json.open('[');
  for (const FieldDoc& field : fields) {
    json.open('{');
    json.key("name");
    json.text(field.name);
    json.key("type");
    json.text(field.type);
    add_range("versions", field.versions, json);
    if (field.nullable) add_range("nullable", *field.nullable, json);
    if (field.tag) {
      json.key("tag");
      json.number(*field.tag);
    }
    if (!field.default_value.empty()) {
      json.key("default");
      json.text(field.default_value);
    }
    if (!field.fields.empty()) add_fields(field.fields, json);
    json.close('}');
  }
  json.close(']');
}

void add_head(const ApiEntry& entry, JsonText& json) {
  json.key("key");
  json.number(static_cast<std::int64_t>(entry.key));
  json.key("name");
  json.text(entry.name);
  json.key("meaning");
  json.text(entry.meaning);
  add_range("versions", entry.versions, json);
  add_range("served", entry.kafka, json);
  json.key("flexible from");
  json.number(entry.flexible_from);
}

}  // namespace

ApiDoc document(const ApiEntry& entry) {
  return {.key = entry.key,
          .name = std::string(entry.name),
          .meaning = std::string(entry.meaning),
          .versions = entry.versions,
          .kafka = entry.kafka,
          .request = document_message(entry, *entry.new_request()),
          .response = document_message(entry, *entry.new_response())};
}

std::string to_text(VersionRange range, std::int16_t newest) {
  if (range.empty()) return "-";
  if (range.min == range.max) return std::to_string(range.min);
  if (range.max >= newest) return std::to_string(range.min) + "+";
  return std::to_string(range.min) + "-" + std::to_string(range.max);
}

std::string api_list_text() {
  std::string out = "key  API                           versions  flexible  meaning\n";
  for (const ApiEntry& entry : api_table()) {
    const std::string key = std::to_string(static_cast<int>(entry.key));
    out += std::string(3 - std::min<std::size_t>(3, key.size()), ' ') + key + "  ";
    out += padded(std::string(entry.name), 30);
    out += padded(std::to_string(entry.kafka.min) + "-" + std::to_string(entry.kafka.max), 10);
    out += padded(std::to_string(entry.flexible_from) + "+", 10);
    out += std::string(entry.meaning) + "\n";
  }
  return out;
}

std::string api_list_json() {
  JsonText json;
  json.open('[');
  for (const ApiEntry& entry : api_table()) {
    json.open('{');
    add_head(entry, json);
    json.close('}');
  }
  json.close(']');
  return json.take();
}

std::string to_text(const ApiDoc& api) {
  std::string out = api.name + " (key " + std::to_string(static_cast<int>(api.key)) +
                    "): " + api.meaning + "\nversions " + std::to_string(api.versions.min) + "-" +
                    std::to_string(api.versions.max) + ", served " + std::to_string(api.kafka.min) +
                    "-" + std::to_string(api.kafka.max) + ", flexible " +
                    flexible_text(api.request) + "\n";
  add_message(api.request, out);
  add_message(api.response, out);
  return out;
}

std::string to_json(const ApiDoc& api) {
  JsonText json;
  json.open('{');
  if (const ApiEntry* entry = find_api(api.key)) add_head(*entry, json);
  for (const auto& [name, message] :
       {std::pair("request", &api.request), std::pair("response", &api.response)}) {
    json.key(name);
    json.open('{');
    json.key("name");
    json.text(message->name);
    add_fields(message->fields, json);
    json.close('}');
  }
  json.close('}');
  return json.take();
}

}  // namespace logarium::protocol
