#include "sim/run/outcome.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/base/digest.hpp"

namespace logarium::run {
namespace {

using Json = nlohmann::ordered_json;

std::string seconds_text(std::int64_t ns) {
  return fmt::format("{}.{:03}", ns / 1'000'000'000, ns / 1'000'000 % 1000);
}

// A number of seconds with its decimals exact to the microsecond.
double seconds_of(std::int64_t ns) {
  const std::int64_t us = ns / 1000;
  return static_cast<double>(us) / 1e6;
}

std::string node_name(const Outcome& outcome, world::NodeIndex node) {
  return node.value() < outcome.node_names.size() ? outcome.node_names[node.value()] : "?";
}

std::string partition_name(const Outcome& outcome, PartitionRef partition) {
  const auto topic = outcome.topic_names.find(partition.topic);
  return fmt::format(
      "{}-{}", topic == outcome.topic_names.end() ? to_string(partition.topic) : topic->second,
      partition.partition.value());
}

Json causes_json(const Outcome& outcome, const std::vector<checkers::Cause>& causes) {
  Json list = Json::array();
  for (const checkers::Cause& cause : causes) {
    list.push_back({{"event", cause.event},
                    {"time_s", seconds_of(cause.time.ns)},
                    {"node", node_name(outcome, cause.node)},
                    {"what", cause.text}});
  }
  return list;
}

Json violation_json(const Outcome& outcome, const checkers::Violation& violation) {
  return {{"property", violation.property.name},
          {"id", violation.property.id},
          {"event", violation.event},
          {"time_s", seconds_of(violation.time.ns)},
          {"node", node_name(outcome, violation.node)},
          {"explanation", violation.explanation},
          {"expected", violation.expected},
          {"seen", violation.seen},
          {"causes", causes_json(outcome, violation.causes)}};
}

Json loss_json(const Outcome& outcome, const checkers::ExplainedLoss& loss) {
  return {{"partition", partition_name(outcome, loss.partition)},
          {"first", loss.base.value()},
          {"records", loss.next - loss.base},
          {"event", loss.event},
          {"time_s", seconds_of(loss.time.ns)},
          {"explanation", loss.explanation},
          {"causes", causes_json(outcome, loss.causes)}};
}

Json unavailable_json(const Outcome& outcome, const checkers::Unavailability& unavailable) {
  return {{"partition", partition_name(outcome, unavailable.partition)},
          {"since_s", seconds_of(unavailable.since.ns)},
          {"explanation", unavailable.explanation},
          {"causes", causes_json(outcome, unavailable.causes)}};
}

std::string causes_text(const Outcome& outcome, const std::vector<checkers::Cause>& causes) {
  std::string out;
  for (const checkers::Cause& cause : causes) {
    out += fmt::format("    {:>9} s  event {:<8} {:<16} {}\n", seconds_text(cause.time.ns),
                       cause.event, node_name(outcome, cause.node), cause.text);
  }
  return out;
}

std::string violation_text(const Outcome& outcome, const checkers::Violation& violation) {
  std::string out = fmt::format(
      "\n{}  {}\n  {}\n  seed {}, {} s, event {}, {}\n  {}\n  expected: {}\n  seen:     {}\n",
      violation.property.id, violation.property.name, violation.property.meaning, outcome.seed,
      seconds_text(violation.time.ns), violation.event, node_name(outcome, violation.node),
      violation.explanation, violation.expected, violation.seen);
  if (!violation.causes.empty()) {
    out += "  how it came about:\n" + causes_text(outcome, violation.causes);
  }
  return out;
}

std::string explained_text(const Outcome& outcome) {
  std::string out;
  static constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < outcome.explained.size() && i < kShown; ++i) {
    const checkers::ExplainedLoss& loss = outcome.explained[i];
    out += fmt::format("\nExplained loss: {} records from offset {} of {}\n  {}\n",
                       loss.next - loss.base, loss.base.value(),
                       partition_name(outcome, loss.partition), loss.explanation);
    out += causes_text(outcome, loss.causes);
  }
  if (outcome.explained.size() > kShown) {
    out += fmt::format("\n{} more explained losses; --json lists them.\n",
                       outcome.explained.size() - kShown);
  }
  return out;
}

std::string unavailable_text(const Outcome& outcome) {
  std::string out;
  static constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < outcome.unavailable.size() && i < kShown; ++i) {
    const checkers::Unavailability& unavailable = outcome.unavailable[i];
    out += fmt::format("\nExplained unavailability: nobody may lead {} since {} s\n  {}\n",
                       partition_name(outcome, unavailable.partition),
                       seconds_text(unavailable.since.ns), unavailable.explanation);
    out += causes_text(outcome, unavailable.causes);
  }
  if (outcome.unavailable.size() > kShown) {
    out += fmt::format("\n{} more partitions that nobody may lead; --json lists them.\n",
                       outcome.unavailable.size() - kShown);
  }
  return out;
}

std::string counts_text(const Outcome& outcome) {
  std::string out;
  for (const auto& [name, count] : outcome.counts) {
    // Said elsewhere: in the line above, or with the effects of faults.
    if (count == 0 || name == "events" || outcome.fault_effects.contains(name)) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, name);
  }
  std::string effects;
  for (const auto& [kind, count] : outcome.fault_effects) {
    effects += fmt::format("{}{} {}", effects.empty() ? "" : ", ", kind, count);
  }
  return "  " + out + (effects.empty() ? "" : "\n  effects of faults: " + effects) + "\n";
}

