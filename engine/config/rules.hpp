#pragma once
// The load-bearing comparisons of the protocol as named rules. All are on by default; a scenario
// may switch one off to show what it protects from. In the code a rule reads as the condition it
// is: `if (rules.on(Rule::kFenceOldLeaderEpoch) && asked < epoch) return FENCED_LEADER_EPOCH;`
// The table with meanings and sources is rules.cpp; `logarium rules` prints it.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace logarium {

class StateVisitor;

enum class Rule : std::uint8_t {
  // replication: followers
  kTruncateByLeaderEpoch,         // off: a follower truncates to its own high watermark
  kFollowerResetOnEpochChange,    // leader forgets follower state on a new leader epoch
  kRestartFetcherOnNewEpochOnly,  // "new leader epoch > local" before fetchers restart
  kMatchFetchOffset,              // a fetch response counts only for the offset it was asked at
  kMatchFetchEpoch,               // ... and only in the leader epoch it was asked in
  kAppendOnlyFetchedEpoch,        // batches of a later epoch than the fetch's are not appended
  kClampFollowerHighWatermark,    // a follower's HW stays within its own log
  // replication: leaders
  kFenceOldLeaderEpoch,          // FENCED_LEADER_EPOCH
  kRefuseNewerLeaderEpoch,       // UNKNOWN_LEADER_EPOCH
  kCheckLastFetchedEpoch,        // a fetch from a log that differs is told where
  kHighWatermarkOverMaximalIsr,  // off: HW over the committed ISR only
  kLeavingReplicasCount,         // ... and over those whose removal is in flight
  kHighWatermarkNeedsMinIsr,     // HW stands still below min.insync.replicas
  kMinIsrBeforeAppend,           // NOT_ENOUGH_REPLICAS
  kMinIsrBeforeAnswer,           // NOT_ENOUGH_REPLICAS_AFTER_APPEND
  kExpandNeedsHighWatermark,     // a joining replica has reached the HW ...
  kExpandNeedsEpochStart,        // ... and the start of the leader epoch
  kExpandNeedsEligibility,       // ... and is unfenced, not stopping, of the registered epoch
  kExpandWhenUnfenced,           // a replica whose broker came back may join again
  kSameEndIsInSync,              // who has all of the log is in sync, however long ago it fetched
  kResendIsrChange,              // an ISR change is sent until it is answered
  kCheckFollowerBrokerEpoch,     // broker epoch of a fetch equals the registered one (KIP-903)
  kMonotonicHighWatermark,       // a leader's HW never falls
  kIdempotentSequences,          // duplicate and gap checks per producer
  kProduceToLeaderOnly,          // NOT_LEADER_OR_FOLLOWER
  kReadBelowHighWatermark,       // consumers see committed records only
  kWaitAboveHighWatermark,       // a position beyond the HW is not out of range
  kRetentionBelowHighWatermark,  // retention deletes committed segments only
  kAnswerAfterHighWatermark,     // acks=all waits for the HW
  kExpireWaitingProduces,        // ... no longer than the producer asked for
  kAnswerProducesOfLostLeader,   // ... and no longer than this broker leads
  // log
  kRecoverUncleanLog,          // scan and cut damaged tails after an unclean stop
  kVerifyBatchCrc,             // refuse batches whose CRC does not match
  kKeepEpochZero,              // epoch cache entries of epoch 0 survive recovery
  kRemoveCleanMarkerAtStart,   // the clean-shutdown marker goes as soon as it was read
  kSyncNewFilesIntoDirectory,  // a new segment is durable with its name
  // quorum
  kVoteOncePerEpoch,
  kPersistVoteBeforeAnswer,
  kVoteNeedsUpToDateLog,
  kPreVote,  // KIP-996
  kCheckQuorum,
  kResignAfterRestart,        // an ex-leader never leads again in the same epoch
  kCommitOnlyOwnEpoch,        // quorum HW must pass the leader's epoch start
  kQuorumCountsSyncedOnly,    // a leader counts its own synced end only
  kSyncBeforeFetch,           // a voter syncs before its next fetch acknowledges
  kRediscoverQuorumLeader,    // a follower of a deposed leader believes who tells it so
  kSnapshotReplacesMetadata,  // what a snapshot does not hold is gone
  // controller
  kCheckIncarnation,  // DUPLICATE_BROKER_REGISTRATION, ISR leave on new incarnation
  kAlterPartitionChecksBrokerEpoch,
  kAlterPartitionChecksPartitionEpoch,
  kAlterPartitionChecksLeaderEpoch,
  kAlterPartitionChecksEligibility,
  kFenceStaleSessions,  // brokers without heartbeats are fenced
  kFencedLeaveIsr,      // fenced brokers leave every ISR and lead nothing
  kElectFromIsrOnly,    // clean elections choose ISR (or ELR) members
  kReassignmentNeedsTargetInIsr,
  kShutdownWaitsForMetadata,  // a stopping broker waits until active brokers know
  kFixShutdownOffset,         // ... what was true when it began to stop
  kUnfenceNeedsCaughtUpMetadata,
  kElectOnUnfence,  // partitions without leader get one when a broker comes back
  kElr,             // KIP-966 eligible leader replicas
  // clients
  kFetchEpochValidation,     // consumers validate positions on a new leader epoch (KIP-320)
  kDeliveryTimeout,          // producers give a record up after delivery.timeout.ms
  kUnansweredSendIsOpen,     // a batch without an answer may be in the log
  kPositionFollowsDelivery,  // a position moves past delivered records only
  kMatchFetchPosition,       // an answer counts only for the position asked
  kCount,
};

inline constexpr std::size_t kRuleCount = static_cast<std::size_t>(Rule::kCount);

// One row of the table.
struct RuleInfo {
  Rule rule;
  std::string_view name;     // as in scenarios: "truncate-by-leader-epoch"
  std::string_view meaning;  // one sentence: what must hold, and what it protects from
  std::string_view source;   // KIP, JIRA, TLA+ spec
};

[[nodiscard]] std::span<const RuleInfo> rule_table();
// Empty when there is no rule of this name.
[[nodiscard]] std::optional<Rule> find_rule(std::string_view name);

// Which rules are on: plain data, part of a node's configuration.
class Rules {
 public:
  [[nodiscard]] constexpr bool on(Rule rule) const {
    return (off_[word_of(rule)] & bit_of(rule)) == 0;
  }
  constexpr void switch_off(Rule rule) { off_[word_of(rule)] |= bit_of(rule); }
  constexpr bool operator==(const Rules&) const = default;
  void describe(StateVisitor& v) const;

 private:
  static constexpr std::size_t word_of(Rule rule) { return static_cast<std::size_t>(rule) / 64; }
  static constexpr std::uint64_t bit_of(Rule rule) {
    return std::uint64_t{1} << (static_cast<unsigned>(rule) % 64);
  }
  std::array<std::uint64_t, (kRuleCount + 63) / 64> off_{};
};

}  // namespace logarium
