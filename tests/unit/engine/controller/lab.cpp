#include "tests/unit/engine/controller/lab.hpp"

#include "engine/base/state_visitor.hpp"
#include "engine/controller/partition_change.hpp"

namespace logarium::controller {

using metadata::contains;
using metadata::Nodes;

Nodes nodes(std::initializer_list<std::int32_t> ids) {
  Nodes out;
  for (const std::int32_t id : ids) out.push_back(NodeId(id));
  return out;
}

void Lab::apply(const std::vector<metadata::Record>& records) {
  const auto count = static_cast<std::int64_t>(records.size());
  const metadata::Position position{image->position().next + count, QuorumEpoch(1)};
  const Result<metadata::Applied> applied = metadata::apply_records(image, records, position);
  REQUIRE(applied.ok());
  image = applied.value().next;
  last_delta = applied.value().delta;
  index.apply(*last_delta);
}

void Lab::broker(std::int32_t id, const std::string& rack) {
  metadata::RegisterBrokerRecord record;
  record.broker_id = id;
  record.broker_epoch = 100 + id;
  record.incarnation_id = Uuid{9, static_cast<std::uint64_t>(id)};
  record.log_dirs = {Uuid{8, static_cast<std::uint64_t>(id)}};
  record.fenced = false;
  if (!rack.empty()) record.rack = rack;
  apply({record});
  sessions.touch(NodeId(id), Sessions::Standing::kUnfenced, 0, now);
}

void Lab::fence(std::int32_t id) {
  metadata::BrokerRegistrationChangeRecord record;
  record.broker_id = id;
  record.broker_epoch = 100 + id;
  record.fenced = 1;
  apply({record});
  sessions.set_standing(NodeId(id), Sessions::Standing::kFenced);
}

void Lab::shut_down(std::int32_t id) {
  metadata::BrokerRegistrationChangeRecord record;
  record.broker_id = id;
  record.broker_epoch = 100 + id;
  record.in_controlled_shutdown = 1;
  apply({record});
  sessions.set_standing(NodeId(id), Sessions::Standing::kShuttingDown);
}

void Lab::orders(const PartitionSpec& spec) {
  metadata::PartitionRecord record;
  record.partition_id = 0;
  record.topic_id = kOrders;
  record.replicas = wire_ids(spec.replicas);
  record.isr = wire_ids(spec.isr);
  record.leader = spec.leader;
  record.adding_replicas = wire_ids(spec.adding);
  record.removing_replicas = wire_ids(spec.removing);
  record.eligible_leader_replicas = wire_ids(spec.elr);
  record.last_known_elr = wire_ids(spec.last_known_elr);
  record.leader_recovery_state = static_cast<std::int8_t>(spec.recovery);
  record.leader_epoch = spec.leader_epoch;
  record.partition_epoch = spec.partition_epoch;
  apply({metadata::TopicRecord{"orders", kOrders}, record});
}

void Lab::topic_config(const std::string& name, const std::string& value) {
  apply({metadata::ConfigRecord{2, "orders", name, value}});
}

const metadata::Partition& Lab::partition(std::int32_t at) const {
  const metadata::Partition* found = image->partition({kOrders, PartitionIndex(at)});
  REQUIRE(found != nullptr);
  return *found;
}

void Lab::check_invariants() const {
  CHECK(Index(*image) == index);
  for (const auto& entry : image->topics()) {
    for (const metadata::PartitionPtr& ptr : entry.value->partitions) {
      const metadata::Partition& p = *ptr;
      for (const NodeId node : p.isr) {
        CHECK(contains(p.replicas, node));
        CHECK_FALSE(contains(p.elr, node));
        CHECK(image->active(node));
      }
      for (const NodeId node : p.elr) CHECK(contains(p.replicas, node));
      if (p.leader) CHECK(contains(p.isr, *p.leader));
      const auto replicas = static_cast<std::int64_t>(p.replicas.size());
      const std::int64_t min_isr = std::min(
          image->topic_config(config.topic_defaults, entry.value->name).min_insync_replicas,
          replicas);
      if (static_cast<std::int64_t>(p.isr.size()) >= min_isr) CHECK(p.elr.empty());
    }
  }
}

}  // namespace logarium::controller
