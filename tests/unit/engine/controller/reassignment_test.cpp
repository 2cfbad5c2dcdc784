#include "engine/controller/reassignment.hpp"
#include "engine/controller/alter_partition.hpp"
#include "engine/controller/notes.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

using protocol::AlterPartitionReassignmentsRequest;
using protocol::AlterPartitionReassignmentsResponse;
using protocol::AlterPartitionRequest;
using protocol::AlterPartitionResponse;
using protocol::ErrorCode;

Lab four_brokers() {
  Lab lab;
  for (std::int32_t id = 1; id <= 4; ++id) lab.broker(id);
  lab.orders({nodes({1, 2}), nodes({1, 2}), 1});
  return lab;
}

Decision ask(const Lab& lab, std::optional<std::vector<std::int32_t>> target) {
  AlterPartitionReassignmentsRequest request;
  request.topics.push_back({"orders", {{0, std::move(target)}}});
  return alter_reassignments(lab.view(), request);
}

ErrorCode reassignment_code(const Decision& decision) {
  return response_of<AlterPartitionReassignmentsResponse>(decision)
      .responses.at(0)
      .partitions.at(0)
      .error_code;
}

Decision isr_becomes(const Lab& lab, std::initializer_list<std::int32_t> members) {
  const metadata::Partition& partition = lab.partition();
  AlterPartitionRequest request;
  request.broker_id = partition.leader->value();
  request.broker_epoch = 100 + request.broker_id;
  AlterPartitionRequest::PartitionData data;
  data.leader_epoch = partition.leader_epoch.value();
  data.partition_epoch = partition.partition_epoch.value();
  for (const std::int32_t id : members) data.new_isr_with_epochs.push_back({id, 100 + id});
  request.topics.push_back({"", kOrders, {data}});
  return alter_partition(lab.view(), request, 3);
}

bool noted(const Lab& lab, std::string_view name) {
  for (const Note& note : notes_of(*lab.image, *lab.last_delta)) {
    if (note_name(note) == name) return true;
  }
  return false;
}

TEST_CASE("a reassignment adds the new replicas, and ends when all targets are in the ISR") {
  Lab lab = four_brokers();
  const Decision decision = ask(lab, std::vector<std::int32_t>{3, 4});
  CHECK(reassignment_code(decision) == ErrorCode::kNone);
  lab.apply(decision);
  CHECK(lab.partition().replicas == nodes({3, 4, 1, 2}));
  CHECK(lab.partition().adding == nodes({3, 4}));
  CHECK(lab.partition().removing == nodes({1, 2}));
  CHECK(lab.partition().leader == NodeId(1));
  CHECK(lab.index.reassigning().size() == 1);

  lab.apply(isr_becomes(lab, {1, 2, 3}));
  CHECK(lab.partition().reassigning());

  const Decision last = isr_becomes(lab, {1, 2, 3, 4});
  // The old leader is told to look for new metadata.
  CHECK(response_of<AlterPartitionResponse>(last).topics.at(0).partitions.at(0).error_code ==
        ErrorCode::kNewLeaderElected);
  lab.apply(last);
  CHECK(lab.partition().replicas == nodes({3, 4}));
  CHECK(lab.partition().isr == nodes({3, 4}));
  CHECK(lab.partition().leader == NodeId(3));
  CHECK(lab.partition().leader_epoch == LeaderEpoch(6));
  CHECK_FALSE(lab.partition().reassigning());
  CHECK(lab.partition().directories.size() == 2);
  CHECK(noted(lab, "reassignment completed"));
  CHECK(noted(lab, "replica placed"));
  lab.check_invariants();
}

TEST_CASE("rule reassignment-needs-target-in-isr off: one target replica is enough") {
  Lab lab = four_brokers();
  lab.rules.switch_off(Rule::kReassignmentNeedsTargetInIsr);
  lab.apply(ask(lab, std::vector<std::int32_t>{3, 4}));
  lab.apply(isr_becomes(lab, {1, 2, 3}));
  CHECK(lab.partition().replicas == nodes({3, 4}));
  CHECK(lab.partition().isr == nodes({3}));
}

