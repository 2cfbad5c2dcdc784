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
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/note.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/raft/cookies.hpp"
#include "engine/raft/election_state.hpp"
#include "engine/raft/event.hpp"
#include "engine/raft/identity.hpp"
#include "engine/raft/messages.hpp"
#include "engine/raft/role.hpp"
#include "engine/raft/state_file.hpp"
#include "engine/raft/store.hpp"
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
  static constexpr std::int64_t kBatchBytesMax = Accumulator::kBatchBytesMax;

  // The owner's state below `end` as records (as for append). The snapshot becomes visible when
  // it is synced; older snapshots and the log below them then go as retention allows
  // (metadata.max.retention.*). Ignored when a snapshot at or after `end` exists or one is being
  // written. REQUIRES: end <= committed_end().
  void write_snapshot(rpc::Port& port, Offset end, std::vector<Bytes> records);

  // Graceful shutdown: a leader hands over by EndQuorumEpoch, and this member campaigns no more.
  void resign(rpc::Port& port);
  // After resign(): no leadership is held, and a successor or every voter knows it.
  [[nodiscard]] bool resigned() const;

  [[nodiscard]] std::optional<Event> next_event() {
    if (events_.empty()) return std::nullopt;
    std::optional<Event> event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  [[nodiscard]] note::QuorumRole role() const;
  // Whether its present role was told as a note: it is then in force. A role whose persistent state
  // is still being written is not, nor is any before the files were read.
  [[nodiscard]] bool role_told() const { return told_once_ && !role_unnoted_; }
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
  // Everything below is on this member's stable storage.
  [[nodiscard]] Offset synced_end() const;
  [[nodiscard]] const log::Log& log() const { return store_.log(); }
  // The newest complete snapshot.
  [[nodiscard]] std::optional<LogPosition> latest_snapshot() const;

  void describe(StateVisitor& v) const;

 private:
  // kNew -> kDirectory -> kState -> kStore -> kRunning; any -> kFailed
  enum class Phase : std::uint8_t { kNew, kDirectory, kState, kStore, kRunning, kFailed };
  // What arrives while persistent state is being written, or before the files are open.
  using Held = std::variant<rpc::Request, rpc::Reply, Cookie>;
  struct HeldAnswer {
    rpc::RequestId request;
    MessageRef body;
  };
  // A voter, as far as Vote, BeginQuorumEpoch and EndQuorumEpoch go.
  struct Contact {
    bool asked = false;  // a request is on its way
    Instant retry_at;    // not before
    void describe(StateVisitor& v) const;
  };
  // The one fetch (or snapshot fetch) on its way.
  struct Fetching {
    std::optional<std::uint64_t> number;
    std::uint64_t next_number = 1;
    std::uint32_t failures = 0;  // in a row
    bool asked_around = false;   // the last one went to another voter than the leader
    Instant retry_at;
    void describe(StateVisitor& v) const;
  };
  // An election timeout that goes on across a change of role, or a new one.
  enum class ElectionTimer : std::uint8_t { kAnew, kGoesOn };

  // ---- quorum.cpp: life, queue, output
  void dispatch(rpc::Port& port, const Held& input);
  void dispatch(rpc::Port& port, const rpc::Request& request);
  void dispatch(rpc::Port& port, const rpc::Reply& reply);
  void dispatch(rpc::Port& port, Cookie timer);
  void hold_or_dispatch(rpc::Port& port, Held input);
  void release(rpc::Port& port);
  void on_state_io(rpc::Port& port, const IoDone& done);
  void drain_store(rpc::Port& port);
  void on_signal(rpc::Port& port, Store::Signal signal);
  void pull_events();
  void opened(rpc::Port& port);
  void settle(rpc::Port& port);
  void answer(rpc::Port& port, rpc::RequestId request, MessageRef body);
  void fail(rpc::Port& port, std::string reason);
  [[nodiscard]] bool holding() const { return phase_ != Phase::kRunning || persisting_; }
  [[nodiscard]] bool cluster_id_ok(const std::optional<std::string>& cluster_id) const;
  [[nodiscard]] std::optional<std::string> cluster_id() const;
  [[nodiscard]] LeaderAndEpoch known() const { return {election_.leader, election_.epoch}; }

  // ---- quorum_roles.cpp: which role, and why
  void become(rpc::Port& port, Role role, const ElectionState& election, Duration timeout);
  void leave_leader(rpc::Port& port, Leader leader);
  void persist(rpc::Port& port, const ElectionState& before);
  void note_role(rpc::Port& port);
  void become_unattached(rpc::Port& port, QuorumEpoch epoch, ElectionTimer timer);
  void become_follower(rpc::Port& port, QuorumEpoch epoch, NodeId leader);
  void become_candidate(rpc::Port& port, std::uint32_t failures);
  void become_leader(rpc::Port& port);
  void become_resigned(rpc::Port& port, std::vector<ReplicaKey> successors);
  void campaign(rpc::Port& port, std::uint32_t failures);
  void give_up_pre_vote(rpc::Port& port);
  // What a message says about leader and epoch. False when it contradicts what this member knows.
  bool learn(rpc::Port& port, const LeaderAndEpoch& told);
  void on_role_timer(rpc::Port& port);
  void hasten_first_election(rpc::Port& port);
  [[nodiscard]] Duration election_timeout(rpc::Port& port) const;
  [[nodiscard]] Duration backoff(rpc::Port& port, std::uint32_t failures) const;
  [[nodiscard]] Duration fetch_timeout() const;

  // ---- quorum_votes.cpp: Vote, BeginQuorumEpoch, EndQuorumEpoch
  void on_vote(rpc::Port& port, const rpc::Request& request);
  [[nodiscard]] protocol::ErrorCode check_vote(
      const protocol::VoteRequest::PartitionData& asked) const;
  [[nodiscard]] bool grants(const ReplicaKey& candidate, const LogPosition& last,
                            bool pre_vote) const;
  void on_begin_epoch(rpc::Port& port, const rpc::Request& request);
  void on_end_epoch(rpc::Port& port, const rpc::Request& request);
  void on_vote_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_begin_epoch_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_end_epoch_reply(rpc::Port& port, const rpc::Reply& reply);
  template <class Response>
  const typename Response::PartitionData* take_reply(rpc::Port& port, const rpc::Reply& reply);
  // Absorbs what any response says about leader and epoch; true when nothing is left to do.
  bool absorb(rpc::Port& port, protocol::ErrorCode error, const LeaderAndEpoch& told);
  void ask(rpc::Port& port, const ReplicaKey& voter, What what, MessageRef request);
  void ask_votes(rpc::Port& port, const Tally& tally, note::QuorumRole role);
  void send_begin_epochs(rpc::Port& port, Leader& leader);
  void send_end_epochs(rpc::Port& port, const Resigned& resigned);
  void retry_not_before(rpc::Port& port, Instant when);

  // ---- quorum_leader.cpp: serving replicas, high watermark, appending
  void run_leader(rpc::Port& port);
  void append_leader_change(rpc::Port& port, Leader& leader);
  void drain_accumulator(rpc::Port& port, Leader& leader);
  void advance_high_watermark(rpc::Port& port, Leader& leader);
  void touch(rpc::Port& port, Leader& leader, const ReplicaKey& from);
  [[nodiscard]] protocol::ErrorCode check_leader_request(std::int32_t epoch) const;
  void on_fetch(rpc::Port& port, const rpc::Request& request);
  enum class Patience : std::uint8_t { kMayWait, kAnswerNow };
  // True when the fetch is answered; it stays otherwise.
  bool serve(rpc::Port& port, Leader& leader, WaitingFetch& fetch, Patience patience);
  void serve_waiting(rpc::Port& port, Leader& leader);
  void expire_waiting(rpc::Port& port);
  void on_read_done(rpc::Port& port, Store::ReadDone done);
  void on_fetch_snapshot(rpc::Port& port, const rpc::Request& request);
  void on_snapshot_piece(rpc::Port& port, Store::SnapshotPiece piece);
  void on_describe(rpc::Port& port, const rpc::Request& request);
  void answer_fetch(rpc::Port& port, rpc::RequestId request, FetchAnswer fields);

  // ---- quorum_follower.cpp: following the leader
  void run_unattached(rpc::Port& port);
  void run_follower(rpc::Port& port);
  void send_fetch(rpc::Port& port, NodeId to);
  void send_fetch_snapshot(rpc::Port& port, const Follower& follower);
  [[nodiscard]] std::optional<NodeId> other_voter(rpc::Port& port) const;
  void on_fetch_reply(rpc::Port& port, const rpc::Reply& reply);
  void accept_fetch(rpc::Port& port, const protocol::FetchResponse::PartitionData& data);
  void accept_diverging(rpc::Port& port, const LogPosition& leader_end);
  void append_fetched(rpc::Port& port, const protocol::Records& batches);
  void on_fetch_snapshot_reply(rpc::Port& port, const rpc::Reply& reply);
  void accept_piece(rpc::Port& port,
                    const protocol::FetchSnapshotResponse::PartitionSnapshot& piece);
  void fetch_failed(rpc::Port& port);
  void follow_high_watermark(rpc::Port& port, Follower& follower);

  Options options_;
  Phase phase_ = Phase::kNew;
  StateFile state_file_;
  Store store_;
  ElectionState election_;
  Role role_;
  std::uint64_t role_number_ = 0;       // counts the roles taken; tells late timers and replies
  bool leaving_ = false;                // resign() was called
  bool persisting_ = false;             // everything waits for the state file
  bool vote_unnoted_ = false;           // a vote that is not durable yet
  bool told_once_ = false;              // a role was noted in this incarnation
  bool role_unnoted_ = false;           // a role whose state is not durable yet
  std::optional<LeaderAndEpoch> told_;  // the last LeaderChanged
  std::map<NodeId, Contact> contacts_;
  Fetching fetching_;
  TimerHandle role_timer_;
  TimerHandle retry_timer_;
  TimerHandle linger_timer_;
  TimerHandle waiting_timer_;
  std::deque<Held> held_;
  std::vector<HeldAnswer> held_answers_;
  std::deque<Event> events_;
};

}  // namespace logarium::raft
