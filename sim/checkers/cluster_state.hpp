#pragma once
// ClusterState: what the notes of a run say about the cluster, folded once, O(what changed) per
// note; all checkers read it. Beside the state of every replica it keeps the *ghost*: per
// partition the reference log of what was ever committed. A batch enters the ghost when a
// legitimate leader moves its high watermark past it: the broker that leads in the newest committed
// leader epoch whose leader has taken office, or in a later one.
//
// Logs are compared by hash chains: a chain folds (base, leader epoch, content) over all batches
// from the log's start, so two logs agree below a batch boundary when their chains there are equal.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/chunked.hpp"
#include "engine/base/note.hpp"
#include "sim/checkers/sends.hpp"
#include "sim/checkers/verdict.hpp"
#include "sim/world/types.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::checkers {

// A batch as logs and the ghost know it. `chain` is the chain after it.
struct LogEntry {
  Offset base, next;
  LeaderEpoch leader_epoch;
  std::uint64_t content = 0;
  std::uint64_t chain = 0;  // computed here, from the log's start, across restarts
  std::uint64_t event = 0;  // when it was written
  void describe(StateVisitor& v) const;
};
using LogEntries = ChunkedVector<LogEntry>;

// Index of the entry that holds `offset`; entries.size() when none does. O(log n).
[[nodiscard]] std::size_t entry_at(const LogEntries& entries, Offset offset);
// Number of entries that end at or below `offset`. O(log n), O(1) near the end.
[[nodiscard]] std::size_t entries_below(const LogEntries& entries, Offset offset);

// One replica on one node, as its notes say. It survives the process: what is on disk stays.
struct ReplicaState {
  NodeIndex node;
  NodeId id;
  bool open = false;  // since the node's last start
  note::Role role = note::Role::kFollower;
  bool leading = false;
  LeaderEpoch leader_epoch{-1};
  PartitionEpoch partition_epoch{-1};
  Offset log_start, log_end, high_watermark;
  Offset synced_end;             // on stable storage, whatever the node knows of it
  std::uint64_t told_chain = 0;  // the log's own hash chain at its end, as last told
  // What it has written, oldest first, from log_start on.
  LogEntries entries;
  std::uint64_t first_chain = 0;  // chain before the first entry
  Instant written;                // when the last batch was appended
  bool has_led = false;           // since its disk was last empty
  std::uint64_t joined_isr = 0;   // event at which the committed ISR last took it in
  // As leader.
  ReplicaSet isr, maximal_isr;
  Instant isr_changed;  // when `isr` or `maximal_isr` was last told
  void describe(StateVisitor& v) const;
};

// Something that cost a replica bytes, or took the promise away: candidates for explanations.
struct LossEvent {
  enum class Kind : std::uint8_t {
    kPowerLoss,
    kUncleanStop,  // of the process alone; what was written is still there
    kWipe,
    kElection,  // clean; part of an explanation, never a cause by itself
    kUncleanElection,
    kLastKnownElection,  // KIP-966: ISR and ELR empty
    kTruncation,
    kRecoveryCut,
    kRetention,
    kDeleteRecords,
    kMisread,
  };
  Kind kind = Kind::kPowerLoss;
  Cause cause;
  std::optional<NodeId> replica;
  Offset from;  // offsets at and above were touched, where that is known
};

// Committed records that a legitimate leader took office without.
struct GhostCut {
  Offset from, to;
  std::uint64_t event = 0;  // when the leader took office
  Instant time;
  NodeId leader;
  LeaderEpoch leader_epoch;
  std::uint64_t oldest_write = 0;  // event at which the first lost record was written
  // Up to where any replica's log went then, or, of one that agreed with the cut only later, went
  // before that: clients may have seen two records at the offsets [from, reach), and at no others.
  Offset reach;
  LogEntries lost;  // what was taken from the ghost
};

// A batch that recovery took for sound although its log never wrote it there: a bit flipped where
// no checksum covers it. The CRC of a batch leaves out its base offset and its leader epoch, so
// that brokers can set them without computing it anew; Kafka cannot tell either.
struct Misread {
  Cause cause;
  NodeId replica;
  Offset base, next;
  [[nodiscard]] std::string what() const;
};

