#include "viz/model/violations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/checkers/catalogue.hpp"
#include "viz/model/labels.hpp"

namespace logarium::viz {
namespace {

using Json = nlohmann::json;

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}
std::uint64_t number_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}
bool flag_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}
// Written with six decimals, so the microsecond is exact.
Instant time_at(const Json& json, const char* key = "time_s") {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) return {};
  const double since = found->get<double>();
  if (!(since >= 0 && since < 1e9)) return {};
  return Instant{std::llround(since * 1e6) * 1000};
}
std::vector<Json> list_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  std::vector<Json> out;
  if (found == json.end() || !found->is_array()) return out;
  for (const Json& one : *found) {
    if (one.is_object()) out.push_back(one);
  }
  return out;
}
std::vector<std::string> texts_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  std::vector<std::string> out;
  if (found == json.end() || !found->is_array()) return out;
  for (const Json& one : *found) {
    if (one.is_string()) out.push_back(one.get<std::string>());
  }
  return out;
}

std::vector<CauseLine> causes_of(const Json& json) {
  std::vector<CauseLine> out;
  for (const Json& cause : list_at(json, "causes")) {
    out.push_back({number_at(cause, "event"), short_time(time_at(cause)), text_at(cause, "node"),
                   text_at(cause, "what")});
  }
  return out;
}

ViolationCard card_of(const Json& json, const trace::RunInfo& info) {
  ViolationCard out;
  out.id = text_at(json, "id");
  out.name = text_at(json, "property");
  for (const auto& checker : checkers::all_checkers()) {
    if (checker->property().id == out.id) out.meaning = checker->property().meaning;
  }
  out.event = number_at(json, "event");
  out.time = time_at(json);
  out.time_text = short_time(out.time);
  out.node_name = text_at(json, "node");
  for (std::uint32_t i = 0; i < info.nodes.size(); ++i) {
    if (info.nodes[i].name == out.node_name) out.node = i;
  }
  out.explanation = text_at(json, "explanation");
  out.expected = text_at(json, "expected");
  out.seen = text_at(json, "seen");
  out.causes = causes_of(json);
  return out;
}

LossCard loss_of(const Json& json) {
  return {text_at(json, "partition"),
          static_cast<std::int64_t>(number_at(json, "first")),
          static_cast<std::int64_t>(number_at(json, "records")),
          number_at(json, "event"),
          short_time(time_at(json)),
          text_at(json, "explanation"),
          causes_of(json)};
}

UnavailableCard unavailable_of(const Json& json) {
  return {text_at(json, "partition"), short_time(time_at(json, "since_s")),
          text_at(json, "explanation"), causes_of(json)};
}

std::string headline(const ViolationsModel& model) {
  const std::string expected = model.as_expected ? ", as expected" : "";
  if (model.verdict.empty()) return "the run goes on";
  if (model.verdict == "fail") {
    const auto losses = static_cast<std::int64_t>(model.losses.size());
    const auto unavailable = static_cast<std::int64_t>(model.unavailable.size());
    if (model.count == 0 && losses > 0) {
      return fmt::format("FAIL  {}{}", counted(losses, "explained loss"), expected);
    }
    if (model.count == 0 && unavailable > 0) {
      return fmt::format("FAIL  {} that nobody may lead{}", counted(unavailable, "partition"),
                         expected);
    }
    return fmt::format("FAIL  {}{}", counted(static_cast<std::int64_t>(model.count), "violation"),
                       expected);
  }
  if (model.verdict == "pass") return "pass: every property held" + expected;
  return model.verdict + expected;
}

std::vector<std::string> commands_of(const ViolationsModel& model, const trace::RunInfo& info,
                                     const std::string& scenario_path,
                                     const std::string& run_path) {
  std::vector<std::string> out;
  if (!scenario_path.empty()) {
    const std::string run = fmt::format("./logarium run {} --seed {}", scenario_path, info.seed);
    out.push_back(run);
    out.push_back(run + " --record failure.run");
  }
  if (!run_path.empty()) {
    const std::uint64_t event = model.cards.empty() ? info.events : model.cards.front().event;
    out.push_back(fmt::format("./logarium view {} --at {}", run_path, event));
  }
  return out;
}

void print_causes(const std::vector<CauseLine>& causes, std::string& out) {
  if (!causes.empty()) out += "  how it came about:\n";
  for (const CauseLine& cause : causes) {
    out += fmt::format("    {:>9} s  event {:<8} {:<16} {}\n", cause.time_text, cause.event,
                       cause.node_name, cause.text);
  }
}

}  // namespace

Result<ViolationsModel> make_violations(const trace::RunInfo& info,
                                        const std::string& scenario_path,
                                        const std::string& run_path) {
  ViolationsModel model;
  model.verdict = info.verdict;
  if (!info.outcome.empty()) {
    const Json json = Json::parse(info.outcome, nullptr, false);
    if (!json.is_object()) return Error{"the run's outcome cannot be read"};
    model.as_expected = flag_at(json, "as_expected");
    for (const Json& one : list_at(json, "violations")) model.cards.push_back(card_of(one, info));
    model.count = std::max<std::uint64_t>(number_at(json, "violation_count"), model.cards.size());
    for (const Json& one : list_at(json, "explained_losses")) model.losses.push_back(loss_of(one));
    for (const Json& one : list_at(json, "unavailable")) {
      model.unavailable.push_back(unavailable_of(one));
    }
    model.reasons = texts_at(json, "reasons");
  }
  model.headline = headline(model);
  model.commands = commands_of(model, info, scenario_path, run_path);
  return model;
}

std::string dump(const ViolationsModel& model) {
  std::string out = model.headline + "\n";
  for (const std::string& reason : model.reasons) out += "  " + reason + "\n";
  for (const ViolationCard& card : model.cards) {
    out +=
        fmt::format("\n{}  {}\n  {}\n  {} s, event {}, {}\n  {}\n  expected: {}\n  seen:     {}\n",
                    card.id, card.name, card.meaning, card.time_text, card.event, card.node_name,
                    card.explanation, card.expected, card.seen);
    print_causes(card.causes, out);
  }
  if (model.count > model.cards.size()) {
    out += fmt::format("\n{} more violations\n", model.count - model.cards.size());
  }
  for (const LossCard& loss : model.losses) {
    out +=
        fmt::format("\nExplained loss: {} from offset {} of {}\n  {}\n",
                    counted(loss.records, "record"), loss.first, loss.partition, loss.explanation);
    print_causes(loss.causes, out);
  }
  for (const UnavailableCard& card : model.unavailable) {
    out += fmt::format("\nExplained unavailability: nobody may lead {} since {} s\n  {}\n",
                       card.partition, card.since_text, card.explanation);
    print_causes(card.causes, out);
  }
  if (!model.remark.empty()) out += "\n" + model.remark + "\n";
  if (!model.commands.empty()) out += "\n";
  for (const std::string& command : model.commands) out += command + "\n";
  return out;
}

}  // namespace logarium::viz
