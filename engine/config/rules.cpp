#include "engine/config/rules.hpp"

#include <array>

#include "engine/base/state_visitor.hpp"

namespace logarium {
namespace {

constexpr std::array<RuleInfo, kRuleCount> kTable = {{
    {Rule::kTruncateByLeaderEpoch, "truncate-by-leader-epoch",
     "A follower truncates where its log leaves the leader's history, not to its own "
     "high watermark, which lags and would cut acknowledged records.",
     "KIP-101, KIP-279, KIP-595"},
    {Rule::kFollowerResetOnEpochChange, "reset-follower-state",
     "A leader forgets what it knew of its followers when its leader epoch changes, so"
     " that stale log ends do not move the high watermark.",
     "Vanlightly kafka-tlaplus"},
    {Rule::kRestartFetcherOnNewEpochOnly, "restart-fetcher-on-new-epoch",
     "A follower restarts its fetcher only for a leader epoch newer than its own, so "
     "that an old leader is not followed again.",
     "Vanlightly kafka-tlaplus"},
    {Rule::kMatchFetchOffset, "match-fetch-offset",
     "A fetch response counts only if the replica still stands at the offset that was "
     "asked for.",
     "Vanlightly kafka-tlaplus"},
    {Rule::kMatchFetchEpoch, "match-fetch-epoch",
     "A fetch response counts only in the leader epoch in which it was asked for.", "KAFKA-7786"},
    {Rule::kAppendOnlyFetchedEpoch, "append-only-fetched-epoch",
     "A follower appends no batch of a later leader epoch than that of its fetch.",
     "KAFKA-17862, KIP-320"},
    {Rule::kClampFollowerHighWatermark, "clamp-follower-high-watermark",
     "A follower takes over its leader's high watermark only as far as its own log reaches.",
     "Kafka UnifiedLog.updateHighWatermark"},
    {Rule::kFenceOldLeaderEpoch, "fence-old-leader-epoch",
     "A request with an older leader epoch is refused with FENCED_LEADER_EPOCH.", "KIP-320"},
    {Rule::kRefuseNewerLeaderEpoch, "refuse-newer-leader-epoch",
     "A request with a newer leader epoch than the replica's is refused with "
     "UNKNOWN_LEADER_EPOCH, so that a deposed leader serves nobody who knows better.",
     "KIP-320"},
    {Rule::kCheckLastFetchedEpoch, "check-last-fetched-epoch",
     "A leader compares the epoch of a follower's last record with its own history and answers "
     "where the two part, not with records to append behind them.",
     "KIP-595"},
    {Rule::kHighWatermarkOverMaximalIsr, "hw-over-maximal-isr",
     "The high watermark waits for replicas whose addition to the ISR is in flight, "
     "since the controller may already have committed it.",
     "KIP-497, KAFKA-8836"},
    {Rule::kLeavingReplicasCount, "leaving-replicas-count",
     "The high watermark waits for replicas whose removal from the ISR is in flight, since the "
     "controller may refuse it.",
     "KIP-497"},
    {Rule::kHighWatermarkNeedsMinIsr, "hw-needs-min-isr",
     "The high watermark stands still while the ISR is smaller than "
     "min.insync.replicas.",
     "KIP-966"},
    {Rule::kMinIsrBeforeAppend, "min-isr-before-append",
     "With acks=all nothing is appended while the ISR is smaller than "
     "min.insync.replicas (NOT_ENOUGH_REPLICAS).",
     "Kafka Partition.appendRecordsToLeader"},
    {Rule::kMinIsrBeforeAnswer, "min-isr-before-answer",
     "An acks=all produce is answered NOT_ENOUGH_REPLICAS_AFTER_APPEND when the ISR "
     "shrank below min.insync.replicas meanwhile.",
     "Kafka Partition.checkEnoughReplicasReachOffset"},
    {Rule::kExpandNeedsHighWatermark, "expand-needs-high-watermark",
     "A replica joins the ISR only after it has reached the leader's high watermark.",
     "Vanlightly kafka-tlaplus"},
    {Rule::kExpandNeedsEpochStart, "expand-needs-epoch-start",
     "A replica joins the ISR only after it has reached the start of the leader's "
     "epoch.",
     "KAFKA-7128"},
    {Rule::kExpandNeedsEligibility, "expand-needs-eligibility",
     "Only an unfenced broker that is not shutting down joins an ISR.", "KIP-841"},
    {Rule::kExpandWhenUnfenced, "expand-when-unfenced",
     "A replica that fell out of the ISR is proposed for it again when it has caught up and its "
     "broker is unfenced; nobody else would ever take it in.",
     "KIP-497, KIP-841"},
    {Rule::kSameEndIsInSync, "same-end-is-in-sync",
     "A follower whose log ends where the leader's does is in sync however long ago it fetched, "
     "so that idle partitions keep their ISR.",
     "Kafka Replica.isCaughtUp"},
    {Rule::kResendIsrChange, "resend-isr-change",
     "A leader sends an ISR change again when its request is lost or the controller could not "
     "decide it, since no other change is possible meanwhile.",
     "KIP-497"},
    {Rule::kCheckFollowerBrokerEpoch, "check-follower-broker-epoch",
     "A follower's fetch carries its broker epoch and counts only while that is the "
     "registered one, so that a wiped and restarted broker is not taken for its former"
     " self.",
     "KIP-903"},
    {Rule::kMonotonicHighWatermark, "monotonic-high-watermark",
     "A leader's high watermark never falls within its epoch.", "KIP-207"},
    {Rule::kIdempotentSequences, "idempotent-sequences",
     "Batches of an idempotent producer are appended once and in sequence.", "KIP-98"},
    {Rule::kProduceToLeaderOnly, "produce-to-leader-only",
     "Only the leader of a partition takes what producers send; others answer "
     "NOT_LEADER_OR_FOLLOWER.",
     "Kafka Partition.appendRecordsToLeader"},
    {Rule::kReadBelowHighWatermark, "read-below-high-watermark",
     "Consumers are served records below the high watermark only.", "Kafka Partition.readRecords"},
    {Rule::kWaitAboveHighWatermark, "wait-above-high-watermark",
     "A consumer whose position lies between the high watermark and the log end waits there: a new "
     "leader or a follower may not know yet that what it has read is committed.",
     "KAFKA-9952, KIP-392"},
    {Rule::kRetentionBelowHighWatermark, "retention-below-high-watermark",
     "Retention deletes only segments that lie wholly below the high watermark.", "KAFKA-5634"},
    {Rule::kAnswerAfterHighWatermark, "answer-after-high-watermark",
     "An acks=all produce is answered only when the high watermark has passed its last"
     " record.",
     "Kafka DelayedProduce"},
    {Rule::kExpireWaitingProduces, "expire-waiting-produces",
     "A produce that waits longer than its own timeout is answered REQUEST_TIMED_OUT.",
     "Kafka DelayedOperation"},
    {Rule::kAnswerProducesOfLostLeader, "answer-produces-of-lost-leader",
     "A broker that leads no longer answers the produces that wait there with "
     "NOT_LEADER_OR_FOLLOWER, since nothing else will release them.",
     "Kafka ReplicaManager.completeDelayedOperationsWhenNotPartitionLeader"},
    {Rule::kRecoverUncleanLog, "recover-unclean-log",
     "After an unclean stop the log is scanned from the recovery point and cut at the "
     "first damaged batch.",
     "Kafka LogLoader"},
    {Rule::kVerifyBatchCrc, "verify-batch-crc",
     "A batch whose CRC-32C does not match its bytes is refused.", "Kafka record format v2"},
    {Rule::kKeepEpochZero, "keep-epoch-zero",
     "Entries of leader epoch 0 survive recovery of the leader-epoch cache.", "KAFKA-10432"},
    {Rule::kRemoveCleanMarkerAtStart, "remove-clean-marker-at-start",
     "The marker of a clean shutdown is removed as soon as it has been read.", "KAFKA-10471"},
    {Rule::kSyncNewFilesIntoDirectory, "sync-new-files-into-directory",
     "Before a log counts as synced its directory is synced too, or a power loss takes a whole new "
     "segment with its name.",
     "KAFKA-10471, Kafka LocalLog.flush"},
    {Rule::kVoteOncePerEpoch, "vote-once-per-epoch", "A voter gives one vote per quorum epoch.",
     "Raft 5.2, KIP-595"},
    {Rule::kPersistVoteBeforeAnswer, "persist-vote-before-answer",
     "A vote is on stable storage before it is answered.", "Raft 5.2, KIP-595"},
    {Rule::kVoteNeedsUpToDateLog, "vote-needs-up-to-date-log",
     "A vote goes only to a candidate whose log is at least as up to date as the "
     "voter's.",
     "Raft 5.4.1"},
    {Rule::kPreVote, "pre-vote",
     "A voter asks whether it would win before it raises the epoch, so that one cut "
     "off does not depose a healthy leader.",
     "KIP-996"},
    {Rule::kCheckQuorum, "check-quorum",
     "A quorum leader that a majority has not fetched from in time resigns.",
     "KAFKA-15489, KIP-853"},
    {Rule::kResignAfterRestart, "resign-after-restart",
     "A quorum leader that restarts never leads again in the same epoch, since its "
     "unsynced tail may be gone.",
     "KAFKA-10527"},
    {Rule::kCommitOnlyOwnEpoch, "commit-only-own-epoch",
     "The quorum's high watermark moves only past the start of the leader's own epoch.",
     "Raft 5.4.2"},
    {Rule::kQuorumCountsSyncedOnly, "quorum-counts-synced-only",
     "A quorum leader counts its own log only as far as it is synced.", "KIP-595"},
    {Rule::kSyncBeforeFetch, "sync-before-fetch",
     "A voter syncs what it has appended before its next fetch acknowledges it.", "KIP-595"},
    {Rule::kRediscoverQuorumLeader, "rediscover-quorum-leader",
     "A member that follows a quorum leader believes an answer that names a newer epoch or "
     "another leader, lest it ask a deposed leader for ever.",
     "KAFKA-17030, KIP-595"},
    {Rule::kSnapshotReplacesMetadata, "snapshot-replaces-metadata",
     "A snapshot of the metadata replaces all that a node knew: what it does not hold was "
     "deleted.",
     "KIP-630, Kafka MetadataDelta.finishSnapshot"},
    {Rule::kCheckIncarnation, "check-incarnation",
     "A registration from another incarnation while a session lives is refused, and a "
     "new incarnation leaves every ISR first.",
     "KIP-631, Vanlightly kafka-tlaplus"},
    {Rule::kAlterPartitionChecksBrokerEpoch, "alter-partition-checks-broker-epoch",
     "AlterPartition is refused when a proposed ISR member's or the caller's broker "
     "epoch is not the registered one.",
     "KIP-903"},
    {Rule::kAlterPartitionChecksPartitionEpoch, "alter-partition-checks-partition-epoch",
     "AlterPartition is a compare-and-set on the partition epoch.", "KIP-497"},
    {Rule::kAlterPartitionChecksLeaderEpoch, "alter-partition-checks-leader-epoch",
     "AlterPartition is accepted from the current leader in its current epoch only.", "KIP-497"},
    {Rule::kAlterPartitionChecksEligibility, "alter-partition-checks-eligibility",
     "No fenced or stopping broker is accepted into an ISR (INELIGIBLE_REPLICA).", "KIP-841"},
    {Rule::kFenceStaleSessions, "fence-stale-sessions",
     "A broker whose heartbeats stay away for broker.session.timeout.ms is fenced.", "KIP-631"},
    {Rule::kFencedLeaveIsr, "fenced-leave-isr",
     "A fenced broker leaves every ISR and leads nothing, in the same batch of "
     "records.",
     "KIP-631"},
    {Rule::kElectFromIsrOnly, "elect-from-isr-only",
     "Unless unclean elections are allowed a leader comes from the ISR or the ELR.", "KIP-966"},
    {Rule::kReassignmentNeedsTargetInIsr, "reassignment-needs-target-in-isr",
     "A reassignment completes only when every target replica is in the ISR.", "KIP-455"},
    {Rule::kShutdownWaitsForMetadata, "shutdown-waits-for-metadata",
     "A stopping broker is let go only when every active broker knows that it leads "
     "nothing.",
     "KAFKA-14238, KIP-631"},
    {Rule::kFixShutdownOffset, "fix-shutdown-offset",
     "What active brokers must have read before a broker may stop is fixed when its shutdown "
     "begins, or it would run away from them.",
     "KAFKA-14292"},
    {Rule::kUnfenceNeedsCaughtUpMetadata, "unfence-needs-caught-up-metadata",
     "A broker is unfenced only after it has read the metadata up to its own "
     "registration.",
     "KIP-631"},
    {Rule::kElectOnUnfence, "elect-on-unfence",
     "When a broker is unfenced, partitions without a leader that it may lead get one in the same "
     "batch of records.",
     "KIP-631, Kafka ReplicationControlManager.handleBrokerUnfenced"},
    {Rule::kElr, "eligible-leader-replicas",
     "Replicas that leave the ISR below min.insync.replicas stay eligible to lead, "
     "unless they stopped uncleanly.",
     "KIP-966"},
    {Rule::kFetchEpochValidation, "fetch-epoch-validation",
     "A consumer checks its position against the new leader's epochs before it goes on"
     " fetching.",
     "KIP-320"},
    {Rule::kDeliveryTimeout, "delivery-timeout",
     "A producer reports an error for a record that is not acknowledged within "
     "delivery.timeout.ms.",
     "KIP-91"},
    {Rule::kUnansweredSendIsOpen, "unanswered-send-is-open",
     "A producer that gives up a batch whose request got no answer does not say that it failed for "
     "certain: it may be in the log.",
     "KIP-91, Jepsen kafka"},
    {Rule::kPositionFollowsDelivery, "position-follows-delivery",
     "A consumer's position is behind the last record that it gave to the application, not behind "
     "all that it has fetched.",
     "Kafka FetchCollector.fetchRecords"},
    {Rule::kMatchFetchPosition, "match-fetch-position",
     "A fetch response counts only if the consumer still stands at the offset that was asked for "
     "and reads from that broker.",
     "Kafka FetchCollector.handleInitializeSuccess"},
}};

}  // namespace

std::span<const RuleInfo> rule_table() { return kTable; }

std::optional<Rule> find_rule(std::string_view name) {
  for (const RuleInfo& info : kTable) {
    if (info.name == name) return info.rule;
  }
  return std::nullopt;
}

void Rules::describe(StateVisitor& v) const {
  for (const std::uint64_t word : off_) visit(v, "off", word);
}

}  // namespace logarium
