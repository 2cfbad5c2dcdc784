#include "sim/scenario/check_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/config/definition.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/error_response.hpp"
#include "sim/scenario/check.hpp"

namespace logarium::scenario {
namespace {

std::string hint(std::string_view name, const std::vector<std::string>& names) {
  const std::string near = nearest_name(name, names);
  if (!near.empty()) return fmt::format("; did you mean \"{}\"?", near);
  if (names.empty() || names.size() > 12) return "";
  return fmt::format("; there are {}", fmt::join(names, ", "));
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> out;
  for (const auto& entry : map) out.push_back(entry.first);
  return out;
}

}  // namespace

Names::Names(const Model& model) {
  for (const Topic& topic : model.topics) topics_[topic.name] = topic.partitions.greatest();
  for (const Fault& fault : model.faults) {
    if (!fault.label.empty()) labels_.insert(fault.label);
    const Action& action = fault.action;
    if (action.kind == ActionKind::kCreateTopic) {
      topics_.emplace(action.new_topic.name, action.new_topic.partitions.greatest());
    }
  }
  for (const Fault& fault : model.faults) {
    if (fault.action.kind != ActionKind::kAddPartitions) continue;
    const auto found = topics_.find(fault.action.topic);
    if (found != topics_.end()) {
      found->second = std::max(found->second, fault.action.partitions);
    }
  }
  racks_.insert(model.cluster.racks.begin(), model.cluster.racks.end());
  for (const BrokerOverride& broker : model.cluster.per_broker) {
    if (!broker.rack.empty()) racks_.insert(broker.rack);
  }
  for (const Client& client : model.clients) {
    const bool produces = client.kind == ClientKind::kProducer;
    const std::string name =
        !client.name.empty() ? client.name : std::string(produces ? "producer" : "consumer");
    clients_[name] += client.count.greatest();
  }
  brokers_ = model.cluster.brokers.greatest();
  brokers_least_ = model.cluster.brokers.least();
  controllers_ = model.cluster.controllers.greatest();
  combined_ = model.cluster.roles == RolesKind::kCombined;
}

void Names::topic(const std::string& name, const std::string& path, Findings& findings) const {
  if (has_topic(name)) return;
  findings.add_at(path,
                  fmt::format("there is no topic \"{}\"{}", name, hint(name, keys_of(topics_))));
}

std::string Names::partition_problem(const std::string& topic, std::int64_t partition) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) {
    return fmt::format("there is no topic \"{}\"{}", topic, hint(topic, keys_of(topics_)));
  }
  if (partition < found->second) return {};
  return fmt::format("topic {} has the partitions 0 to {}", topic, found->second - 1);
}

void Names::partition(const std::string& text, const std::string& path, Findings& findings) const {
  const auto parsed = parse_partition(text);
  const std::string problem = parsed ? partition_problem(parsed->topic, parsed->partition)
                                     : fmt::format("\"{}\" is no partition such as \"orders-0\"{}",
                                                   text, hint(text, keys_of(topics_)));
  if (!problem.empty()) findings.add_at(path, problem);
}

void Names::label(const std::string& name, const std::string& path, Findings& findings) const {
  if (has_label(name)) return;
  findings.add_at(path, fmt::format("no fault has the label \"{}\"{}", name, hint(name, labels())));
}

void Names::broker(std::int64_t id, const std::string& path, Findings& findings) const {
  if (id >= 1 && id <= brokers_) return;
  findings.add_at(path, fmt::format("there is no broker {}; they are 1 to {}", id, brokers_));
}

std::string Names::problem_of(const Target& target, WhenKnown known) const {
  if (known == WhenKnown::kBeforeStart && !target.is_static()) {
    return "this must name nodes that are known before the start, such as \"broker(2)\"";
  }
  const bool draws = target.kind == TargetKind::kRandom || target.kind == TargetKind::kMinority ||
                     target.kind == TargetKind::kMajority;
  if (known == WhenKnown::kAtOnce && draws) return "this cannot be a random choice";
  switch (target.kind) {
    case TargetKind::kLeader:
    case TargetKind::kFollower:
    case TargetKind::kIsr:
    case TargetKind::kReplicas:
      return partition_problem(target.topic, target.partition);
    case TargetKind::kBroker:
      if (target.id >= 1 && target.id <= brokers_) return {};
      return fmt::format("there is no broker {}; they are 1 to {}", target.id, brokers_);
    case TargetKind::kController: {
      const std::int64_t first = combined_ ? 1 : 1001;
      if (target.id < 0 || (target.id >= first && target.id < first + controllers_)) return {};
      return fmt::format("there is no controller {}; they are {} to {}", target.id, first,
                         first + controllers_ - 1);
    }
    case TargetKind::kRack:
      if (racks_.contains(target.name)) return {};
      return fmt::format("there is no rack \"{}\"{}", target.name,
                         hint(target.name, {racks_.begin(), racks_.end()}));
    case TargetKind::kLabel:
      if (labels_.contains(target.name)) return {};
      return fmt::format("no fault has the label \"{}\"{}", target.name,
                         hint(target.name, labels()));
    case TargetKind::kClient: {
      const auto parsed = parse_partition(target.name);
      const auto found = parsed ? clients_.find(parsed->topic) : clients_.end();
      if (found != clients_.end() && parsed->partition >= 1 && parsed->partition <= found->second) {
        return {};
      }
      return fmt::format("there is no client \"{}\"; names end in a number from 1: {}-1",
                         target.name, clients_.empty() ? "producer" : clients_.begin()->first);
    }
    case TargetKind::kRandom:
      return problem_of(target.inner.front(), known);
    case TargetKind::kMinority:
    case TargetKind::kMajority:
    case TargetKind::kBrokers:
    case TargetKind::kControllers:
    case TargetKind::kServers:
    case TargetKind::kClients:
    case TargetKind::kAll:
      return {};
  }
  return {};
}

