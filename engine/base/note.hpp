#pragma once
// Notes: the closed list of facts that nodes and the simulated host emit. Checkers, triggers, the
// run file and the viewer read them; nodes never do. Each note is fixed in size and names every
// field once in `fields`, from which its hash, its record in a run file and its text are made.
//
// A set of replicas is a ReplicaSet: bit i stands for the i-th replica in the assignment order
// that the latest ReplicaPlaced notes gave (an assignment has at most 32 replicas).

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/ids.hpp"
#include "engine/base/note_values.hpp"
#include "engine/base/time.hpp"

namespace logarium {

using ReplicaSet = Tagged<struct ReplicaSetTag, std::uint32_t>;

namespace note {

// ---- a replica on a broker, or the metadata log on a quorum member (kMetadataPartition) ---------

// A replica is open after loading or recovery.
struct ReplicaOpened {
  PartitionRef partition;
  Offset log_start, log_end, high_watermark;
  std::uint64_t chain = 0;  // hash chain at log_end; 0 when recovery starts it anew
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("log start", log_start), v("log end", log_end),
        v("high watermark", high_watermark), v("chain", chain);
  }
};
// Recovery after an unclean stop found this batch whole on the disk; comes before ReplicaOpened.
struct BatchRecovered {
  PartitionRef partition;
  Offset base, next;
  LeaderEpoch leader_epoch;
  std::uint64_t content = 0;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base), v("next", next), v("leader epoch", leader_epoch),
        v("content", content);
  }
};
// The replica is gone from this broker (topic deleted, or reassigned away).
struct ReplicaDeleted {
  PartitionRef partition;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition);
  }
};
struct BecameLeader {
  PartitionRef partition;
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;
  Offset log_end;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("leader epoch", leader_epoch),
        v("partition epoch", partition_epoch), v("log end", log_end);
  }
};
struct BecameFollower {
  PartitionRef partition;
  NodeId leader;  // -1: none
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;
  Offset log_end;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("leader", leader), v("leader epoch", leader_epoch),
        v("partition epoch", partition_epoch), v("log end", log_end);
  }
};
// A batch is written (page cache): the log now ends at `next`. `content` identifies the batch's
// records; `chain` folds (base, leader epoch, content) over all batches from the log's start.
struct Appended {
  PartitionRef partition;
  Offset base, next;
  LeaderEpoch leader_epoch;
  Role role = Role::kFollower;
  std::uint64_t content = 0;
  std::uint64_t chain = 0;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base), v("next", next), v("leader epoch", leader_epoch),
        v("role", role), v("content", content), v("chain", chain);
  }
};
// All bytes below `end` are on stable storage.
struct Synced {
  PartitionRef partition;
  Offset end;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("end", end);
  }
};
struct Truncated {
  PartitionRef partition;
  Offset from, to;  // old and new log end
  TruncateCause cause = TruncateCause::kDivergingEpoch;
  std::uint64_t chain = 0;  // at the new end
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("from", from), v("to", to), v("cause", cause), v("chain", chain);
  }
};
struct LogStartMoved {
  PartitionRef partition;
  Offset start;
  StartCause cause = StartCause::kRetention;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("start", start), v("cause", cause);
  }
};
struct HighWatermarkMoved {
  PartitionRef partition;
  Offset high_watermark;
  LeaderEpoch leader_epoch;
  Role role = Role::kFollower;
  std::uint64_t chain = 0;  // at the high watermark, 0 when it lies inside a batch
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("high watermark", high_watermark), v("leader epoch", leader_epoch),
        v("role", role), v("chain", chain);
  }
};
// An entry of the leader-epoch cache: `leader_epoch` starts at `start`.
struct EpochStarted {
  PartitionRef partition;
  LeaderEpoch leader_epoch;
  Offset start;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("leader epoch", leader_epoch), v("start", start);
  }
};
struct SegmentRolled {
  PartitionRef partition;
  Offset base;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base);
  }
};
struct SegmentDeleted {
  PartitionRef partition;
  Offset base, next;
  DeleteCause cause = DeleteCause::kTime;
  WallTime largest_timestamp;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base), v("next", next), v("cause", cause),
        v("largest timestamp", largest_timestamp);
  }
};
// The leader's view of the ISR: what is committed and what counts for the high watermark.
struct IsrState {
  PartitionRef partition;
  PartitionEpoch partition_epoch;
  ReplicaSet committed, maximal;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("partition epoch", partition_epoch), v("committed", committed),
        v("maximal", maximal);
  }
};
// The leader answers a produce request's partition.
struct ProduceAnswered {
  PartitionRef partition;
  Offset base, next;
  std::int16_t error = 0;  // Kafka's error code
  std::int16_t acks = 0;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base), v("next", next), v("error", error), v("acks", acks);
  }
};
// A fetch got OFFSET_OUT_OF_RANGE.
struct OutOfRange {
  PartitionRef partition;
  Offset asked, log_start, log_end;
  LeaderEpoch leader_epoch;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("asked", asked), v("log start", log_start), v("log end", log_end),
        v("leader epoch", leader_epoch);
  }
};
// A request that this listener does not serve, or not in this version: its connection is closed.
struct RequestRefused {
  std::int16_t api_key = 0, api_version = 0;
  template <class V>
  void fields(V&& v) const {
    v("api key", api_key), v("api version", api_version);
  }
};
// The host had a request answered with an error (Received::injected_error) instead of handled.
struct ErrorInjected {
  std::int16_t api_key = 0, error = 0;  // Kafka's error code
  template <class V>
  void fields(V&& v) const {
    v("api key", api_key), v("error", error);
  }
};
struct DirectoryOffline {
  template <class V>
  void fields(V&&) const {}
};