TEST_CASE("reordering replicas completes at once and bumps no leader epoch") {
  Lab lab = four_brokers();
  lab.apply(ask(lab, std::vector<std::int32_t>{2, 1}));
  CHECK(lab.partition().replicas == nodes({2, 1}));
  CHECK_FALSE(lab.partition().reassigning());
  CHECK(lab.partition().leader_epoch == LeaderEpoch(5));
}

TEST_CASE("removing a replica bumps the leader epoch, so that it stops fetching as one") {
  Lab lab = four_brokers();
  lab.apply(ask(lab, std::vector<std::int32_t>{1}));
  CHECK(lab.partition().replicas == nodes({1}));
  CHECK(lab.partition().isr == nodes({1}));
  CHECK(lab.partition().leader == NodeId(1));
  CHECK(lab.partition().leader_epoch == LeaderEpoch(6));
}

TEST_CASE("a cancelled reassignment leaves the replicas as they were") {
  Lab lab = four_brokers();
  lab.apply(ask(lab, std::vector<std::int32_t>{3, 4}));
  lab.apply(isr_becomes(lab, {1, 2, 3}));
  const Decision decision = ask(lab, std::nullopt);
  CHECK(reassignment_code(decision) == ErrorCode::kNone);
  lab.apply(decision);
  CHECK(lab.partition().replicas == nodes({1, 2}));
  CHECK(lab.partition().isr == nodes({1, 2}));
  CHECK_FALSE(lab.partition().reassigning());
  CHECK_FALSE(noted(lab, "reassignment completed"));
  CHECK(reassignment_code(ask(lab, std::nullopt)) == ErrorCode::kNoReassignmentInProgress);
  lab.check_invariants();
}

TEST_CASE("cancelling is refused when only new replicas are in the ISR") {
  for (const bool unclean : {false, true}) {
    Lab lab;
    for (std::int32_t id = 1; id <= 4; ++id) lab.broker(id);
    lab.orders({.replicas = nodes({3, 4, 1, 2}),
                .isr = nodes({3}),
                .leader = 3,
                .adding = nodes({3, 4}),
                .removing = nodes({1, 2})});
    if (unclean) lab.topic_config("unclean.leader.election.enable", "true");
    CHECK(reassignment_code(ask(lab, std::nullopt)) ==
          (unclean ? ErrorCode::kNone : ErrorCode::kInvalidReplicaAssignment));
  }
}

struct BadTarget {
  std::vector<std::int32_t> target;
};

TEST_CASE("a target must name registered brokers, each once") {
  const Lab lab = four_brokers();
  for (const BadTarget& bad : std::vector<BadTarget>{{{}}, {{1, 1}}, {{1, 9}}, {{-1}}}) {
    const Decision decision = ask(lab, bad.target);
    CHECK(reassignment_code(decision) == ErrorCode::kInvalidReplicaAssignment);
    CHECK(decision.records.empty());
  }
}

TEST_CASE("the number of replicas is kept when the request says so") {
  const Lab lab = four_brokers();
  AlterPartitionReassignmentsRequest request;
  request.allow_replication_factor_change = false;
  request.topics.push_back({"orders", {{0, std::vector<std::int32_t>{1, 2, 3}}}});
  CHECK(reassignment_code(alter_reassignments(lab.view(), request)) ==
        ErrorCode::kInvalidReplicationFactor);
}

TEST_CASE("reassignments in progress are listed") {
  Lab lab = four_brokers();
  protocol::ListPartitionReassignmentsRequest request;
  const auto count = [&] {
    const Decision decision = list_reassignments(lab.view(), request);
    return response_of<protocol::ListPartitionReassignmentsResponse>(decision).topics.size();
  };
  CHECK(count() == 0);
  lab.apply(ask(lab, std::vector<std::int32_t>{3, 4}));
  CHECK(count() == 1);
  request.topics.emplace();
  CHECK(count() == 0);
  request.topics->push_back({"orders", {0, 1}});
  CHECK(count() == 1);
}

TEST_CASE("fencing the last missing target's rival does not complete a reassignment early") {
  Lab lab = four_brokers();
  lab.apply(ask(lab, std::vector<std::int32_t>{3, 4}));
  lab.apply(isr_becomes(lab, {1, 2, 3}));
  lab.apply(fence_broker(lab.view(), NodeId(1)));
  CHECK(lab.partition().reassigning());
  CHECK(lab.partition().leader == NodeId(3));
  lab.check_invariants();
}

}  // namespace
}  // namespace logarium::controller
