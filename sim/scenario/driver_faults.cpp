// Driver: applying faults, ending them, healing.

#include <algorithm>

#include "sim/scenario/driver.hpp"
#include "sim/workload/application.hpp"

namespace logarium::scenario {
namespace {

using world::NodeIndex;

constexpr std::size_t kCommandsPerRunMax = 1'000'000;

std::vector<NodeIndex> without(std::vector<NodeIndex> nodes, const std::vector<NodeIndex>& others) {
  std::erase_if(nodes, [&others](NodeIndex node) {
    return std::find(others.begin(), others.end(), node) != others.end();
  });
  return nodes;
}

bool is_link(ActionKind kind) { return kind >= ActionKind::kCut && kind <= ActionKind::kReset; }

// A random majority of the nodes.
std::set<NodeIndex> majority(std::vector<NodeIndex> nodes, Random& random) {
  for (std::size_t i = nodes.size(); i > 1; --i) {
    std::swap(nodes[i - 1], nodes[static_cast<std::size_t>(random.below(i))]);
  }
  return {nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(nodes.size() / 2 + 1)};
}

}  // namespace

bool Driver::fill(std::size_t index, Hit& hit) {
  const Action& action = plan_->model.faults[index].action;
  Random& random = random_[index];
  if (!is_link(action.kind)) {
    hit.nodes = nodes_of(action.target, situation(), random);
    return action.target.empty() || !hit.nodes.empty();
  }
  const std::vector<NodeIndex> all = nodes_of(Target{}, situation(), random);
  hit.from = action.from.empty() ? all : nodes_of(action.from, situation(), random);
  hit.to = action.to.empty() ? all : nodes_of(action.to, situation(), random);
  if (action.from.empty() && !action.to.empty()) hit.from = without(hit.from, hit.to);
  if (action.to.empty() && !action.from.empty()) hit.to = without(hit.to, hit.from);
  return !hit.from.empty() && !hit.to.empty();
}

void Driver::keep_budget(std::size_t index, Hit& hit) {
  const ActionKind kind = plan_->model.faults[index].action.kind;
  if (plan_->model.budget != BudgetKind::kKeep || !Budget::limits(kind)) return;
  std::set<NodeIndex> doomed;
  for (const auto& [key, running] : running_) {
    const ActionKind other = plan_->model.faults[running.fault].action.kind;
    if (other != ActionKind::kDiskFull && other != ActionKind::kDiskError) continue;
    doomed.insert(running.hit.nodes.begin(), running.hit.nodes.end());
  }
  std::vector<NodeIndex> kept;
  for (const NodeIndex node : hit.nodes) {
    // One at a time, so that several nodes of one fault count together.
    Budget trial = budget_;
    for (const NodeIndex other : kept) trial.struck(kind, other, *roster_, watch_);
    if (!trial.allows(kind, node, *roster_, watch_, doomed)) continue;
    kept.push_back(node);
    doomed.insert(node);
  }
  hit.nodes = std::move(kept);
}

void Driver::fire(world::World& world, std::size_t fault) {
  FaultOutcome& outcome = outcomes_[fault];
  ++outcome.fired;
  Hit hit;
  if (!fill(fault, hit)) {
    ++outcome.not_applied;
    return;
  }
  const bool named = !hit.nodes.empty();
  keep_budget(fault, hit);
  if (named && hit.nodes.empty()) {
    ++outcome.over_budget;
    return;
  }
  act(world, fault, std::move(hit));
}

void Driver::act(world::World& world, std::size_t index, Hit hit) {
  const Fault& fault = plan_->model.faults[index];
  const Action& action = fault.action;
  bool done = false;
  if (is_admin(action.kind)) {
    done = act_as_admin(world, action, hit);
  } else if (action.kind == ActionKind::kEnd) {
    done = end_labelled(world, action.fault);
  } else if (action.kind == ActionKind::kHeal) {
    done = heal_nodes(world, hit);
  } else {
    done = apply(world, action, hit, {static_cast<std::int32_t>(index)});
    to_restart_.insert(hit.to_start.begin(), hit.to_start.end());
  }
  if (!done) {
    ++outcomes_[index].not_applied;
    return;
  }
  for (const NodeIndex node : hit.nodes) budget_.struck(action.kind, node, *roster_, watch_);
  applied(world, index, std::move(hit));
}

void Driver::applied(const world::World& world, std::size_t index, Hit hit) {
  const Fault& fault = plan_->model.faults[index];
  ++outcomes_[index].applied;
  const Duration since = world.now() - *ready_at_;
  realised_.push_back({index, world.events(), since, hit.nodes, hit.from, hit.to, std::nullopt});
  if (!fault.label.empty()) {
    labels_[fault.label] = is_link(fault.action.kind) ? hit.from : hit.nodes;
    for (std::size_t i = 0; i < plan_->model.faults.size(); ++i) {
      const Fault& other = plan_->model.faults[i];
      if (other.after != fault.label) continue;
      plan_for(world.now() + other.delay.duration(), Fire{i});
    }
  }
  const bool single = fault.action.kind == ActionKind::kEnd ||
                      fault.action.kind == ActionKind::kHeal || is_admin(fault.action.kind);
  if (single) return;
  const std::size_t key = next_running_++;
  running_.emplace(key, Running{index, realised_.size() - 1, std::move(hit)});
  if (fault.lasts) plan_for(world.now() + fault.lasts->duration(), End{key});
}

bool Driver::act_as_admin(world::World& world, const Action& action, const Hit& hit) {
  AdminTarget target;
  for (const NodeIndex node : hit.nodes) target.brokers.push_back(world.node_id(node));
  if (next_command_ >= kCommandsPerRunMax) return false;
  bool any = false;
  for (const CommandRef& command : admin_commands(action, target)) {
    const CommandId id(workload::kFirstOwnerCommand + next_command_++);
    any = world.command(roster_->admin, id, command) || any;
  }
  return any;
}

void Driver::end_running(world::World& world, std::size_t key) {
  const auto found = running_.find(key);
  if (found == running_.end()) return;
  const Running running = std::move(found->second);
  running_.erase(found);
  Realised& realised = realised_[running.realised];
  realised.lasted = world.now() - *ready_at_ - realised.at;
  undo(world, plan_->model.faults[running.fault].action, running.hit);
}

bool Driver::end_labelled(world::World& world, const std::string& label) {
  std::vector<std::size_t> keys;
  for (const auto& [key, running] : running_) {
    if (plan_->model.faults[running.fault].label == label) keys.push_back(key);
  }
  for (const std::size_t key : keys) end_running(world, key);
  return !keys.empty();
}

bool Driver::heal_nodes(world::World& world, const Hit& hit) {
  const auto touches = [&hit](const std::vector<NodeIndex>& nodes) {
    return std::any_of(nodes.begin(), nodes.end(), [&hit](NodeIndex node) {
      return std::find(hit.nodes.begin(), hit.nodes.end(), node) != hit.nodes.end();
    });
  };
  std::vector<std::size_t> keys;
  for (const auto& [key, running] : running_) {
    const Hit& other = running.hit;
    if (touches(other.nodes) || touches(other.from) || touches(other.to)) keys.push_back(key);
  }
  for (const std::size_t key : keys) end_running(world, key);
  bool any = !keys.empty();
  for (const NodeIndex node : hit.nodes) {
    if (world.state(node) != world::ProcessState::kUp) any = world.start(node) || any;
  }
  return any;
}

// ---- the heal between chaos and quiesce ---------------------------------------------------------

void Driver::start_down_nodes(world::World& world, const std::set<NodeIndex>& spared) {
  const auto start = [&](NodeIndex node) {
    const bool down = world.state(node) != world::ProcessState::kUp;
    if (down && !spared.contains(node)) world.start(node);
  };
  for (const NodeIndex node : roster_->servers) start(node);
  for (const NodeIndex node : roster_->clients) start(node);
}

void Driver::heal(world::World& world) {
  stage_ = Stage::kQuiesce;
  triggers_.disarm_all();
  agenda_.clear();
  if (plan_->heal == HealKind::kAll) {
    world.end_all_faults();
    start_down_nodes(world, {});
  } else {
    heal_quorum(world);
  }
  running_.clear();
  healed_at_ = world.now();
  plan_for(world.now() + plan_->quiesce_within, Deadline{});
}

void Driver::heal_quorum(world::World& world) {
  Random random = Random(plan_->seed).derive("heal");
  std::set<NodeIndex> whole = majority(roster_->controllers, random);
  const std::set<NodeIndex> brokers = majority(roster_->brokers, random);
  whole.insert(brokers.begin(), brokers.end());
  std::set<NodeIndex> rest;
  for (const NodeIndex node : roster_->servers) {
    if (!whole.contains(node)) rest.insert(node);
  }
  std::set<NodeIndex> paused;
  bool links = false;
  for (const auto& [key, running] : running_) links = links || !running.hit.from.empty();
  for (const NodeIndex node : rest) {
    if (world.paused(node)) paused.insert(node);
  }
  world.end_all_faults();
  for (const NodeIndex node : paused) world.pause(node);
  start_down_nodes(world, rest);
  if (!links || rest.empty()) return;
  world::LinkFault cut;
  cut.from.assign(rest.begin(), rest.end());
  Random none;
  cut.to = without(nodes_of(Target{}, situation(), none), cut.from);
  world.begin(cut);
}

// ---- the schedule as it happened ----------------------------------------------------------------

Model Driver::realised_model() const {
  Model model = plan_->model;
  model.faults.clear();
  std::set<std::string> labels;
  const auto names = [this](const std::vector<NodeIndex>& nodes) {
    std::vector<std::string> out;
    for (const NodeIndex node : nodes) out.push_back(target_of(node, *roster_));
    return out;
  };
  for (const Realised& one : realised_) {
    const Fault& planned = plan_->model.faults[one.fault];
    const ActionKind kind = planned.action.kind;
    // Ends are in the length of what they ended.
    if (kind == ActionKind::kEnd || kind == ActionKind::kHeal) continue;
    Fault fault;
    fault.at = Number::of(one.at);
    fault.action = planned.action;
    if (!planned.action.target.empty()) fault.action.target = names(one.nodes);
    if (is_link(kind)) {
      fault.action.from = names(one.from);
      fault.action.to = names(one.to);
    }
    if (one.lasted) fault.lasts = Number::of(*one.lasted);
    if (labels.insert(planned.label).second) fault.label = planned.label;
    model.faults.push_back(std::move(fault));
  }
  Model out = model;
  std::erase_if(out.expect.happened, [&](const std::string& what) {
    const bool is_label = std::any_of(plan_->model.faults.begin(), plan_->model.faults.end(),
                                      [&](const Fault& f) { return f.label == what; });
    return is_label && !labels.contains(what);
  });
  return out;
}

}  // namespace logarium::scenario
