#include "engine/controller/directories.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

using protocol::AssignReplicasToDirsRequest;
using protocol::AssignReplicasToDirsResponse;
using protocol::ErrorCode;

constexpr Uuid kOldDisk{7, 7};

Uuid disk_of(std::int32_t broker) { return {8, static_cast<std::uint64_t>(broker)}; }

// Replicas on 1, 2 and 3; the metadata still names the disk that broker 3 had before.
Lab replaced_disk(const PartitionSpec& spec) {
  Lab lab;
  for (std::int32_t id = 1; id <= 3; ++id) lab.broker(id);
  lab.orders(spec);
  metadata::PartitionChangeRecord record;
  record.partition_id = 0;
  record.topic_id = kOrders;
  record.directories = std::vector<Uuid>{disk_of(1), disk_of(2), kOldDisk};
  lab.apply({record});
  return lab;
}

Decision assign(const Lab& lab, Uuid directory, std::int32_t partition = 0) {
  AssignReplicasToDirsRequest request;
  request.broker_id = 3;
  request.broker_epoch = 103;
  request.directories.push_back({directory, {{kOrders, {{partition}}}}});
  return assign_replicas_to_directories(lab.view(), request);
}

ErrorCode directories_code(const Decision& decision) {
  return response_of<AssignReplicasToDirsResponse>(decision)
      .directories.at(0)
      .topics.at(0)
      .partitions.at(0)
      .error_code;
}

TEST_CASE("a sole in-sync replica leads once the controller knows of its new disk") {
  Lab lab = replaced_disk({nodes({1, 2, 3}), nodes({3})});
  const Decision decision = assign(lab, disk_of(3));
  CHECK(directories_code(decision) == ErrorCode::kNone);
  lab.apply(decision);
  CHECK(lab.partition().directories == std::vector<Uuid>{disk_of(1), disk_of(2), disk_of(3)});
  CHECK(lab.partition().leader == NodeId(3));
  lab.check_invariants();
}

TEST_CASE("a last known leader with a new disk is not elected by telling of it") {
  Lab lab = replaced_disk({nodes({1, 2, 3}), {}, -1, {}, nodes({3})});
  lab.apply(assign(lab, disk_of(3)));
  CHECK_FALSE(lab.partition().leader.has_value());
  CHECK(lab.partition().directories.at(2) == disk_of(3));
}

TEST_CASE("a replica in a directory that is not online leaves the ISR") {
  Lab lab = replaced_disk({nodes({1, 2, 3}), nodes({1, 2, 3}), 1});
  lab.apply(assign(lab, Uuid{6, 6}));
  CHECK(lab.partition().isr == nodes({1, 2}));
  CHECK(lab.partition().leader == NodeId(1));
}

TEST_CASE("what is known already changes nothing, and what is unknown is refused") {
  Lab lab = replaced_disk({nodes({1, 2, 3}), nodes({1, 2, 3}), 1});
  lab.apply(assign(lab, disk_of(3)));
  CHECK(assign(lab, disk_of(3)).records.empty());
  CHECK(directories_code(assign(lab, disk_of(3), 5)) == ErrorCode::kUnknownTopicOrPartition);
}

}  // namespace
}  // namespace logarium::controller
