#include "viz/model/story.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/scenario/plan.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "viz/model/labels.hpp"

namespace logarium::viz {
namespace {

using scenario::Action;
using scenario::ActionKind;

std::string percent(std::int64_t ppm) {
  std::string out = fmt::format("{}.{:04}", ppm / 10'000, ppm % 10'000);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out + " %";
}

// What stands beside a link that the action harms.
std::string link_label(const Action& action) {
  const std::int64_t ppm = action.share.is_constant() ? action.share.value() : 1'000'000;
  const std::string share = ppm == 1'000'000 ? "" : " " + percent(ppm);
  switch (action.kind) {
    case ActionKind::kLatency:
      return fmt::format("+{}{}", how_long(Duration{action.by.greatest()}),
                         action.by.is_constant() ? "" : " at most") +
             (share.empty() ? "" : " of" + share);
    case ActionKind::kLoss:
    case ActionKind::kDuplicate:
    case ActionKind::kReorder:
      return std::string(scenario::action_name(action.kind)) + share;
    case ActionKind::kFilter:
      return "filter " + (action.api.empty() ? std::string("all") : action.api);
    case ActionKind::kBandwidth:
      return scenario::unit_text(scenario::Unit::kByteRate, action.limit.greatest());
    default:
      return std::string(scenario::action_name(action.kind));
  }
}

int min_isr_of(const scenario::ConfigMap& config, int otherwise) {
  const auto found = config.find("min.insync.replicas");
  if (found == config.end()) return otherwise;
  const scenario::ConfigValue& value = found->second;
  if (value.number && value.number->is_constant()) return static_cast<int>(value.number->value());
  int read = otherwise;
  std::from_chars(value.text.data(), value.text.data() + value.text.size(), read);
  return read;
}

std::optional<Duration> simulated_of(const std::string& outcome) {
  const nlohmann::json json = nlohmann::json::parse(outcome, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto found = json.find("simulated_s");
  if (found == json.end() || !found->is_number()) return std::nullopt;
  const double seconds_since = found->get<double>();
  if (!(seconds_since >= 0 && seconds_since < 1e9)) return std::nullopt;
  return microseconds(static_cast<std::int64_t>(std::llround(seconds_since * 1e6)));
}

}  // namespace

Story read_story(const trace::RunInfo& info) {
  Story out;
  out.simulated = simulated_of(info.outcome);
  if (info.scenario.empty()) return out;
  const scenario::ReadResult read = scenario::read(info.scenario, info.scenario_name);
  if (!read.ok()) return out;
  const scenario::Plan plan = scenario::resolve(read.model, info.seed);
  out.text = plan.model.story;
  out.default_min_isr = min_isr_of(plan.model.cluster.config, 1);
  for (const scenario::Topic& topic : plan.model.topics) {
    out.min_isr[topic.name] = min_isr_of(topic.config, out.default_min_isr);
  }
  for (const scenario::Fault& fault : plan.model.faults) {
    FaultWords words{scenario::action_text(fault.action), link_label(fault.action), {}, {}};
    if (!fault.label.empty()) words.text = fmt::format("{} ({})", words.text, fault.label);
    if (fault.at && fault.at->is_constant()) words.at = fault.at->duration();
    if (fault.lasts && fault.lasts->is_constant()) words.lasts = fault.lasts->duration();
    out.faults.push_back(std::move(words));
  }
  return out;
}

}  // namespace logarium::viz