// ---- a broker or quorum member ------------------------------------------------------------------

struct BrokerStateChanged {
  BrokerState state = BrokerState::kNotRunning;
  template <class V>
  void fields(V&& v) const {
    v("state", state);
  }
};
// The broker acts by the metadata below `next`.
struct MetadataApplied {
  Offset next;
  QuorumEpoch epoch;
  std::uint64_t image_hash = 0;
  template <class V>
  void fields(V&& v) const {
    v("next", next), v("epoch", epoch), v("image hash", image_hash);
  }
};
struct QuorumRoleChanged {
  QuorumRole role = QuorumRole::kUnattached;
  QuorumEpoch epoch;
  NodeId leader;  // -1: unknown
  template <class V>
  void fields(V&& v) const {
    v("role", role), v("epoch", epoch), v("leader", leader);
  }
};
// A vote is durable and will be answered.
struct VotePersisted {
  QuorumEpoch epoch;
  NodeId candidate;
  template <class V>
  void fields(V&& v) const {
    v("epoch", epoch), v("candidate", candidate);
  }
};
struct VoteRefused {
  QuorumEpoch epoch;
  NodeId candidate;
  template <class V>
  void fields(V&& v) const {
    v("epoch", epoch), v("candidate", candidate);
  }
};
struct SnapshotWritten {
  Offset end;
  QuorumEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("end", end), v("epoch", epoch);
  }
};
struct SnapshotLoaded {
  Offset end;
  QuorumEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("end", end), v("epoch", epoch);
  }
};

// ---- the active controller, when the change is committed ----------------------------------------

