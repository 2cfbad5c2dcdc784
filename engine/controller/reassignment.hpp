#pragma once
// Moving replicas (KIP-455): a reassignment first adds the new replicas; when every target replica
// is in the ISR, the change that brings the last one in also removes the old ones.

#include "engine/controller/decision.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/list_partition_reassignments.hpp"

namespace logarium::controller {

// Sets of replicas are 32 bits wide (engine/base/note.hpp).
inline constexpr std::size_t kReplicasMax = 32;

// Null replicas cancel: the replicas are again those from before. Cancelling fails with
// INVALID_REPLICA_ASSIGNMENT when only new replicas are in the ISR, unless unclean elections are
// allowed; and with NO_REASSIGNMENT_IN_PROGRESS.
[[nodiscard]] Decision alter_reassignments(
    const View& view, const protocol::AlterPartitionReassignmentsRequest& request);

[[nodiscard]] Decision list_reassignments(
    const View& view, const protocol::ListPartitionReassignmentsRequest& request);

// Why brokers given by hand cannot be replicas: empty when they can.
[[nodiscard]] std::string assignment_error(const metadata::Image& image,
                                           const metadata::Nodes& replicas);

}  // namespace logarium::controller
