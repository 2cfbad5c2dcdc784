// The reader's leaves: numbers with units and distributions, texts of a kind, lists, configs.

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/config/broker_config.hpp"
#include "engine/config/client_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/error_code.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/target.hpp"

namespace logarium::scenario {
namespace {

using json::Value;

// Keeps 20 means within 64 bits.
constexpr std::int64_t kMeanMax = std::int64_t{1} << 57;

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 249 && std::all_of(text.begin(), text.end(), fits);
}

std::string nearest_hint(std::string_view name, const std::vector<std::string>& names) {
  const std::string near = nearest_name(name, names);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

// What is wrong with a text of this kind; empty when it is fine.
std::string text_problem(std::string_view text, TextKind kind) {
  switch (kind) {
    case TextKind::kFree:
      return {};
    case TextKind::kName:
    case TextKind::kLabel:
    case TextKind::kTopic:
    case TextKind::kPartition:
      if (is_name(text)) return {};
      return fmt::format("\"{}\" is no name: letters, digits, '.', '_' and '-' are allowed", text);
    case TextKind::kTarget:
      return parse_target(text).error;
    case TextKind::kRule: {
      if (find_rule(text)) return {};
      std::vector<std::string> names;
      for (const RuleInfo& info : rule_table()) names.emplace_back(info.name);
      return fmt::format("there is no rule \"{}\"{}", text, nearest_hint(text, names));
    }
    case TextKind::kApi: {
      if (protocol::find_api(text) != nullptr) return {};
      std::vector<std::string> names;
      for (const protocol::ApiEntry& entry : protocol::api_table()) {
        names.emplace_back(entry.name);
      }
      return fmt::format("there is no API \"{}\"{}", text, nearest_hint(text, names));
    }
    case TextKind::kError: {
      const std::optional<protocol::ErrorCode> code = protocol::find_error(text);
      if (code == protocol::ErrorCode::kNone) return "\"NONE\" is no error";
      if (code) return {};
      std::vector<std::string> names;
      for (const std::string_view name : protocol::error_names()) names.emplace_back(name);
      return fmt::format("there is no error \"{}\"{}", text, nearest_hint(text, names));
    }
  }
  return {};
}

}  // namespace

std::string_view text_kind_example(TextKind kind) {
  switch (kind) {
    case TextKind::kFree:
      return "a text";
    case TextKind::kName:
      return "a name";
    case TextKind::kTarget:
      return "nodes such as \"leader(orders-0)\" or \"broker(2)\"";
    case TextKind::kPartition:
      return "a partition such as \"orders-0\"";
    case TextKind::kRule:
      return "a rule such as \"truncate-by-leader-epoch\"";
    case TextKind::kApi:
      return "an API such as \"Fetch\"";
    case TextKind::kError:
      return "an error such as \"NOT_LEADER_OR_FOLLOWER\"";
    case TextKind::kLabel:
      return "the label of a fault";
    case TextKind::kTopic:
      return "a topic of this scenario";
  }
  return {};
}

bool Reader::read_text(const Here& here, std::string& member, TextKind kind) {
  if (!expect(here, Value::Kind::kText, text_kind_example(kind))) return false;
  const std::string problem = text_problem(here.value->text, kind);
  if (!problem.empty()) {
    wrong(here, problem);
    return false;
  }
  member = here.value->text;
  return true;
}

void Reader::number(const Field& f, Number& member, const NumberRule& rule) {
  const Here here = find(f);
  if (here.value != nullptr) read_number(here, member, rule);
}
void Reader::number(const Field& f, std::optional<Number>& member, const NumberRule& rule) {
  const Here here = find(f);
  if (here.value != nullptr) read_number(here, member.emplace(), rule);
}
void Reader::integer(const Field& f, std::int64_t& member, const NumberRule& rule) {
  const Here here = find(f);
  if (here.value != nullptr) read_amount(here, member, rule);
}

bool Reader::read_amount(const Here& here, std::int64_t& member, const NumberRule& rule) {
  std::int64_t value = 0;
  if (rule.unit == Unit::kCount) {
    if (!expect(here, Value::Kind::kNumber, unit_example(rule.unit))) return false;
    value = here.value->number;
  } else {
    if (!expect(here, Value::Kind::kText, unit_example(rule.unit))) return false;
    const UnitValue parsed = parse_unit(rule.unit, here.value->text);
    if (!parsed.ok) {
      wrong(here, fmt::format("\"{}\" is not {}", here.value->text, parsed.error));
      return false;
    }
    value = parsed.value;
  }
  if (value < rule.least || value > rule.greatest) {
    const bool low = value < rule.least;
    wrong(here, fmt::format("{} is too {}: {} {} is allowed", unit_text(rule.unit, value),
                            low ? "small" : "large",
                            unit_text(rule.unit, low ? rule.least : rule.greatest),
                            low ? "or more" : "or less"));
    return false;
  }
  member = value;
  return true;
}

bool Reader::read_number(const Here& here, Number& member, const NumberRule& rule) {
  if (here.value->kind == Value::Kind::kObject) return read_distribution(here, member, rule);
  std::int64_t value = 0;
  if (!read_amount(here, value, rule)) return false;
  member = Number::constant(value);
  return true;
}

bool Reader::read_list_of_amounts(const Here& here, std::vector<std::int64_t>& out,
                                  const NumberRule& rule) {
  if (!expect(here, Value::Kind::kList, "a list")) return false;
  bool fine = true;
  for (std::size_t i = 0; i < here.value->items.size(); ++i) {
    fine = read_amount(item(here, i), out.emplace_back(), rule) && fine;
  }
  return fine;
}

bool Reader::read_exponential(const Here& here, Number& member, const NumberRule& rule) {
  member.shape = Number::Shape::kExponential;
  if (here.value->kind != Value::Kind::kObject) {
    if (!read_amount(here, member.mean, rule)) return false;
    member.low = std::max<std::int64_t>(0, rule.least);
    member.high = std::min(rule.greatest, member.low + 20 * std::min(member.mean, kMeanMax));
    return true;
  }
  const std::size_t before = findings_.problems().size();
  enter(*here.value, here.path, here.place);
  integer({"mean", "", Need::kRequired}, member.mean, rule);
  member.low = std::max<std::int64_t>(0, rule.least);
  integer({"min", ""}, member.low, rule);
  member.high = std::min(rule.greatest, member.low + 20 * std::min(member.mean, kMeanMax));
  integer({"max", ""}, member.high, rule);
  leave();
  if (member.high < member.low) {
    wrong(here, "max is less than min");
    return false;
  }
  return findings_.problems().size() == before;
}

bool Reader::read_distribution(const Here& here, Number& member, const NumberRule& rule) {
  static constexpr std::string_view kShapes =
      "{\"uniform\": [low, high]}, {\"exponential\": {\"mean\": ..., \"max\": ...}}, "
      "{\"pick\": [...]} or {\"zipf\": n}";
  if (here.value->members.size() != 1) {
    wrong(here, fmt::format("a distribution has one key: {}", kShapes));
    return false;
  }
  const json::Member& only = here.value->members.front();
  const Here inner{&only.value, here.path + '.' + only.key, only.place};
  findings_.remember(inner.path, inner.place);
  member = Number{};
  if (only.key == "exponential") return read_exponential(inner, member, rule);
  if (only.key == "uniform" || only.key == "pick") {
    std::vector<std::int64_t> values;
    if (!read_list_of_amounts(inner, values, rule)) return false;
    if (only.key == "pick") {
      member.shape = Number::Shape::kPick;
      member.choices = std::move(values);
      if (member.choices.empty()) wrong(inner, "pick needs at least one value");
      return !member.choices.empty();
    }
    member.shape = Number::Shape::kUniform;
    if (values.size() != 2 || values[0] > values[1]) {
      wrong(inner, "uniform takes two values, the smaller first");
      return false;
    }
    member.low = values[0];
    member.high = values[1];
    return true;
  }
  if (only.key == "zipf") {
    member.shape = Number::Shape::kZipf;
    if (rule.unit != Unit::kCount || rule.draws != Draws::kPerRecord) {
      wrong(inner, "zipf is for the keys of records only");
      return false;
    }
    return read_amount(inner, member.high, {Unit::kCount, 1, 1'000'000, rule.draws});
  }
  findings_.add(only.place, here.path,
                fmt::format("unknown distribution \"{}\"; there are {}", only.key, kShapes));
  return false;
}

bool Reader::read_integers(const Here& here, std::vector<std::int64_t>& member) {
  member.clear();
  if (!read_list_of_amounts(here, member, {Unit::kCount, 1, 1000})) return false;
  if (member.empty()) wrong(here, "this list is empty");
  return !member.empty();
}
void Reader::integers(const Field& f, std::vector<std::int64_t>& member) {
  const Here here = find(f);
  if (here.value != nullptr) read_integers(here, member);
}
void Reader::integer_lists(const Field& f, std::vector<std::vector<std::int64_t>>& member) {
  const Here here = find(f);
  if (here.value == nullptr || !expect(here, Value::Kind::kList, "a list of lists")) return;
  member.clear();
  for (std::size_t i = 0; i < here.value->items.size(); ++i) {
    read_integers(item(here, i), member.emplace_back());
  }
}

void Reader::counts(const Field& f, std::map<std::string, std::int64_t>& member) {
  const Here here = find(f);
  if (here.value == nullptr || !expect(here, Value::Kind::kObject, "an object")) return;
  for (const json::Member& entry : here.value->members) {
    const auto& names = count_names();
    const Here inner{&entry.value, here.path + '.' + entry.key, entry.place};
    findings_.remember(inner.path, inner.place);
    if (std::find(names.begin(), names.end(), entry.key) == names.end()) {
      wrong(inner,
            fmt::format("there is no count \"{}\"{}", entry.key, nearest_hint(entry.key, names)));
      continue;
    }
    read_amount(inner, member[entry.key], {Unit::kCount, 0, std::int64_t{1} << 60});
  }
}

// ---- configs ------------------------------------------------------------------------------------

void Reader::config(const Field& f, ConfigMap& member, ConfigKind kind) {
  const Here here = find(f);
  if (here.value == nullptr || !expect(here, Value::Kind::kObject, "an object")) return;
  for (const json::Member& entry : here.value->members) {
    const Here inner{&entry.value, here.path + '.' + entry.key, entry.place};
    findings_.remember(inner.path, inner.place);
    read_config_value(inner, entry.key, member[entry.key], kind);
  }
}

void Reader::read_config_value(const Here& here, std::string_view name, ConfigValue& member,
                               ConfigKind kind) {
  const auto text_of = [](const Value& value) -> std::optional<std::string> {
    if (value.kind == Value::Kind::kText) return value.text;
    if (value.kind == Value::Kind::kNumber) return std::to_string(value.number);
    if (value.kind == Value::Kind::kFlag) return value.flag ? "true" : "false";
    return std::nullopt;
  };
  std::vector<std::string> candidates;
  const Value& value = *here.value;
  const bool picks = value.kind == Value::Kind::kObject && value.members.size() == 1 &&
                     value.members[0].key == "pick" &&
                     value.members[0].value.kind == Value::Kind::kList;
  if (const auto text = text_of(value)) {
    member.text = *text;
    candidates.push_back(*text);
  } else if (picks) {
    for (const Value& one : value.members[0].value.items) {
      const auto text_of_one = text_of(one);
      if (!text_of_one) return wrong(here, "pick takes texts, numbers, true or false here");
      member.pick.push_back(*text_of_one);
    }
    if (member.pick.empty()) return wrong(here, "pick needs at least one value");
    candidates = member.pick;
  } else if (value.kind == Value::Kind::kObject) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 64;
    if (!read_distribution(here, member.number.emplace(), {Unit::kCount, -1, kMost})) return;
    candidates = {std::to_string(member.number->least()),
                  std::to_string(member.number->greatest())};
  } else {
    return wrong(here, "this must be a text, a number, true, false or a distribution");
  }
  for (const std::string& candidate : candidates) {
    const std::string problem = config_problem(kind, name, candidate);
    if (!problem.empty()) return wrong(here, problem);
  }
}