// What a topic's configuration promises, as far as checkers judge by it.
struct TopicPromise {
  std::int64_t min_insync_replicas = 1;
  std::int64_t retention_ms = -1;
  bool unclean_leader_election = false;
};

// How far a client has handed a partition's records to its application.
struct Reader {
  NodeIndex node;
  Offset next;
};

struct PartitionState {
  PartitionRef ref;
  std::size_t index = 0;  // place in ClusterState::partitions(): a key for checkers' own tables
  // The committed assignment and state (controller's notes).
  std::vector<NodeId> replicas;
  // Every assignment there was, by the partition epoch that brought it.
  std::map<PartitionEpoch, std::vector<NodeId>> assignments;
  // Partition epochs that no note told of, first to last: a controller that becomes active tells
  // all that its predecessors left untold as one change.
  std::map<PartitionEpoch, PartitionEpoch> untold;
  std::optional<NodeId> leader;
  LeaderEpoch leader_epoch{-1};
  PartitionEpoch partition_epoch{-1};
  ReplicaSet isr, elr;
  bool deleted = false;
  Instant changed;  // when the committed state, or that the topic is deleted, became known
  Instant placed;   // when the assignment became known
  TopicPromise promise;
  // Who led in each committed leader epoch.
  std::map<LeaderEpoch, NodeId> leaders;
  LeaderEpoch office{-1};  // the newest of them whose leader has taken office
  Offset office_end;       // where that leader's log ended then
  // Committed records.
  LogEntries ghost;
  Offset ghost_start;  // raised by retention and DeleteRecords
  Offset ghost_end;    // the highest high watermark of any legitimate leader
  std::uint64_t ghost_first_chain = 0;
  std::vector<GhostCut> cuts;
  std::vector<ReplicaState> states;  // in the order in which they showed up
  std::vector<LossEvent> losses;
  std::optional<Misread> misread;  // the first; what the logs hold is not to be judged after it
  std::vector<Reader> readers;     // in the order in which they showed up

  [[nodiscard]] const ReplicaState* replica(NodeId id) const;
  [[nodiscard]] ReplicaState* replica(NodeId id);
  [[nodiscard]] bool in(ReplicaSet set, NodeId id) const;
  // A set of replicas by their places in the assignment of that partition epoch, by their places in
  // today's; who left the assignment is left out. Empty when no note told of that epoch: what the
  // places mean is not known then. That is so for an epoch that is newer than what was told, and
  // for one that a controller passed over (`untold`).
  [[nodiscard]] std::optional<ReplicaSet> placed_now(ReplicaSet set, PartitionEpoch epoch) const;
  // Whether the replica acts by the newest committed leader epoch, in this incarnation.
  [[nodiscard]] bool current(const ReplicaState& replica) const {
    return replica.open && replica.leader_epoch == leader_epoch;
  }
  // Whether the replica is the leader that the newest committed metadata names.
  [[nodiscard]] bool legitimate(const ReplicaState& replica) const {
    return replica.leading && leader == replica.id && current(replica);
  }
  // Whether the replica leads in a committed leader epoch, and no leader of a later one has taken
  // office yet. That its successor is elected it may not have heard; until that takes office, the
  // whole ISR may still follow the replica, and has what it commits.
  [[nodiscard]] bool commits(const ReplicaState& replica) const;
  // Up to where a deposed leader still commits although its successor is in office: what the
  // successor brought with it, it had acknowledged. Zero when their logs differ there, which is so
  // after an election from outside the ISR.
  [[nodiscard]] Offset commits_below(const ReplicaState& deposed) const;
  // min(min.insync.replicas, replication factor).
  [[nodiscard]] std::int64_t effective_min_isr() const;
  // Offset up to which the log agrees with the ghost: the end of the last common batch, at most
  // min(limit, ghost's end). Equals the ghost's boundary below `limit` when they agree.
  [[nodiscard]] bool agrees(const ReplicaState& replica, Offset limit) const;
  [[nodiscard]] Offset agreement(const ReplicaState& replica) const;
  // Whether a cut took, or may have taken, what stood at the offset: clients may have seen two
  // records there.
  [[nodiscard]] bool rewritten(Offset offset) const;
  void describe(StateVisitor& v) const;
};

