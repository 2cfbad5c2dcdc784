#include "sim/scenario/apply.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/error_code.hpp"
#include "sim/scenario/roles.hpp"
#include "sim/workload/admin_actions.hpp"

namespace logarium::scenario {
namespace {

using world::FaultKind;
using world::NodeIndex;

FaultKind link_kind(ActionKind kind) {
  switch (kind) {
    case ActionKind::kLoss:
      return FaultKind::kLoss;
    case ActionKind::kLatency:
      return FaultKind::kDelay;
    case ActionKind::kDuplicate:
      return FaultKind::kDuplicate;
    case ActionKind::kReorder:
      return FaultKind::kReorder;
    case ActionKind::kBandwidth:
      return FaultKind::kBandwidth;
    case ActionKind::kFilter:
      return FaultKind::kFilter;
    default:
      return FaultKind::kCut;
  }
}

world::LinkFault link_fault(const Action& action, const Hit& hit) {
  world::LinkFault fault;
  fault.kind = link_kind(action.kind);
  fault.from = hit.from;
  fault.to = hit.to;
  fault.ways = action.ways == WaysKind::kBoth ? world::Ways::kBoth : world::Ways::kOneWay;
  fault.ppm = action.share.value();
  const bool delays = action.kind == ActionKind::kLatency || action.kind == ActionKind::kReorder;
  if (delays) fault.delay = to_delay(action.by);
  if (action.kind == ActionKind::kBandwidth) fault.bytes_per_second = action.limit.value();
  if (action.kind == ActionKind::kFilter) {
    if (!action.api.empty()) {
      const protocol::ApiEntry* api = protocol::find_api(action.api);
      ENSURE(api != nullptr);
      fault.api_key = static_cast<std::int16_t>(api->key);
    }
    if (action.messages == MessageKind::kRequest) fault.direction = Message::Direction::kRequest;
    if (action.messages == MessageKind::kResponse) fault.direction = Message::Direction::kResponse;
    if (action.count.value() > 0) {
      fault.messages_max = static_cast<std::uint64_t>(action.count.value());
    }
  }
  return fault;
}

world::AnswerFault answer_fault(const Action& action, const Hit& hit) {
  const protocol::ApiEntry* api = protocol::find_api(action.api);
  const std::optional<protocol::ErrorCode> error = protocol::find_error(action.error);
  ENSURE(api != nullptr);
  ENSURE(error);
  world::AnswerFault fault;
  fault.nodes = hit.nodes;
  fault.api_key = static_cast<std::int16_t>(api->key);
  fault.error = static_cast<std::int16_t>(*error);
  fault.ppm = action.share.value();
  if (action.count.value() > 0) {
    fault.answers_max = static_cast<std::uint64_t>(action.count.value());
  }
  return fault;
}

world::DiskFault disk_fault(const Action& action) {
  world::DiskFault fault;
  fault.kind = action.kind == ActionKind::kDiskSlow   ? FaultKind::kDiskSlow
               : action.kind == ActionKind::kDiskFull ? FaultKind::kDiskFull
                                                      : FaultKind::kDiskError;
  fault.factor = action.factor.value();
  fault.ppm = action.share.value();
  fault.path_prefix = action.path;
  const auto has = [&action](std::string_view operation) {
    const auto& list = action.operations;
    return list.empty() || std::find(list.begin(), list.end(), operation) != list.end();
  };
  fault.writes = has("write");
  fault.reads = has("read");
  fault.syncs = has("sync");
  fault.others = has("other");
  return fault;
}

bool apply_restart(world::World& world, NodeIndex node, Hit& hit) {
  if (world.state(node) != world::ProcessState::kUp) return world.start(node);
  if (!world.request_shutdown(node)) return false;
  hit.to_start.push_back(node);
  return true;
}

// One node; false when it was in no state for it.
bool apply_to_node(world::World& world, const Action& action, NodeIndex node, Hit& hit,
                   world::FaultTag tag) {
  switch (action.kind) {
    case ActionKind::kCrash:
      return world.crash(node, tag);
    case ActionKind::kPowerLoss:
      return world.power_loss(node, tag);
    case ActionKind::kRestart:
      return apply_restart(world, node, hit);
    case ActionKind::kStop:
      return world.request_shutdown(node);
    case ActionKind::kWipe:
      return world.wipe(node, tag);
    case ActionKind::kPause:
      return world.pause(node, tag);
    case ActionKind::kResume:
      return world.resume(node);
    case ActionKind::kSlowNode:
      return world.slow(node, action.factor.value(), tag);
    case ActionKind::kDiskSlow:
    case ActionKind::kDiskFull:
    case ActionKind::kDiskError:
      hit.running.push_back(world.begin(node, disk_fault(action), tag));
      return true;
    case ActionKind::kBitRot:
      return world.rot(node, action.path, tag);
    case ActionKind::kClockOffset:
      return world.set_wall_offset(node, {action.by.value()}, tag);
    case ActionKind::kClockDrift:
      return world.set_drift(node, action.drift.value(), tag);
    case ActionKind::kClockStep:
      return world.step_wall(node, {action.by.value()}, tag);
    default:
      return false;
  }
}

}  // namespace

bool apply(world::World& world, const Action& action, Hit& hit, world::FaultTag tag) {
  if (action.kind >= ActionKind::kCut && action.kind <= ActionKind::kReset) {
    if (hit.from.empty() || hit.to.empty()) return false;
    if (action.kind != ActionKind::kReset) {
      hit.running.push_back(world.begin(link_fault(action, hit), tag));
      return true;
    }
    bool any = false;
    for (const NodeIndex a : hit.from) {
      for (const NodeIndex b : hit.to) {
        if (a != b) any = world.reset_connections(a, b, tag) || any;
      }
    }
    return any;
  }
  if (action.kind == ActionKind::kErrorCode) {
    if (hit.nodes.empty()) return false;
    hit.running.push_back(world.begin(answer_fault(action, hit), tag));
    return true;
  }
  std::vector<NodeIndex> hurt;
  for (const NodeIndex node : hit.nodes) {
    if (apply_to_node(world, action, node, hit, tag)) hurt.push_back(node);
  }
  hit.nodes = std::move(hurt);
  return !hit.nodes.empty();
}

void undo(world::World& world, const Action& action, const Hit& hit) {
  for (const world::FaultId fault : hit.running) world.end(fault);
  for (const NodeIndex node : hit.nodes) {
    switch (action.kind) {
      case ActionKind::kCrash:
      case ActionKind::kPowerLoss:
      case ActionKind::kStop:
      case ActionKind::kWipe:
        world.start(node);
        break;
      case ActionKind::kPause:
        world.resume(node);
        break;
      case ActionKind::kSlowNode:
        world.slow(node, 1);
        break;
      case ActionKind::kClockOffset:
        world.set_wall_offset(node, {});
        break;
      case ActionKind::kClockDrift:
        world.set_drift(node, 0);
        break;
      default:
        break;
    }
  }
}

std::vector<CommandRef> admin_commands(const Action& action, const AdminTarget& target) {
  const auto parsed = parse_partition(action.partition);
  const TopicPartition partition =
      parsed ? TopicPartition{parsed->topic, PartitionIndex(parsed->partition)} : TopicPartition{};
  std::vector<CommandRef> out;
  const auto add = [&out](MessageRef request) {
    out.push_back(workload::admin_command(std::move(request)));
  };
  switch (action.kind) {
    case ActionKind::kMoveLeader:
      add(workload::elect_leader(partition, action.election == ElectionWish::kPreferred
                                                ? workload::Election::kPreferred
                                                : workload::Election::kUnclean));
      break;
    case ActionKind::kReassign: {
      std::vector<NodeId> replicas;
      for (const std::int64_t id : action.replicas) {
        replicas.emplace_back(static_cast<std::int32_t>(id));
      }
      add(workload::reassign(partition, replicas));
      break;
    }
    case ActionKind::kChangeConfig:
      for (const auto& [name, value] : action.config) {
        add(workload::alter_topic_config(action.topic, name, value.text));
      }
      break;
    case ActionKind::kCreateTopic:
      add(workload::create_topics({topic_spec(action.new_topic)}));
      break;
    case ActionKind::kDeleteTopic:
      add(workload::delete_topic(action.topic));
      break;
    case ActionKind::kAddPartitions:
      add(workload::create_partitions(action.topic, static_cast<std::int32_t>(action.partitions)));
      break;
    case ActionKind::kDeleteRecords:
      add(workload::delete_records(partition, action.before < 0
                                                  ? std::nullopt
                                                  : std::optional<Offset>(Offset(action.before))));
      break;
    case ActionKind::kRemoveBroker:
      for (const NodeId broker : target.brokers) add(workload::unregister_broker(broker));
      break;
    default:
      break;
  }
  return out;
}

}  // namespace logarium::scenario