std::string failure_context(const Outcome& outcome) {
  std::string out;
  if (!outcome.last_events.empty()) out += "\nThe last events before it:\n";
  for (const EventLine& line : outcome.last_events) {
    out += fmt::format("  {:>9} s  event {:<8} {:<16} {}\n", seconds_text(line.time.ns), line.event,
                       line.node, line.text);
  }
  if (!outcome.node_lines.empty()) out += "\nThe nodes at the end:\n";
  for (const std::string& line : outcome.node_lines) out += "  " + line + "\n";
  const std::string command = fmt::format("./logarium run {} --seed {}{}", outcome.scenario_path,
                                          outcome.seed, outcome.rules_on ? " --rules-on" : "");
  out += fmt::format("\nTo see it again:   {}\nTo record it:      {} --record failure.run\n",
                     command, command);
  return out;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kInconclusive:
      return "inconclusive";
  }
  return "?";
}

std::string with_topic_names(std::string text, const std::map<Uuid, std::string>& names) {
  for (const auto& [id, name] : names) {
    const std::string wanted = logarium::to_string(id);
    for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at)) {
      text.replace(at, wanted.size(), name);
      at += name.size();
    }
  }
  return text;
}

std::string to_json(const Outcome& outcome) {
  Json json;
  json["scenario"] = outcome.scenario;
  json["seed"] = outcome.seed;
  json["rules_off"] = outcome.rules_off;
  json["verdict"] = to_string(outcome.verdict);
  json["as_expected"] = outcome.as_expected;
  json["digest"] = to_hex(outcome.digest);
  json["events"] = outcome.events;
  json["simulated_s"] = seconds_of(outcome.simulated.ns);
  json["wall_s"] = seconds_of(outcome.wall.ns);
  json["counts"] = outcome.counts;
  json["fault_effects"] = outcome.fault_effects;
  json["violations"] = Json::array();
  for (const auto& violation : outcome.violations) {
    json["violations"].push_back(violation_json(outcome, violation));
  }
  json["violation_count"] = outcome.violation_count;
  json["explained_losses"] = Json::array();
  for (const auto& loss : outcome.explained) {
    json["explained_losses"].push_back(loss_json(outcome, loss));
  }
  json["unavailable"] = Json::array();
  for (const auto& unavailable : outcome.unavailable) {
    json["unavailable"].push_back(unavailable_json(outcome, unavailable));
  }
  json["expected"] = outcome.expected;
  json["reasons"] = outcome.reasons;
  json["remarks"] = outcome.remarks;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_text(const Outcome& outcome) {
  std::string out =
      fmt::format("{}: {}{}\n  seed {}, digest {}, {} events, {} simulated seconds in {} s\n",
                  outcome.scenario, to_string(outcome.verdict),
                  outcome.as_expected ? (outcome.verdict == Verdict::kPass ? "" : ", as expected")
                                      : fmt::format(", expected {}", outcome.expected),
                  outcome.seed, to_hex(outcome.digest), outcome.events,
                  seconds_text(outcome.simulated.ns), seconds_text(outcome.wall.ns));
  out += counts_text(outcome);
  for (const std::string& remark : outcome.remarks) out += "  note: " + remark + "\n";
  for (const std::string& reason : outcome.reasons) out += "  " + reason + "\n";
  static constexpr std::size_t kShown = 2;
  for (std::size_t i = 0; i < outcome.violations.size() && i < kShown; ++i) {
    out += violation_text(outcome, outcome.violations[i]);
  }
  if (outcome.violation_count > kShown) {
    out += fmt::format("\n{} more violations; --json lists the first 100.\n",
                       outcome.violation_count - kShown);
  }
  out += explained_text(outcome) + unavailable_text(outcome);
  if (outcome.verdict == Verdict::kFail) out += failure_context(outcome);
  return out;
}

}  // namespace logarium::run
