#pragma once
// What must hold in every quorum at every moment, checked from notes and events alone:
// Q1 one leader per epoch, epochs never fall; Q2 one vote per epoch; Q3 log matching, nothing
// committed is cut; Q4 what is committed is on stable storage of a majority, and every new leader
// has it; Q5 equal state at equal offsets, no gap between log and snapshot.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/note.hpp"
#include "engine/raft/event.hpp"
#include "engine/raft/identity.hpp"

namespace logarium::raft::test {

class Checks {
 public:
  explicit Checks(VoterSet voters) : voters_(std::move(voters)) {}

  void on_note(const ReplicaKey& node, const Note& note);
  void on_event(const ReplicaKey& node, const Event& event);
  void on_restart(const ReplicaKey& node, std::uint32_t incarnation);

  // The state that the records below the committed end make: the same on every node.
  [[nodiscard]] std::string state_of(const ReplicaKey& node) const;
  [[nodiscard]] Offset committed_end() const { return committed_end_; }
  [[nodiscard]] Offset committed_end(const ReplicaKey& node) const;
  // Empty: all is well.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  std::uint64_t truncations = 0, leaders = 0, snapshots_loaded = 0, votes_refused = 0;

 private:
  struct Batch {
    Offset base, next;
    LeaderEpoch epoch;
    std::uint64_t content = 0;
    QuorumEpoch committed_in = {};  // of the leader that committed it
    bool known = true;              // false: written, but the node died before it said what
  };
  struct Node {
    std::uint32_t incarnation = 0;
    QuorumEpoch epoch;
    Offset log_start;
    std::vector<Batch> log;
    Offset durable_end;
    Offset promised_end;  // durable before the restart
    Offset applied_end;
    std::uint64_t state = 0;
    [[nodiscard]] Offset log_end() const { return log.empty() ? log_start : log.back().next; }
  };
  void role_changed(const ReplicaKey& key, Node& node, const note::QuorumRoleChanged& note);
  void appended(const ReplicaKey& key, Node& node, const note::Appended& note);
  void truncated(const ReplicaKey& key, Node& node, const note::Truncated& note);
  void opened(const ReplicaKey& key, Node& node, const note::ReplicaOpened& note);
  void committed(const ReplicaKey& key, Node& node, const protocol::Batch& batch);
  void loaded(const ReplicaKey& key, Node& node, const event::SnapshotLoaded& snapshot);
  void state_reached(const ReplicaKey& key, const Node& node);
  void cut(const ReplicaKey& key, Node& node, Offset to, bool may_lose_unsynced);
  // Whether the node holds the last committed batch that ends at `end`.
  [[nodiscard]] bool holds(const Node& node, Offset end) const;
  void violation(const ReplicaKey& key, const std::string& what);

  VoterSet voters_;
  std::map<ReplicaKey, Node> nodes_;
  std::map<QuorumEpoch, std::pair<ReplicaKey, std::uint32_t>> leaders_;
  std::map<std::pair<ReplicaKey, QuorumEpoch>, NodeId> votes_;
  std::map<std::pair<Offset, LeaderEpoch>, std::uint64_t> contents_;
  std::map<Offset, Batch> reference_;       // committed batches by their end
  std::map<Offset, std::uint64_t> states_;  // by applied end
  Offset committed_end_;
  std::vector<std::string> violations_;
};

}  // namespace logarium::raft::test