struct ControllerActive {
  QuorumEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("epoch", epoch);
  }
};
struct TopicCreated {
  Uuid topic;
  std::int32_t partitions = 0;
  template <class V>
  void fields(V&& v) const {
    v("topic", topic), v("partitions", partitions);
  }
};
struct TopicDeleted {
  Uuid topic;
  template <class V>
  void fields(V&& v) const {
    v("topic", topic);
  }
};
// Replica number `position` of `count` in the partition's assignment is `node`.
struct ReplicaPlaced {
  PartitionRef partition;
  std::int32_t position = 0, count = 0;
  NodeId node;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("position", position), v("count", count), v("node", node);
  }
};
// The committed state of a partition. `election` says how its leader came to be.
struct PartitionCommitted {
  PartitionRef partition;
  NodeId leader;  // -1: none
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;
  ReplicaSet isr, elr;
  ElectionKind election = ElectionKind::kKeep;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("leader", leader), v("leader epoch", leader_epoch),
        v("partition epoch", partition_epoch), v("isr", isr), v("elr", elr),
        v("election", election);
  }
};
struct BrokerRegistered {
  NodeId broker;
  BrokerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("broker", broker), v("epoch", epoch);
  }
};
struct BrokerFenced {
  NodeId broker;
  BrokerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("broker", broker), v("epoch", epoch);
  }
};
// The controller has not heard from the broker for its session timeout and decided to fence it.
// That it is fenced is told once it is committed.
struct SessionExpired {
  NodeId broker;
  BrokerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("broker", broker), v("epoch", epoch);
  }
};
struct BrokerUnfenced {
  NodeId broker;
  BrokerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("broker", broker), v("epoch", epoch);
  }
};
struct BrokerInControlledShutdown {
  NodeId broker;
  BrokerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("broker", broker), v("epoch", epoch);
  }
};
// The controller lets a stopping broker go.
struct ShutdownGranted {
  NodeId broker;
  BrokerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("broker", broker), v("epoch", epoch);
  }
};
struct ReassignmentCompleted {
  PartitionRef partition;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition);
  }
};
// The controller answered one partition of an AlterPartition request.
struct AlterPartitionAnswered {
  PartitionRef partition;
  NodeId broker;
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;  // asked for
  std::int16_t error = 0;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("broker", broker), v("leader epoch", leader_epoch),
        v("partition epoch", partition_epoch), v("error", error);
  }
};

// ---- clients ------------------------------------------------------------------------------------

struct ProducerIdAssigned {
  ProducerId id;
  ProducerEpoch epoch;
  template <class V>
  void fields(V&& v) const {
    v("id", id), v("epoch", epoch);
  }
};
// A batch leaves the producer, for the attempt-th time (from 1).
struct BatchSent {
  PartitionRef partition;
  std::uint64_t content = 0;
  std::int32_t records = 0, attempt = 0;
  Sequence sequence;  // -1 without idempotence
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("content", content), v("records", records), v("attempt", attempt),
        v("sequence", sequence);
  }
};
struct BatchAcked {
  PartitionRef partition;
  Offset base;  // -1 with acks=0, or when the broker does not know it
  std::int32_t records = 0;
  std::int16_t acks = 0;
  std::uint64_t content = 0;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base), v("records", records), v("acks", acks),
        v("content", content);
  }
};
// The producer gave the batch up; it may be in the log nevertheless.
struct BatchFailed {
  PartitionRef partition;
  std::uint64_t content = 0;
  std::int32_t records = 0;
  std::int16_t error = 0;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("content", content), v("records", records), v("error", error);
  }
};
// The records [base, next) of a batch were handed to the application.
struct Delivered {
  PartitionRef partition;
  Offset base, next;
  LeaderEpoch leader_epoch;
  std::uint64_t content = 0;  // of the whole batch
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("base", base), v("next", next), v("leader epoch", leader_epoch),
        v("content", content);
  }
};
struct PositionReset {
  PartitionRef partition;
  Offset from, to;
  ResetCause cause = ResetCause::kOutOfRange;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("from", from), v("to", to), v("cause", cause);
  }
};
// A consumer saw by OffsetForLeaderEpoch that its position was truncated (KIP-320).
struct TruncationDetected {
  PartitionRef partition;
  Offset position, end;
  template <class V>
  void fields(V&& v) const {
    v("partition", partition), v("position", position), v("end", end);
  }
};

