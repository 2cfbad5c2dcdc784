#pragma once
// View: what can be seen of the whole cluster at one instant: the fold of a run's notes up to an
// event. Processes and their roles, who controls, the committed state of every partition, every
// replica's log by its offsets and the leader epochs of its records, what the clients have done,
// and which faults go on. It comes from notes alone, so it can be shown for a run file of any
// program version; a test compares it with the live nodes after every event.
//
// Nodes are named by their place in RunInfo::nodes. A node's logs stay when its process ends, since
// they lie on its disk: they are then as they were last told, and not `open`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/note.hpp"
#include "engine/base/result.hpp"
#include "sim/trace/event.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::trace {

// A node of a run.
struct NodeInfo {
  std::string name;
  std::string kind;  // "broker", "controller", "combined", "client"
  NodeId id;         // of a server; a client has none of its own
};

// Records from `start` on, up to the next range or the log's end, were written in `epoch`.
struct EpochRange {
  LeaderEpoch epoch;
  Offset start;
  bool operator==(const EpochRange&) const = default;
  void describe(StateVisitor& v) const;
};

// One replica's log on one node.
struct LogView {
  std::uint32_t node = 0;
  bool open = false;             // its process runs and has read it
  bool leading = false;          // its node believes to lead
  LeaderEpoch leader_epoch{-1};  // by which its node acts; -1: none
  Offset log_start, log_end, high_watermark;
  Offset synced_end;            // everything below survives a power loss; at most log_end
  Instant caught_up;            // a follower: when it last had all that the leader had
  ReplicaSet isr, maximal_isr;  // as the leader sees them
  // In order, the first at or below log_start; none when the log is empty.
  std::vector<EpochRange> epochs;

  void cut(Offset end);
  void drop_below(Offset start);
  void append(Offset base, LeaderEpoch epoch);
  void describe(StateVisitor& v) const;
};

struct PartitionView {
  PartitionRef ref;
  // As committed in the metadata, when the controller told so.
  std::vector<NodeId> replicas;  // the assignment, in order
  std::optional<NodeId> leader;
  LeaderEpoch leader_epoch{-1};
  PartitionEpoch partition_epoch{-1};
  ReplicaSet isr, elr;  // by place in `replicas`
  bool deleted = false;
  std::vector<LogView> logs;  // in the order of nodes

  [[nodiscard]] const LogView* log(std::uint32_t node) const;
  [[nodiscard]] bool in(ReplicaSet set, NodeId id) const;
  void describe(StateVisitor& v) const;
};

struct PositionView {
  PartitionRef partition;
  Offset next;  // to be read
  void describe(StateVisitor& v) const;
};

// A batch that left its producer and was neither acknowledged nor given up yet.
struct InFlightView {
  PartitionRef partition;
  std::uint64_t content = 0;
  std::int32_t records = 0;
  std::int32_t attempt = 0;  // from 1
  Instant sent;              // when it first left
  void describe(StateVisitor& v) const;
};

// When a follower last asked a server for records (a Fetch request came from it).
struct HeardView {
  std::uint32_t from = 0;  // node
  Instant at;
  void describe(StateVisitor& v) const;
};

struct VoteView {
  QuorumEpoch epoch;
  NodeId candidate;
  void describe(StateVisitor& v) const;
};

// What has happened so far, all nodes together.
struct CountsView {
  std::uint64_t records_in = 0;         // appended by leaders
  std::uint64_t requests = 0;           // that servers received
  std::uint64_t failed_produces = 0;    // answered with an error, by partition
  std::uint64_t isr_shrinks = 0;        // committed while the leader stayed
  std::uint64_t isr_expands = 0;        // the same
  std::uint64_t elections = 0;          // of partitions, without the first of each
  std::uint64_t unclean_elections = 0;  // among them
  std::uint64_t controllers = 0;        // that became active
  std::uint64_t truncations = 0;
  std::uint64_t falls = 0;  // of a high watermark
  std::uint64_t batches_acked = 0;
  std::uint64_t ack_ns = 0;  // from the first leaving of those batches to their acknowledgement
  std::uint64_t messages_lost = 0;
  void describe(StateVisitor& v) const;
};

// A quorum member's role, in force since it was told.
struct QuorumView {
  note::QuorumRole role = note::QuorumRole::kUnattached;
  QuorumEpoch epoch;
  std::optional<NodeId> leader;
  void describe(StateVisitor& v) const;
};