void Names::targets(const std::vector<std::string>& texts, const std::string& path, WhenKnown known,
                    Findings& findings) const {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const ParsedTarget parsed = parse_target(texts[i]);
    if (!parsed.target) continue;
    const std::string problem = problem_of(*parsed.target, known);
    if (!problem.empty()) findings.add_at(fmt::format("{}[{}]", path, i), problem);
  }
}

std::string check_configs(ConfigKind kind, const ConfigMap& config) {
  Properties properties;
  for (const auto& [name, value] : config) {
    if (value.number) {
      properties[name] = std::to_string(value.number->least());
    } else {
      properties[name] = value.pick.empty() ? value.text : value.pick.front();
    }
  }
  return config_problem(kind, properties);
}

void check_topic(const Topic& topic, const std::string& path, const Names& names,
                 Findings& findings) {
  if (!topic.assignment.empty()) {
    if (topic.partitions != Number::constant(static_cast<std::int64_t>(topic.assignment.size()))) {
      findings.add_at(path + ".assignment",
                      fmt::format("{} partitions are assigned; \"partitions\" must say the same",
                                  topic.assignment.size()));
    }
    for (std::size_t p = 0; p < topic.assignment.size(); ++p) {
      std::set<std::int64_t> seen;
      const std::string here = fmt::format("{}.assignment[{}]", path, p);
      for (const std::int64_t id : topic.assignment[p]) {
        names.broker(id, here, findings);
        if (!seen.insert(id).second) findings.add_at(here, "a broker comes twice");
      }
      if (topic.assignment[p].size() != topic.assignment[0].size()) {
        findings.add_at(here, "all partitions must have the same number of replicas");
      }
    }
    return;
  }
  if (topic.replication_factor.greatest() > names.brokers_least()) {
    findings.add_at(path + ".replication.factor",
                    fmt::format("{} replicas need as many brokers; there are {}",
                                topic.replication_factor.greatest(), names.brokers_least()));
  }
}

