#pragma once
// Leader: what a partition's leader holds besides its log: the epoch it leads in, its ISR and what
// it knows of its followers; and the decisions that rest on them: how far the high watermark may
// go, who may join the ISR and who must leave it.
//
// It owns no log and sends nothing. `View` lends it what a decision needs.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/config/rules.hpp"
#include "engine/replica/brokers.hpp"
#include "engine/replica/isr.hpp"
#include "engine/replica/remote_replica.hpp"

namespace logarium::replica {

// The surroundings of one decision.
struct View {
  Instant now;
  Offset log_end;         // of the leader
  Offset high_watermark;  // of the leader
  std::int64_t min_insync_replicas = 1;
  Duration lag_max;  // replica.lag.time.max.ms
  const Brokers& brokers;
  Rules rules;
};

class Leader {
 public:
  // A new leadership. REQUIRES: self < replicas.size() <= kReplicasMax.
  Leader(LeaderEpoch epoch, Offset epoch_start, std::vector<NodeId> replicas, std::size_t self,
         ReplicaSet isr, Instant now);

  [[nodiscard]] LeaderEpoch epoch() const { return epoch_; }
  // Where the log ended when this epoch began (LESO).
  [[nodiscard]] Offset epoch_start() const { return epoch_start_; }
  [[nodiscard]] const Isr& isr() const { return isr_; }
  [[nodiscard]] const std::vector<NodeId>& replicas() const { return replicas_; }
  [[nodiscard]] std::size_t self() const { return self_; }
  [[nodiscard]] const std::vector<RemoteReplica>& remotes() const { return remotes_; }
  // Null for this broker itself and for nodes outside the assignment.
  [[nodiscard]] const RemoteReplica* remote(NodeId node) const;

  // ---- what metadata brings ---------------------------------------------------------------------
  // The same leader in a new leader epoch: keeps what is known of followers' logs, but counts an
  // ISR member as caught up now and the others as never.
  void re_elected(LeaderEpoch epoch, Offset epoch_start, Instant now);
  // The committed assignment and ISR, and what becomes of a pending change. Known followers stay
  // known.
  enum class Pending : std::uint8_t { kDrop, kKeep };
  void assign(const std::vector<NodeId>& replicas, std::size_t self, ReplicaSet isr,
              Pending pending, Instant now);
  // Rule kFollowerResetOnEpochChange off: takes over what an earlier leadership knew.
  void remember(const std::vector<NodeId>& replicas, const std::vector<RemoteReplica>& remotes);

  // ---- followers --------------------------------------------------------------------------------
  struct FollowerFetch {
    std::size_t replica = 0;
    Offset offset;
    std::optional<Offset> log_start;
    std::optional<BrokerEpoch> broker_epoch;
  };
  // Returns whether the follower's log end changed.
  bool fetched(const FollowerFetch& fetch, Offset leader_end, Instant now);
  // A fetch of the follower's session that did not name this partition came at `when`.
  void heard(std::size_t replica, Offset leader_end, Instant when) {
    remotes_[replica].heard(leader_end, when);
  }

  // ---- decisions --------------------------------------------------------------------------------
  // min(min.insync.replicas, number of replicas).
  [[nodiscard]] std::int64_t effective_min_isr(std::int64_t min_insync_replicas) const;
  // The high watermark that the followers allow, if it is above the present one.
  [[nodiscard]] std::optional<Offset> next_high_watermark(const View& view) const;
  // Whether the follower may be proposed for the ISR now.
  [[nodiscard]] bool may_join(std::size_t replica, const View& view) const;
  // In metadata neither fenced nor stopping, and fetching with the registered broker epoch.
  [[nodiscard]] bool eligible(std::size_t replica, const View& view) const;
  // Members of the ISR that lag. Empty while a change is in flight.
  [[nodiscard]] ReplicaSet laggards(const View& view) const;
  // Whether every member of the ISR has the leader's whole log, so that none can be lagging.
  [[nodiscard]] bool isr_has_all(Offset log_end) const;
  // Least log start over this replica and the live followers (DeleteRecords).
  [[nodiscard]] Offset low_watermark(Offset own_log_start, const Brokers& brokers) const;

  // Proposes a change of the ISR that concerns the incarnations of brokers that fetched last.
  // REQUIRES: none is under way, and the change is one.
  void propose_expand(ReplicaSet added);
  void propose_shrink(ReplicaSet removed, Isr::Leaving leaving);
  Isr& isr() { return isr_; }
  void describe(StateVisitor& v) const;

 private:
  void keep_broker_epochs();

  LeaderEpoch epoch_;
  Offset epoch_start_;
  std::vector<NodeId> replicas_;  // the assignment, in order
  std::size_t self_ = 0;          // place of this broker in it
  Isr isr_;
  std::vector<RemoteReplica> remotes_;  // by place; the own place is unused
};

}  // namespace logarium::replica