// ---- the simulated host -------------------------------------------------------------------------

struct ProcessStarted {
  Incarnation incarnation;
  template <class V>
  void fields(V&& v) const {
    v("incarnation", incarnation);
  }
};
struct ProcessEnded {
  Incarnation incarnation;
  EndCause cause = EndCause::kClean;
  template <class V>
  void fields(V&& v) const {
    v("incarnation", incarnation), v("cause", cause);
  }
};
// A power loss or a wipe took bytes that were written but not synced (or all of them).
struct BytesLost {
  std::int64_t bytes = 0;
  std::int64_t files = 0;
  template <class V>
  void fields(V&& v) const {
    v("bytes", bytes), v("files", files);
  }
};
struct DiskWiped {
  std::int64_t bytes = 0;
  template <class V>
  void fields(V&& v) const {
    v("bytes", bytes);
  }
};
// Fault number `fault` of the schedule took effect on this node (or ended).
struct FaultBegan {
  std::int32_t fault = 0;
  std::int32_t kind = 0;
  template <class V>
  void fields(V&& v) const {
    v("fault", fault), v("kind", kind);
  }
};
struct FaultEnded {
  std::int32_t fault = 0;
  std::int32_t kind = 0;
  template <class V>
  void fields(V&& v) const {
    v("fault", fault), v("kind", kind);
  }
};
// Follows FaultBegan of a fault of links. A side on which no node stands is all nodes.
struct FaultSide {
  LinkSide side = LinkSide::kBoth;
  bool one_way = false;   // only messages from kFrom to kTo are hit
  std::int32_t more = 0;  // nodes of the fault that are told after this one
  template <class V>
  void fields(V&& v) const {
    v("side", side), v("one way", one_way), v("more", more);
  }
};
struct ClockChanged {
  Duration offset;             // wall clock against true time
  std::int64_t drift_ppm = 0;  // of both clocks
  template <class V>
  void fields(V&& v) const {
    v("offset", offset), v("drift ppm", drift_ppm);
  }
};

}  // namespace note

using Note = std::variant<
    note::ReplicaOpened, note::ReplicaDeleted, note::BecameLeader, note::BecameFollower,
    note::Appended, note::Synced, note::Truncated, note::LogStartMoved, note::HighWatermarkMoved,
    note::EpochStarted, note::SegmentRolled, note::SegmentDeleted, note::IsrState,
    note::ProduceAnswered, note::OutOfRange, note::DirectoryOffline, note::BrokerStateChanged,
    note::MetadataApplied, note::QuorumRoleChanged, note::VotePersisted, note::VoteRefused,
    note::SnapshotWritten, note::SnapshotLoaded, note::ControllerActive, note::TopicCreated,
    note::TopicDeleted, note::ReplicaPlaced, note::PartitionCommitted, note::BrokerRegistered,
    note::BrokerFenced, note::BrokerUnfenced, note::BrokerInControlledShutdown,
    note::ShutdownGranted, note::ReassignmentCompleted, note::AlterPartitionAnswered,
    note::ProducerIdAssigned, note::BatchSent, note::BatchAcked, note::BatchFailed, note::Delivered,
    note::PositionReset, note::TruncationDetected, note::ProcessStarted, note::ProcessEnded,
    note::BytesLost, note::DiskWiped, note::FaultBegan, note::FaultEnded, note::ClockChanged,
    note::BatchRecovered, note::RequestRefused, note::ErrorInjected, note::FaultSide,
    note::SessionExpired>;

// "appended", "became leader", ...: what scenarios, reports and run files call the note.
[[nodiscard]] std::string_view note_name(const Note& note);
[[nodiscard]] std::string_view note_name(std::size_t index);
[[nodiscard]] std::uint64_t note_hash(const Note& note);
// "appended partition=...-0 base=12 next=15 ..."
[[nodiscard]] std::string to_string(const Note& note);

}  // namespace logarium
