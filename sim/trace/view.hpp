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
  Incarnation incarnation;
  note::BrokerState broker_state = note::BrokerState::kNotRunning;
  std::optional<QuorumView> quorum;     // empty before its first word in this incarnation
  std::optional<QuorumEpoch> controls;  // the epoch in which it is the active controller
  Offset metadata_next;                 // it acts by the metadata below
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
  void describe(StateVisitor& v) const;
};

// A fault that was told to have begun on some nodes and not to have ended on all of them. One that
// strikes in a moment (a crash) has no end of its own and is not here.
struct FaultView {
  std::int32_t fault = 0;            // its number in the schedule
  std::int32_t kind = 0;             // world::FaultKind
  std::uint64_t since = 0;           // event
  std::vector<std::uint32_t> nodes;  // ends of its links, for a fault of links
  void describe(StateVisitor& v) const;
};

class View {
 public:
  View() = default;
  // Before the first event.
  explicit View(const std::vector<NodeInfo>& nodes);

  // The next event. O(what it changes).
  void apply(const Event& event);
  void apply(std::uint64_t number, Instant time, std::uint32_t node,
             const std::vector<Note>& notes);

  [[nodiscard]] std::uint64_t event() const { return event_; }
  [[nodiscard]] Instant time() const { return time_; }
  [[nodiscard]] const std::vector<NodeView>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<PartitionView>& partitions() const { return partitions_; }
  [[nodiscard]] const std::vector<FaultView>& faults() const { return faults_; }
  // Null before its first note.
  [[nodiscard]] const PartitionView* find(PartitionRef ref) const;
  // The metadata log, as a partition of its own.
  [[nodiscard]] const PartitionView* metadata_log() const { return find(kMetadataPartition); }
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
  std::map<PartitionRef, std::size_t> index_;
  std::map<NodeId, std::uint32_t> servers_;
  std::size_t last_ = 0;  // the partition asked for last
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
