#pragma once
// The properties with their ids, names and meanings, and the function that makes each checker.
// R: replication and log. Q: metadata quorum. C: controller. L: liveness. K: what
// clients observe. F: notes against state.

#include <memory>

#include "sim/checkers/checker.hpp"

namespace logarium::checkers {

inline constexpr Property kCommittedPrefix{
    "R1", "in-sync replicas hold what was committed",
    "Every in-sync replica that knows the current leader holds exactly the committed records below "
    "its log end."};
inline constexpr Property kValidHighWatermark{
    "R2", "the high watermark is held by every in-sync replica",
    "A leader commits a record only when every replica that may succeed it has the record."};
inline constexpr Property kNoAcknowledgedLoss{
    "R3", "no acknowledged record is lost",
    "What a producer was told is stored is in the log of the current leader, or was removed by "
    "retention or DeleteRecords, or its loss is explained."};
inline constexpr Property kLeaderCompleteness{
    "R4", "a new leader has all committed records",
    "A replica that takes office in a clean election holds every record that was ever committed."};
inline constexpr Property kCandidateCompleteness{
    "R5", "whoever may be elected has all committed records",
    "Every active member of the ISR and the ELR reaches up to the end of what was committed."};
inline constexpr Property kOneLeaderPerEpoch{
    "R6", "one leader per leader epoch",
    "In a leader epoch only the broker that the controller named appends as leader."};
inline constexpr Property kLogMatching{
    "R7", "logs match",
    "Two replicas that hold a batch of the same leader epoch at the same offset hold the same "
    "records there and below."};
inline constexpr Property kLogShape{
    "R8", "logs are well formed",
    "Offsets of a log increase, leader epochs do not fall, and no batch is of an epoch that the "
    "replica does not know."};
inline constexpr Property kBounds{
    "R9", "offsets of a replica are in order",
    "Log start <= high watermark <= log end, and no checkpointed high watermark was never "
    "reached."};
inline constexpr Property kMonotonicHighWatermark{
    "R10", "the high watermark never falls",
    "Within a leader epoch the high watermark of a leader only rises."};
inline constexpr Property kMembership{
    "R11", "ISR, ELR and leader are possible",
    "The leader is in the ISR, the ISR among the replicas, ISR and ELR are disjoint, no fenced "
    "broker is in an ISR, and epochs never fall."};
inline constexpr Property kQuorumSuperset{
    "R12", "the leader waits for the whole committed ISR",
    "The replicas a leader waits for include every member of the committed ISR."};
inline constexpr Property kReadConsistency{
    "R13", "reads are of committed records",
    "A consumer gets a committed record at the offset at which it was committed."};
inline constexpr Property kProducerOrder{
    "R14", "records stand in the order in which they were sent",
    "The batches of an idempotent producer are committed per partition in sending order."};
inline constexpr Property kIdempotence{
    "R15", "an idempotent producer's record is committed once",
    "No batch of an idempotent producer stands twice in a partition."};
inline constexpr Property kJustifiedOutOfRange{
    "R16", "OFFSET_OUT_OF_RANGE has a cause",
    "A position is refused or reset only when it lies outside the log."};
inline constexpr Property kRetention{
    "R17", "retention deletes committed records only",
    "A segment that retention deletes lies below the high watermark."};
inline constexpr Property kRecovery{
    "R19", "a restart keeps what the disk kept",
    "After a crash all written records are there, after a power loss all synced ones."};
inline constexpr Property kTruncation{
    "R20", "in-sync replicas do not cut committed records",
    "A member of the ISR never truncates below what was committed."};
inline constexpr Property kOneQuorumLeader{
    "Q1", "one quorum leader per epoch",
    "The metadata quorum has at most one leader in an epoch, and no node's epoch falls."};
inline constexpr Property kOneVote{"Q2", "one vote per epoch",
                                   "A voter gives one vote in an epoch, also across restarts."};
inline constexpr Property kQuorumLogKept{
    "Q3", "committed metadata is never truncated",
    "Nothing below the quorum's high watermark is truncated, and a restarted leader does not lead "
    "the same epoch again."};
inline constexpr Property kQuorumDurability{
    "Q4", "committed metadata is on a majority's stable storage",
    "What the quorum commits is synced by a majority of the voters, and every new leader has it."};
inline constexpr Property kEqualImages{
    "Q5", "equal metadata at equal offsets",
    "Nodes that applied the metadata log up to the same offset have the same metadata."};
inline constexpr Property kFencedLeadNothing{
    "C1", "fenced brokers lead nothing",
    "The batch of metadata that fences a broker also takes its leaderships away."};
inline constexpr Property kAlterPartitionByLeader{
    "C2", "only the leader changes the ISR",
    "An ISR change is accepted only from the leader of the epoch it names, while that lasts."};
inline constexpr Property kReassignmentComplete{
    "C3", "a reassignment completes with all targets in sync",
    "A reassignment ends only when every target replica is in the ISR; replicas are on distinct "
    "brokers."};
inline constexpr Property kSafeShutdown{
    "C4", "a broker that may stop leads nothing",
    "The controller lets a broker go only when it leads no partition and every active broker "
    "knows so."};

inline constexpr Property kQuorumLeaderKnown{
    "L1", "the quorum finds a leader",
    "After the last fault the metadata quorum soon has a leader that every running server knows."};
inline constexpr Property kPartitionLeaderKnown{
    "L2", "every partition finds a leader",
    "After the last fault every partition with a running candidate soon has a leader at work that "
    "every broker knows."};
inline constexpr Property kReplicasCatchUp{
    "L3", "replicas come back in sync",
    "After the last fault every running replica soon is in the ISR and all records are "
    "committed."};
inline constexpr Property kSendsEnd{
    "L4", "every send has an outcome",
    "A producer tells the outcome of every record within delivery.timeout.ms."};
inline constexpr Property kIsrChangeResolves{
    "L5", "ISR changes are answered",
    "After the last fault no ISR change waits for its answer for ever."};
inline constexpr Property kNothingParked{
    "L9", "nothing waits for ever",
    "No produce request is held for longer than it asked to wait, a cluster at rest holds none, "
    "and a started broker is unfenced."};
inline constexpr Property kAdminWorkEnds{
    "L10", "reassignments, deletions and shutdowns end",
    "After the last fault reassignments complete, deleted replicas go, and stopping brokers stop."};
inline constexpr Property kQuietTail{
    "L11", "a healed cluster comes to rest",
    "Long after the last fault there are no elections, ISR changes, fencings or resets any more."};

inline constexpr Property kLostWrite{
    "K1", "no acknowledged record is passed over",
    "A consumer that reads beyond an acknowledged record's offset gets the record (Jepsen: "
    "lost-write)."};
inline constexpr Property kSeen{
    "K2", "acknowledged records are read in the end",
    "When all is at rest, consumers have read every acknowledged record (Jepsen: unseen)."};
inline constexpr Property kConsistentOffsets{
    "K3", "an offset holds one record",
    "Producers and consumers see one and the same record at an offset (Jepsen: "
    "inconsistent-offsets)."};
inline constexpr Property kNoDuplicate{
    "K4", "an idempotent producer's record is read at one offset",
    "No record of an idempotent producer is read at two offsets (Jepsen: duplicate)."};
inline constexpr Property kIntactValues{"K5", "values arrive as they were sent",
                                        "No consumer gets a damaged value."};
inline constexpr Property kNoFailedRead{
    "K6", "a failed record is not read",
    "What a producer was told is certainly not stored is never read (Jepsen: G1a)."};
inline constexpr Property kNoPollSkip{
    "K7", "consumers skip nothing",
    "A consumer goes on where its last poll ended, unless it was reset (Jepsen: poll-skip)."};
inline constexpr Property kMonotonicPoll{
    "K8", "consumers do not go back",
    "A consumer's position falls only when it is reset (Jepsen: nonmonotonic-poll)."};
inline constexpr Property kMonotonicSend{
    "K9", "acknowledged offsets follow the order of sending",
    "An idempotent producer's records get rising offsets in a partition (Jepsen: "
    "nonmonotonic-send)."};

inline constexpr Property kNotesAgree{"F1", "notes agree with the nodes' state",
                                      "What the nodes told in their notes is what they hold; a "
                                      "node that forgets a note cannot hide a "
                                      "bug."};

[[nodiscard]] std::unique_ptr<Checker> make_notes_agree();
[[nodiscard]] std::unique_ptr<Checker> make_direct_view();
[[nodiscard]] std::unique_ptr<Checker> make_client_records();
[[nodiscard]] std::unique_ptr<Checker> make_client_order();

[[nodiscard]] std::unique_ptr<Checker> make_quorum_leader_known();
[[nodiscard]] std::unique_ptr<Checker> make_partition_leader_known();
[[nodiscard]] std::unique_ptr<Checker> make_replicas_catch_up();
[[nodiscard]] std::unique_ptr<Checker> make_sends_end();
[[nodiscard]] std::unique_ptr<Checker> make_isr_change_resolves();
[[nodiscard]] std::unique_ptr<Checker> make_nothing_parked();
[[nodiscard]] std::unique_ptr<Checker> make_admin_work_ends();
[[nodiscard]] std::unique_ptr<Checker> make_quiet_tail();

[[nodiscard]] std::unique_ptr<Checker> make_committed_prefix();
[[nodiscard]] std::unique_ptr<Checker> make_valid_high_watermark();
[[nodiscard]] std::unique_ptr<Checker> make_no_acknowledged_loss();
[[nodiscard]] std::unique_ptr<Checker> make_leader_completeness();
[[nodiscard]] std::unique_ptr<Checker> make_candidate_completeness();
[[nodiscard]] std::unique_ptr<Checker> make_one_leader_per_epoch();
[[nodiscard]] std::unique_ptr<Checker> make_log_matching();
[[nodiscard]] std::unique_ptr<Checker> make_log_shape();
[[nodiscard]] std::unique_ptr<Checker> make_bounds();
[[nodiscard]] std::unique_ptr<Checker> make_monotonic_high_watermark();
[[nodiscard]] std::unique_ptr<Checker> make_membership();
[[nodiscard]] std::unique_ptr<Checker> make_quorum_superset();
[[nodiscard]] std::unique_ptr<Checker> make_read_consistency();
[[nodiscard]] std::unique_ptr<Checker> make_producer_order();
[[nodiscard]] std::unique_ptr<Checker> make_idempotence();
[[nodiscard]] std::unique_ptr<Checker> make_justified_out_of_range();
[[nodiscard]] std::unique_ptr<Checker> make_retention();
[[nodiscard]] std::unique_ptr<Checker> make_recovery();
[[nodiscard]] std::unique_ptr<Checker> make_truncation();
[[nodiscard]] std::unique_ptr<Checker> make_one_quorum_leader();
[[nodiscard]] std::unique_ptr<Checker> make_one_vote();
[[nodiscard]] std::unique_ptr<Checker> make_quorum_log_kept();
[[nodiscard]] std::unique_ptr<Checker> make_quorum_durability();
[[nodiscard]] std::unique_ptr<Checker> make_equal_images();
[[nodiscard]] std::unique_ptr<Checker> make_fenced_lead_nothing();
[[nodiscard]] std::unique_ptr<Checker> make_alter_partition_by_leader();
[[nodiscard]] std::unique_ptr<Checker> make_reassignment_complete();
[[nodiscard]] std::unique_ptr<Checker> make_safe_shutdown();

}  // namespace logarium::checkers