namespace {

// Of what the words alone cannot tell: who answers, and whether the answer can be an error.
void check_error_code(const Action& a, const std::string& at, Findings& findings) {
  const protocol::ApiEntry* api = protocol::find_api(a.api);
  if (api != nullptr && !protocol::has_error_response(api->key)) {
    findings.add_at(
        at + ".api",
        fmt::format("no server answers {}, so there is no answer to put an error in", api->name));
  }
  for (std::size_t i = 0; i < a.target.size(); ++i) {
    const ParsedTarget parsed = parse_target(a.target[i]);
    if (!parsed.target) continue;
    const TargetKind kind = parsed.target->kind;
    if (kind != TargetKind::kClient && kind != TargetKind::kClients) continue;
    findings.add_at(fmt::format("{}.target[{}]", at, i),
                    "a client answers no requests; name servers such as \"brokers\"");
  }
}

void check_action(const Action& a, const std::string& path, const Model& model, const Names& names,
                  Findings& findings) {
  const std::string at = path + '.' + std::string(action_name(a.kind));
  for (const auto& [texts, key] :
       {std::pair{&a.target, ".target"}, {&a.from, ".from"}, {&a.to, ".to"}}) {
    names.targets(*texts, at + key, WhenKnown::kInTheRun, findings);
  }
  if (a.kind == ActionKind::kErrorCode) check_error_code(a, at, findings);
  const Network& network = model.network;
  const bool datagram = network.mode == NetworkMode::kDatagram || !network.mode_picks.empty();
  const bool needs_datagram = a.kind == ActionKind::kDuplicate && !datagram;
  if (needs_datagram) {
    findings.add_at(at,
                    "a TCP connection never gives a message twice; \"network\": "
                    "{\"mode\": \"datagram\"} does");
  }
  if (a.kind >= ActionKind::kCut && a.kind <= ActionKind::kReset && a.from.empty() &&
      a.to.empty() && (a.kind == ActionKind::kCut || a.kind == ActionKind::kReset)) {
    findings.add_at(at, "\"from\" or \"to\" must name nodes");
  }
  if (a.kind == ActionKind::kEnd) names.label(a.fault, at + ".fault", findings);
  if (!a.topic.empty()) names.topic(a.topic, at + ".topic", findings);
  if (!a.partition.empty()) names.partition(a.partition, at + ".partition", findings);
  for (std::size_t i = 0; i < a.replicas.size(); ++i) {
    names.broker(a.replicas[i], fmt::format("{}.replicas[{}]", at, i), findings);
    if (std::count(a.replicas.begin(), a.replicas.end(), a.replicas[i]) > 1) {
      findings.add_at(fmt::format("{}.replicas[{}]", at, i), "a broker comes twice");
    }
  }
  static constexpr std::array<std::string_view, 4> kOperations = {"write", "read", "sync", "other"};
  for (std::size_t i = 0; i < a.operations.size(); ++i) {
    if (std::find(kOperations.begin(), kOperations.end(), a.operations[i]) != kOperations.end()) {
      continue;
    }
    findings.add_at(fmt::format("{}.operations[{}]", at, i),
                    fmt::format("\"{}\" is none of write, read, sync, other", a.operations[i]));
  }
  if (a.kind == ActionKind::kCreateTopic) check_topic(a.new_topic, at, names, findings);
}

// Keys that say nothing with this trigger or this action are mistakes: nothing is ignored.
void check_trigger(const Fault& fault, const std::string& path, const Names& names,
                   Findings& findings) {
  const int given = (fault.at ? 1 : 0) + (fault.every ? 1 : 0) + (fault.after.empty() ? 0 : 1) +
                    (fault.when ? 1 : 0);
  if (given != 1) {
    findings.add_at(path, given == 0 ? "a trigger is missing: at, every, after or when"
                                     : "there must be one trigger: at, every, after or when");
  }
  if (!fault.after.empty()) names.label(fault.after, path + ".after", findings);
  if (findings.known(path + ".delay") && (fault.at || fault.every)) {
    findings.add_at(path + ".delay", "\"delay\" goes with after and when");
  }
  if (findings.known(path + ".times") && !fault.every) {
    findings.add_at(path + ".times", "\"times\" goes with every");
  }
  const ActionKind kind = fault.action.kind;
  const bool lasts = kind == ActionKind::kCrash || kind == ActionKind::kPowerLoss ||
                     kind == ActionKind::kStop || kind == ActionKind::kWipe ||
                     kind == ActionKind::kPause || kind == ActionKind::kSlowNode ||
                     (kind >= ActionKind::kCut && kind <= ActionKind::kFilter) ||
                     (kind >= ActionKind::kDiskSlow && kind <= ActionKind::kDiskError) ||
                     (kind >= ActionKind::kClockOffset && kind <= ActionKind::kClockDrift) ||
                     kind == ActionKind::kErrorCode;
  if (fault.lasts && !lasts) {
    findings.add_at(path + ".for",
                    fmt::format("\"{}\" is over at once; it takes no \"for\"", action_name(kind)));
  }
  if (!fault.when) return;
  const When& when = *fault.when;
  const bool isr = when.what == when_isr();
  const bool high = when.what == when_high_watermark();
  const std::string at = path + ".when";
  names.targets(when.on, at + ".on", WhenKnown::kAtOnce, findings);
  if (when.of != "any") {
    names.partition(when.of, at, findings);
  } else if (isr || high) {
    findings.add_at(at, "this needs a partition such as \"orders-0\"");
  }
  if (findings.known(at + ".size") && !isr) {
    findings.add_at(at + ".size", "\"size\" goes with isr");
  }
  if (findings.known(at + ".at least") && !high) {
    findings.add_at(at + ".at least", "\"at least\" goes with high watermark");
  }
  if (findings.known(at + ".on") && (isr || high)) {
    findings.add_at(at + ".on", "\"on\" goes with what a node says");
  }
}

// Follows `after` from each fault; a path longer than there are faults is a circle.
void check_circles(const Model& model, Findings& findings) {
  std::map<std::string, const Fault*> by_label;
  for (std::size_t i = 0; i < model.faults.size(); ++i) {
    const std::string& label = model.faults[i].label;
    if (label.empty()) continue;
    if (!by_label.emplace(label, &model.faults[i]).second) {
      findings.add_at(fmt::format("faults[{}].label", i),
                      fmt::format("the label \"{}\" is taken", label));
    }
  }
  for (std::size_t i = 0; i < model.faults.size(); ++i) {
    const Fault* at = &model.faults[i];
    std::size_t steps = 0;
    while (at != nullptr && !at->after.empty() && steps <= model.faults.size()) {
      const auto found = by_label.find(at->after);
      at = found == by_label.end() ? nullptr : found->second;
      ++steps;
    }
    if (steps > model.faults.size()) {
      findings.add_at(fmt::format("faults[{}].after", i),
                      "this waits for itself: the faults' \"after\" form a circle");
    }
  }
}

}  // namespace

void check_faults(const Model& model, const Names& names, Findings& findings) {
  for (std::size_t i = 0; i < model.faults.size(); ++i) {
    const std::string path = fmt::format("faults[{}]", i);
    check_trigger(model.faults[i], path, names, findings);
    check_action(model.faults[i].action, path, model, names, findings);
  }
  check_circles(model, findings);
}

}  // namespace logarium::scenario
