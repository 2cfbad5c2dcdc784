// The JSON Schema of scenario files, made from the same description as the reader.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "engine/config/broker_config.hpp"
#include "engine/config/client_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/protocol/error_code.hpp"
#include "sim/scenario/binding.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/scenario/writer.hpp"

namespace logarium::scenario {
namespace {

using json::Value;

Value typed(std::string_view type) {
  Value out = Value::object();
  out.put("type", Value::of(type));
  return out;
}
Value reference(std::string_view name) {
  Value out = Value::object();
  out.put("$ref", Value::of(fmt::format("#/$defs/{}", name)));
  return out;
}
Value list_of(Value items) {
  Value out = typed("array");
  out.put("items", std::move(items));
  return out;
}
Value either(Value a, Value b) {
  Value out = Value::object();
  Value& list = out.put("anyOf", Value::list());
  list.items.push_back(std::move(a));
  list.items.push_back(std::move(b));
  return out;
}
Value closed_object() {
  Value out = typed("object");
  out.put("additionalProperties", Value::of_flag(false));
  out.put("properties", Value::object());
  return out;
}
Value& part(Value& object, std::string_view key) {
  for (json::Member& member : object.members) {
    if (member.key == key) return member.value;
  }
  return object.put(key, key == "required" || key == "allOf" ? Value::list() : Value::object());
}

constexpr std::array<std::string_view, 7> kUnitNames = {"count",    "duration", "bytes", "rate",
                                                        "byteRate", "share",    "drift"};
std::string_view unit_name(Unit unit) { return kUnitNames[static_cast<std::size_t>(unit)]; }

Value amount_schema(Unit unit) {
  Value out = typed(unit == Unit::kCount ? "integer" : "string");
  if (unit != Unit::kCount) out.put("pattern", Value::of(unit_pattern(unit)));
  out.put("description", Value::of(unit_example(unit)));
  return out;
}

// Constant or distribution of a unit.
Value number_schema(Unit unit) {
  const auto one = [unit] { return reference(unit_name(unit)); };
  const auto with = [](std::string_view key, Value value) {
    Value out = closed_object();
    part(out, "properties").put(key, std::move(value));
    return out;
  };
  Value exponential = closed_object();
  for (const std::string_view key : {"mean", "min", "max"}) {
    part(exponential, "properties").put(key, one());
  }
  part(exponential, "required").items.push_back(Value::of("mean"));
  Value out = Value::object();
  Value& list = out.put("anyOf", Value::list());
  list.items.push_back(one());
  list.items.push_back(with("uniform", list_of(one())));
  list.items.push_back(with("exponential", either(one(), std::move(exponential))));
  list.items.push_back(with("pick", list_of(one())));
  if (unit == Unit::kCount) list.items.push_back(with("zipf", one()));
  return out;
}

template <class C>
void add_rows(Value& properties, const C& config) {
  for (const ConfigEntry& entry : config_entries(config)) {
    Value row = Value::object();
    const std::string allowed = entry.allowed.empty() ? "" : " " + entry.allowed + ".";
    row.put("description", Value::of(fmt::format("{}{} Default: {}.", entry.meaning, allowed,
                                                 entry.default_value)));
    properties.put(entry.name, std::move(row));
  }
}

// Server configs also set the topics' defaults under names of their own, so the object is open
// there; the program is the judge.
Value config_schema(ConfigKind kind) {
  Value out = typed("object");
  Value& properties = out.put("properties", Value::object());
  if (kind == ConfigKind::kServer) add_rows(properties, BrokerConfig{});
  if (kind == ConfigKind::kTopic) add_rows(properties, TopicConfig{});
  if (kind == ConfigKind::kProducer) add_rows(properties, ProducerConfig{});
  if (kind == ConfigKind::kConsumer) add_rows(properties, ConsumerConfig{});
  if (kind != ConfigKind::kServer) out.put("additionalProperties", Value::of_flag(false));
  return out;
}

class SchemaMaker final : public Visitor {
 public:
  [[nodiscard]] Value make(const Bound& object) {
    Value out = closed_object();
    Value* const outer = std::exchange(into_, &out);
    object.fields(object.self, *this);
    into_ = outer;
    return out;
  }

