#pragma once
// AlterPartition (KIP-497, KIP-841, KIP-903): a partition's leader proposes a new ISR. It is a
// compare-and-set on the partition epoch, accepted from the current leader in its current epoch
// and for eligible members only.

#include "engine/controller/decision.hpp"
#include "engine/protocol/messages/alter_partition.hpp"

namespace logarium::controller {

// One answer per partition, in this order of checks: the caller's broker epoch
// (STALE_BROKER_EPOCH for the whole request); unknown topic or partition; leader or partition
// epoch ahead of ours: we are not the controller any more (NOT_CONTROLLER); leader epoch behind
// (FENCED_LEADER_EPOCH); not the leader (INVALID_REQUEST); partition epoch behind
// (INVALID_UPDATE_VERSION); ISR not within the replicas or without the leader (INVALID_REQUEST);
// recovering with more than one member, or recovered to recovering (INVALID_REQUEST); a member
// that is fenced, stopping or registered under another epoch (INELIGIBLE_REPLICA). A change that
// completes a reassignment and moves the leader answers NEW_LEADER_ELECTED and takes effect.
[[nodiscard]] Decision alter_partition(const View& view,
                                       const protocol::AlterPartitionRequest& request,
                                       std::int16_t version);

}  // namespace logarium::controller
