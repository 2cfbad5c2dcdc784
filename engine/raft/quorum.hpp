#pragma once
// Quorum: one member of the metadata quorum (KRaft). It elects a leader with pre-vote (KIP-996)
// and vote, replicates the metadata log through Fetch (KIP-595), moves the high watermark, fetches
// and serves snapshots (KIP-630), and resigns when a majority is out of reach (check quorum).
// A voter campaigns and votes; an observer (a broker) only fetches.
//
// What it does not do: look into metadata records, decide when to write a snapshot, change the
// voter set. Its owner reads next_event() after every call and dispatches by Machine::kRaft, and
// by Machine::kLog with slot kMetadataLogSlot.
//
// Like Kafka's, this machine writes its persistent state (epoch, vote, leader) before anything
// that follows from it leaves: while the write is under way, requests, replies and timers wait in
// a queue and are handled in order afterwards.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/note.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/raft/event.hpp"
#include "engine/raft/identity.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::raft {

struct Options {
  // node.id and the id of the metadata log directory. It is a voter when `voters` contains it.
  ReplicaKey self;
  VoterSet voters;
  // Where `quorum-state`, the log's segments and the snapshots lie; made when it is missing. Its
  // parent must exist.
  std::string directory = "__cluster_metadata-0";
  // Empty: not checked and not sent.
  std::string cluster_id;
  BrokerConfig config;
  Rules rules;
};

class Quorum {
 public:
  explicit Quorum(Options options);

  // Opens the files; event::Opened follows. Endpoints of the voters must be known to the outbound
  // side. Requests that arrive before are answered afterwards.
  void start(rpc::Port& port);

  // Vote, BeginQuorumEpoch, EndQuorumEpoch, DescribeQuorum, FetchSnapshot, and Fetch of the
  // metadata partition; each is answered exactly once, now or later.
  void handle(rpc::Port& port, const rpc::Request& request);
  // Whether a Fetch names the metadata partition, so that handle() should have it.
  [[nodiscard]] static bool is_metadata_fetch(const Message& fetch_request);

  // Cookies of Machine::kRaft, and of Machine::kLog with slot kMetadataLogSlot.
  void on_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_timer(rpc::Port& port, Cookie cookie);
  void on_io(rpc::Port& port, const IoDone& done);

  // Appends records (each the value of one record: a metadata record with its frame) as one
  // batch, or as part of one: all of them are committed or none. It is written after
  // controller.quorum.append.linger.ms, or as soon as the batch is full. Result: the offset that
  // the last of them will have; empty when this member is not the active leader, or when the
  // records exceed kBatchBytesMax. REQUIRES: !records.empty().
  std::optional<Offset> append(rpc::Port& port, std::vector<Bytes> records);
  static constexpr std::int64_t kBatchBytesMax = 8 * 1024 * 1024;

  // The owner's state below `end` as records (as for append). The snapshot becomes visible when
  // it is synced; older snapshots and the log below them then go as retention allows
  // (metadata.max.retention.*). Ignored when a snapshot at or after `end` exists or one is being
  // written. REQUIRES: end <= committed_end().
  void write_snapshot(rpc::Port& port, Offset end, std::vector<Bytes> records);

  // Graceful shutdown: a leader hands over by EndQuorumEpoch, and this member campaigns no more.
  void resign(rpc::Port& port);
  // After resign(): no leadership is held, and a successor or every voter knows it.
  [[nodiscard]] bool resigned() const;

  [[nodiscard]] std::optional<Event> next_event();

  [[nodiscard]] note::QuorumRole role() const;
  [[nodiscard]] QuorumEpoch epoch() const;
  // The leader of epoch(), when known; this member itself when it leads.
  [[nodiscard]] std::optional<NodeId> leader() const;
  // Set between BecameActive and LostLeadership: the epoch in which append() works.
  [[nodiscard]] std::optional<QuorumEpoch> active_epoch() const;
  [[nodiscard]] bool is_voter() const { return options_.voters.contains(options_.self); }
  // Empty until this member learned it in this incarnation.
  [[nodiscard]] std::optional<Offset> high_watermark() const;
  // Everything below was given out as Committed or SnapshotLoaded.
  [[nodiscard]] Offset committed_end() const;
  [[nodiscard]] Offset log_start() const;
  [[nodiscard]] Offset log_end() const;
  // The newest complete snapshot.
  [[nodiscard]] std::optional<LogPosition> latest_snapshot() const;

  void describe(StateVisitor& v) const;

 private:
  Options options_;
  std::deque<Event> events_;
};

}  // namespace logarium::raft