  void number(const Field& f, Number& member, const NumberRule& rule) override {
    Value value = reference(fmt::format("{}OrDistribution", unit_name(rule.unit)));
    put(f, std::move(value), to_json(member, rule.unit));
  }
  void number(const Field& f, std::optional<Number>&, const NumberRule& rule) override {
    put(f, reference(fmt::format("{}OrDistribution", unit_name(rule.unit))));
  }
  void integer(const Field& f, std::int64_t& member, const NumberRule& rule) override {
    Value value = reference(unit_name(rule.unit));
    put(f, std::move(value), to_json(Number::constant(member), rule.unit));
  }
  void text(const Field& f, std::string&, TextKind kind) override { put(f, text_schema(kind)); }
  void texts(const Field& f, std::vector<std::string>&, TextKind kind) override {
    put(f, either(text_schema(kind), list_of(text_schema(kind))));
  }
  void flag(const Field& f, bool& member) override {
    put(f, typed("boolean"), Value::of_flag(member));
  }
  void word(const Field& f, const WordBound& member) override {
    Value value = Value::object();
    Value& list = value.put("enum", Value::list());
    for (const std::string_view word : member.words) list.items.push_back(Value::of(word));
    if (member.picks != nullptr) {
      Value pick = closed_object();
      part(pick, "properties").put("pick", list_of(Value(value)));
      value = either(std::move(value), std::move(pick));
    }
    put(f, std::move(value),
        Value::of(member.words[static_cast<std::size_t>(member.get(member.member))]));
  }
  void config(const Field& f, ConfigMap&, ConfigKind kind) override {
    static constexpr std::array<std::string_view, 4> kNames = {"serverConfig", "topicConfig",
                                                               "producerConfig", "consumerConfig"};
    put(f, reference(kNames[static_cast<std::size_t>(kind)]));
  }
  void counts(const Field& f, std::map<std::string, std::int64_t>&) override {
    put(f, reference("counts"));
  }
  void integers(const Field& f, std::vector<std::int64_t>&) override {
    put(f, list_of(typed("integer")));
  }
  void integer_lists(const Field& f, std::vector<std::vector<std::int64_t>>&) override {
    put(f, list_of(list_of(typed("integer"))));
  }
  void object(const Field& f, const Bound& member) override { put(f, make(member)); }
  void object(const Field& f, const OptionalBound& member) override {
    put(f, make(member.emplace(member.self)));
  }
  void list(const Field& f, const ListBound& member) override {
    put(f, list_of(make(member.add(member.self))));
  }
  void choice(const ChoiceBound& member) override {
    Value* const object = into_;
    Value one_of = Value::list();
    for (std::size_t i = 0; i < member.infos.size(); ++i) {
      const ChoiceInfo& info = member.infos[i];
      const std::shared_ptr<void> fresh = member.fresh();
      Value inner = closed_object();
      into_ = &inner;
      member.fields(fresh.get(), static_cast<int>(i), *this);
      into_ = object;
      Value value;
      if (info.short_field.empty()) {
        value = std::move(inner);
      } else {
        Value copy = part(inner, "properties").find(info.short_field)->value;
        value = either(std::move(copy), std::move(inner));
      }
      put({info.name, info.meaning}, std::move(value));
      Value required = Value::object();
      required.put("required", Value::list()).items.push_back(Value::of(info.name));
      one_of.items.push_back(std::move(required));
    }
    part(*object, "oneOf") = std::move(one_of);
  }

 private:
  static Value text_schema(TextKind kind) {
    Value out = typed("string");
    if (kind == TextKind::kRule) {
      Value& list = out.put("enum", Value::list());
      for (const RuleInfo& info : rule_table()) list.items.push_back(Value::of(info.name));
    }
    if (kind == TextKind::kError) {
      Value& list = out.put("enum", Value::list());
      for (const std::string_view name : protocol::error_names()) {
        if (name != protocol::name_of(protocol::ErrorCode::kNone)) {
          list.items.push_back(Value::of(name));
        }
      }
    }
    return out;
  }
  void put(const Field& f, Value value, const std::optional<Value>& fresh = std::nullopt) {
    if (!f.meaning.empty()) value.put("description", Value::of(f.meaning));
    if (fresh && f.need == Need::kOptional) value.put("default", *fresh);
    part(*into_, "properties").put(f.name, std::move(value));
    if (f.need == Need::kRequired) part(*into_, "required").items.push_back(Value::of(f.name));
  }
  Value* into_ = nullptr;
};

Value definitions() {
  Value out = Value::object();
  for (std::size_t i = 0; i < kUnitNames.size(); ++i) {
    const auto unit = static_cast<Unit>(i);
    out.put(unit_name(unit), amount_schema(unit));
    out.put(fmt::format("{}OrDistribution", unit_name(unit)), number_schema(unit));
  }
  out.put("serverConfig", config_schema(ConfigKind::kServer));
  out.put("topicConfig", config_schema(ConfigKind::kTopic));
  out.put("producerConfig", config_schema(ConfigKind::kProducer));
  out.put("consumerConfig", config_schema(ConfigKind::kConsumer));
  Value counts = closed_object();
  for (const std::string& name : count_names()) {
    part(counts, "properties").put(name, typed("integer"));
  }
  out.put("counts", std::move(counts));
  return out;
}

}  // namespace

std::string schema() {
  Model model;
  Value root = Value::object();
  root.put("$schema", Value::of("https://json-schema.org/draft/2020-12/schema"));
  root.put("title", Value::of("Logarium scenario"));
  for (json::Member& member : SchemaMaker().make(bound(model)).members) {
    root.put(member.key, std::move(member.value));
  }
  root.put("$defs", definitions());
  return json::to_text(root);
}

}  // namespace logarium::scenario
