#pragma once
// Env: what the parts of a replica manager are lent for the length of one call. Never kept.

#include <optional>
#include <string>

#include "engine/metadata/image.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/replica/replicas.hpp"
#include "engine/replica/setup.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::replica {

struct Env {
  rpc::Port& port;
  const Setup& setup;
  const Brokers& brokers;
  const metadata::Image* image;  // null before the first metadata
  std::optional<BrokerEpoch> broker_epoch;
  Replicas& replicas;

  [[nodiscard]] Instant now() const { return port.step.now(); }
  [[nodiscard]] Scene scene() const { return {port.step, setup, brokers}; }
};

// A partition that a request names: its slot here, or why it is not served.
struct Located {
  Uuid topic;
  std::optional<Slot> slot;
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
};

// By name or, when the id is not zero, by topic id. Not here but in metadata:
// NOT_LEADER_OR_FOLLOWER. Unknown: UNKNOWN_TOPIC_OR_PARTITION by name, UNKNOWN_TOPIC_ID by id.
[[nodiscard]] Located locate(const Env& env, const std::string& topic, Uuid topic_id,
                             PartitionIndex index);

// The -1 of wire epochs as an absent value.
[[nodiscard]] inline std::optional<LeaderEpoch> wire_epoch(std::int32_t epoch) {
  return epoch < 0 ? std::nullopt : std::optional(LeaderEpoch(epoch));
}

// What the replica manager's timers and requests are for (Cookie::what).
enum class What : std::uint8_t {
  kProduceDeadline,   // value: operation
  kDeleteDeadline,    // value: operation
  kFetchDeadline,     // slot: session, value: its fetch
  kFetchReply,        // slot: fetcher, value: its generation
  kFetcherBackoff,    // slot: fetcher, value: its generation
  kPartitionBackoff,  // slot: partition, value: leader epoch
  kLeaderEndReply,    // slot: partition, value: leader epoch; ListOffsets(latest)
  kLeaderStartReply,  // likewise; ListOffsets(earliest)
  kAlterReply,
  kAlterRetry,
  kShrinkIsr,
  kCheckpointHighWatermarks,
  kCheckpointOffsets,
  kRetention,
  kProducerExpiry,
};
[[nodiscard]] inline Cookie cookie(What what, std::uint32_t slot = 0, std::uint64_t value = 0) {
  return {Machine::kReplica, static_cast<std::uint8_t>(what), slot, value};
}

}  // namespace logarium::replica