struct NodeView {
  bool up = false;
  Instant since;                                  // of being up, or down
  note::EndCause ended = note::EndCause::kClean;  // how its last process ended
  Incarnation incarnation;
  note::BrokerState broker_state = note::BrokerState::kNotRunning;
  std::optional<QuorumView> quorum;     // empty before its first word in this incarnation
  std::optional<QuorumEpoch> controls;  // the epoch in which it is the active controller
  Offset metadata_next;                 // it acts by the metadata below
  std::optional<VoteView> vote;         // the last that it gave
  // As committed (brokers).
  std::optional<BrokerEpoch> broker_epoch;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  // Clients, over all incarnations.
  std::uint64_t acked = 0;      // records
  std::uint64_t failed = 0;     // records that the producer gave up
  std::uint64_t delivered = 0;  // records
  // Of this incarnation.
  std::vector<PositionView> positions;  // by partition
  std::vector<InFlightView> in_flight;  // in the order of their first leaving
  std::vector<HeardView> heard;         // by node
  void describe(StateVisitor& v) const;
};

// A fault that was told to have begun on some nodes and not to have ended on all of them. One that
// strikes in a moment (a crash) has no end of its own and is not here.
struct FaultView {
  std::int32_t fault = 0;            // its number in the schedule
  std::int32_t kind = 0;             // world::FaultKind
  std::uint64_t since = 0;           // event
  std::vector<std::uint32_t> nodes;  // ends of its links, for a fault of links
  // Of a fault of links: its sides; one on which no node stands is all nodes.
  bool one_way = false;
  std::vector<std::uint32_t> from, to;
  std::int32_t untold = 0;  // nodes of its sides that are not told yet
  void describe(StateVisitor& v) const;
};

class View {
 public:
  View() = default;
  // Before the first event.
  explicit View(const std::vector<NodeInfo>& nodes);

  // The next event. O(what it changes).
  void apply(const Event& event);
  void apply(std::uint64_t number, Instant time, std::uint32_t node, const std::vector<Note>& notes,
             const InputRecord& input = {}, std::size_t messages_lost = 0);

  [[nodiscard]] std::uint64_t event() const { return event_; }
  [[nodiscard]] Instant time() const { return time_; }
  [[nodiscard]] const std::vector<NodeView>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<PartitionView>& partitions() const { return partitions_; }
  [[nodiscard]] const std::vector<FaultView>& faults() const { return faults_; }
  [[nodiscard]] const CountsView& counts() const { return counts_; }
  // Null before its first note.
  [[nodiscard]] const PartitionView* find(PartitionRef ref) const;
  // The metadata log, as a partition of its own.
  [[nodiscard]] const PartitionView* metadata_log() const { return find(kMetadataPartition); }
  [[nodiscard]] bool is_server(std::uint32_t node) const {
    return node < serves_.size() && serves_[node];
  }
  // The server process of this id.
  [[nodiscard]] std::optional<std::uint32_t> server(NodeId id) const;
  // The active controller of the newest epoch.
  [[nodiscard]] std::optional<std::uint32_t> controller() const;
  void describe(StateVisitor& v) const;

  // A view may be completed from elsewhere (from live nodes, from a keyframe).
  [[nodiscard]] std::vector<NodeView>& nodes() { return nodes_; }
  [[nodiscard]] std::vector<PartitionView>& partitions() { return partitions_; }
  [[nodiscard]] std::vector<FaultView>& faults() { return faults_; }
  PartitionView& partition(PartitionRef ref);
  LogView& log(std::uint32_t node, PartitionRef ref);

 private:
  struct Folder;
  friend struct Folder;
  friend class KeyframeCoder;

  std::uint64_t event_ = 0;
  Instant time_;
  std::vector<NodeView> nodes_;
  std::vector<PartitionView> partitions_;  // in the order in which they showed up
  std::vector<FaultView> faults_;          // in the order in which they began
  Instant last_fault_;                     // when the last of them began
  CountsView counts_;
  std::map<PartitionRef, std::size_t> index_;
  std::map<NodeId, std::uint32_t> servers_;
  std::vector<bool> serves_;  // by node
  std::size_t last_ = 0;      // the partition asked for last
};

// Where the follower's log and the leader's part: records of the follower from there on were
// written in another epoch than the leader's, or beyond its end in an older epoch, and will be cut.
// Empty when they do not, or when one of them is not known.
struct Divergence {
  Offset from, to;
};
[[nodiscard]] std::optional<Divergence> divergence(const PartitionView& partition,
                                                   const LogView& follower);

// A view as bytes, and back: what a run file keeps every so often. About 30 bytes for a replica.
[[nodiscard]] std::vector<std::byte> encode_keyframe(const View& view);
// Fails on bytes that encode_keyframe would not have written for these nodes.
[[nodiscard]] Result<View> decode_keyframe(ByteView bytes, const std::vector<NodeInfo>& nodes);

}  // namespace logarium::trace
