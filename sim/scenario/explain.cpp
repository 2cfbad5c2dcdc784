// A scenario in lines for a person: the story, the world as far as it differs from the defaults,
// the course of faults and what is expected.

#include <fmt/format.h>

#include "engine/base/note.hpp"
#include "sim/scenario/check.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/scenario/writer.hpp"

namespace logarium::scenario {
namespace {

std::string in_words(const Number& number, Unit unit) {
  const auto text = [unit](std::int64_t value) { return unit_text(unit, value); };
  switch (number.shape) {
    case Number::Shape::kConstant:
      return text(number.low);
    case Number::Shape::kUniform:
      return fmt::format("{} to {}", text(number.low), text(number.high));
    case Number::Shape::kExponential:
      return fmt::format("about {} (exponential, at most {})", text(number.low + number.mean),
                         text(number.high));
    case Number::Shape::kPick: {
      std::string out;
      for (const std::int64_t choice : number.choices) {
        out += (out.empty() ? "" : " or ") + text(choice);
      }
      return out;
    }
    case Number::Shape::kZipf:
      return fmt::format("0 to {} (Zipf)", text(number.high - 1));
  }
  return {};
}

// {"crash": "leader(t-0)"} as: crash leader(t-0)
std::string plain(const json::Value& value) {
  switch (value.kind) {
    case json::Value::Kind::kText:
      return value.text;
    case json::Value::Kind::kNumber:
      return std::to_string(value.number);
    case json::Value::Kind::kFlag:
      return value.flag ? "true" : "false";
    case json::Value::Kind::kNull:
      return "null";
    case json::Value::Kind::kList: {
      std::string out;
      for (const json::Value& item : value.items) out += (out.empty() ? "" : ", ") + plain(item);
      return out;
    }
    case json::Value::Kind::kObject: {
      std::string out;
      for (const json::Member& member : value.members) {
        out += (out.empty() ? "" : ", ") + member.key + ' ' + plain(member.value);
      }
      return out;
    }
  }
  return {};
}

template <class T>
std::string differences(const T& object) {
  T copy = object;
  return plain(Writer(Defaults::kLeftOut).write(bound(copy)));
}

std::string trigger_text(const Fault& fault) {
  std::string out;
  if (fault.at) out = "at " + in_words(*fault.at, Unit::kDuration);
  if (fault.every) out = "every " + in_words(*fault.every, Unit::kDuration);
  if (!fault.after.empty()) out = "after \"" + fault.after + '"';
  if (fault.when) out = "when " + differences(*fault.when);
  if (fault.delay != Number::constant(0)) {
    out += " and " + in_words(fault.delay, Unit::kDuration) + " more";
  }
  return out;
}

std::string fault_text(const Fault& fault) {
  std::string out = trigger_text(fault) + ": " + action_text(fault.action);
  if (fault.lasts) out += ", for " + in_words(*fault.lasts, Unit::kDuration);
  if (fault.chance != Number::constant(1'000'000)) {
    out += ", in " + in_words(fault.chance, Unit::kShare) + " of the runs";
  }
  if (!fault.label.empty()) out = '"' + fault.label + "\" " + out;
  return out;
}

std::string client_text(const Client& client) {
  const std::string config = client.config.empty() ? "" : " with " + [&] {
    std::string out;
    for (const auto& [name, value] : client.config) {
      out += (out.empty() ? "" : ", ") + name + '=' + plain(to_json(value));
    }
    return out;
  }();
  const std::string count = in_words(client.count, Unit::kCount);
  if (client.kind == ClientKind::kProducer) {
    return fmt::format("{} x producer to {}, {} in all, values of {}{}", count, client.topic,
                       in_words(client.rate, Unit::kRate),
                       in_words(client.value_size, Unit::kBytes), config);
  }
  return fmt::format("{} x consumer of {} from {}{}", count, fmt::join(client.assign, ", "),
                     client.from == ReadFrom::kEarliest ? "the beginning" : "the end", config);
}

}  // namespace

std::string action_text(const Action& action) { return differences(action); }

std::string explain(const Model& model) {
  std::string out = fmt::format("{}\n", model.name);
  if (!model.story.empty()) out += fmt::format("  {}\n", model.story);
  const Cluster& cluster = model.cluster;
  out += fmt::format("\ncluster   {} brokers, {} controllers{}\n",
                     in_words(cluster.brokers, Unit::kCount),
                     in_words(cluster.controllers, Unit::kCount),
                     cluster.roles == RolesKind::kCombined ? " in the same processes" : "");
  const auto section = [&out](std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("{:<9} {}\n", name, text);
  };
  for (const auto& [name, value] : cluster.config)
    section("", name + " = " + plain(to_json(value)));
  section("network", differences(model.network));
  section("disk", differences(model.disk));
  section("clocks", differences(model.clocks));
  section("rules", differences(model.rules));
  for (const Topic& topic : model.topics) section("topic", differences(topic));
  for (const Client& client : model.clients) section("client", client_text(client));
  for (const Fault& fault : model.faults) section("fault", fault_text(fault));
  if (model.budget == BudgetKind::kKeep) {
    section("budget", "faults that lose more than the protocol promises to bear are left out");
  }
  const Course course = course_of(model);
  section("course", fmt::format("chaos for {}, heal {}, at rest within {}",
                                in_words(course.chaos, Unit::kDuration),
                                course.heal == HealKind::kAll ? "all" : "a quorum",
                                in_words(course.quiesce_within, Unit::kDuration)));
  section("expect", differences(model.expect));
  section("seed", std::to_string(model.seed));
  return out;
}

}  // namespace logarium::scenario