struct NodeState {
  NodeId id;
  world::NodeKind kind = world::NodeKind::kClient;
  bool up = false;
  Incarnation incarnation;
  Instant started;         // the present or last incarnation
  bool disturbed = false;  // was ever paused, slowed, or given a wrong clock
  bool rotten = false;     // bits of its disk have flipped since that was last empty
  note::BrokerState broker_state = note::BrokerState::kNotRunning;
  Instant broker_state_since;
  note::QuorumRole quorum_role = note::QuorumRole::kUnattached;
  QuorumEpoch quorum_epoch{-1};
  std::optional<NodeId> quorum_leader;
  Offset metadata_applied;  // acts by metadata below
  std::uint64_t image_hash = 0;
  // As the committed metadata has it (brokers).
  std::optional<BrokerEpoch> broker_epoch;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  Instant registration_changed;  // registered, fenced or unfenced
  // Producers: as their batches say.
  bool idempotent = false;
  std::optional<std::int16_t> acks;
  void describe(StateVisitor& v) const;
};

// Sums for the report; effects, not attempts.
struct Counts {
  std::uint64_t acked = 0;           // records
  std::uint64_t failed = 0;          // records that producers gave up
  std::uint64_t consumed = 0;        // records delivered
  std::uint64_t leader_changes = 0;  // committed changes of a partition's leader
  std::uint64_t isr_changes = 0;     // committed
  std::uint64_t elections = 0;       // quorum leaders
  std::uint64_t unclean_elections = 0;
  std::uint64_t fenced = 0;  // brokers
  std::uint64_t truncations = 0;
  std::uint64_t records_truncated = 0;
  std::uint64_t votes_refused = 0;
  std::uint64_t faults = 0;  // that took effect
  std::uint64_t resets = 0;  // of consumer positions
  std::int64_t bytes_lost = 0;
  void describe(StateVisitor& v) const;
};

class ClusterState {
 public:
  // What a note belongs to.
  struct At {
    std::uint64_t event = 0;
    Instant time;
    NodeIndex node;
  };

  void add_node(NodeIndex node, NodeId id, world::NodeKind kind);
  // Folds one note. Checkers see it after this.
  void apply(const At& at, const Note& note);
  void set_promise(Uuid topic, const TopicPromise& promise);

  [[nodiscard]] const std::vector<PartitionState>& partitions() const { return partitions_; }
  // Null when no note named it yet.
  [[nodiscard]] const PartitionState* find(PartitionRef ref) const;
  [[nodiscard]] const std::vector<NodeState>& nodes() const { return nodes_; }
  [[nodiscard]] const NodeState& node(NodeIndex index) const { return nodes_[index.value()]; }
  // The server process of this id; null for an unknown id.
  [[nodiscard]] const NodeState* server(NodeId id) const;
  [[nodiscard]] std::optional<NodeIndex> server_index(NodeId id) const;
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] const Sends& sends() const { return sends_; }
  // The metadata log, as a partition of its own; null before its first note.
  [[nodiscard]] const PartitionState* metadata_log() const { return find(kMetadataPartition); }
  void describe(StateVisitor& v) const;

 private:
  struct Folder;
  friend struct Folder;
  PartitionState& partition(PartitionRef ref);
  ReplicaState& replica(const At& at, PartitionRef ref);
  void commit(PartitionState& partition, const ReplicaState& leader, Offset high_watermark);
  void take_office(const At& at, PartitionState& partition, const ReplicaState& leader);

  std::map<PartitionRef, std::size_t> index_;
  std::vector<PartitionState> partitions_;
  std::vector<NodeState> nodes_;
  std::map<NodeId, NodeIndex> servers_;
  Counts counts_;
  Sends sends_;
  std::size_t last_partition_ = 0;
};

}  // namespace logarium::checkers