std::string config_problem(ConfigKind kind, std::string_view name, const std::string& value) {
  const Properties properties = {{std::string(name), value}};
  const bool server = kind == ConfigKind::kServer;
  PropertyReader reader(properties, server ? NameKind::kServer : NameKind::kOwn);
  BrokerConfig broker;
  TopicConfig topic;
  ProducerConfig producer;
  ConsumerConfig consumer;
  if (server && (name.ends_with(".hours") || name.ends_with(".minutes"))) {
    return config_problem(kind, properties);
  }
  if (server) broker.fields(reader);
  const bool of_topic = server || kind == ConfigKind::kTopic;
  // Checkers know a record by the batch that it came in; a leader that packs it anew hides it.
  if (of_topic && name == "compression.type" && value != "producer") {
    return "config compression.type is \"" + value +
           "\"; in a simulation allowed is producer (records are known by their batch's bytes)";
  }
  if (of_topic) topic.fields(reader);
  if (kind == ConfigKind::kProducer) producer.fields(reader);
  if (kind == ConfigKind::kConsumer) consumer.fields(reader);
  const Result<> end = reader.finish();
  return end ? "" : end.error().message;
}

std::string config_problem(ConfigKind kind, const Properties& properties) {
  switch (kind) {
    case ConfigKind::kServer: {
      const auto parsed = parse_server_config(properties);
      return parsed ? "" : parsed.error().message;
    }
    case ConfigKind::kTopic: {
      const auto parsed = parse_topic_config({}, properties);
      return parsed ? "" : parsed.error().message;
    }
    case ConfigKind::kProducer: {
      const auto parsed = parse_producer_config(properties);
      return parsed ? "" : parsed.error().message;
    }
    case ConfigKind::kConsumer: {
      const auto parsed = parse_consumer_config(properties);
      return parsed ? "" : parsed.error().message;
    }
  }
  return {};
}

}  // namespace logarium::scenario
