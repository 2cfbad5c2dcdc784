#pragma once
// Partition: one replica on this broker: its log, and its role as leader or follower of the
// partition with what belongs to that role only. Roles, the ISR and the high watermark change here
// and nowhere else.
//
// It answers no requests and sends nothing. What others must react to it collects as Changes,
// which the replica manager takes after each step's work (Replicas::edit, take_changes).

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/log/log.hpp"
#include "engine/metadata/partition.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/replica/follower.hpp"
#include "engine/replica/leader.hpp"
#include "engine/replica/setup.hpp"

namespace logarium::replica {

// What happened to a partition; a set of bits.
using Changes = std::uint8_t;
inline constexpr Changes kLogEndMoved = 1;
inline constexpr Changes kHighWatermarkMoved = 2;
inline constexpr Changes kLogStartMoved = 4;
inline constexpr Changes kIsrChanged = 8;       // committed or maximal ISR
inline constexpr Changes kIsrProposed = 16;     // an AlterPartition is to be sent
inline constexpr Changes kRoleChanged = 32;     // leadership, leader epoch, or offline
inline constexpr Changes kLogSettled = 64;      // all writes and truncations are done
inline constexpr Changes kFollowerMoved = 128;  // a follower's log start moved

// No leader was ever told: the log is open, metadata has not named its place yet.
struct Unassigned {};

class Partition {
 public:
  using Role = std::variant<Unassigned, Leader, Follower>;

  Partition(TopicInfoRef topic, PartitionIndex index, log::Log log);

  // ---- inspection ------------------------------------------------------------------------------
  [[nodiscard]] PartitionRef ref() const { return {topic_->id, index_}; }
  [[nodiscard]] const TopicInfo& topic() const { return *topic_; }
  [[nodiscard]] PartitionIndex index() const { return index_; }
  [[nodiscard]] std::uint32_t slot() const { return log_.identity().slot; }
  [[nodiscard]] const log::Log& log() const { return log_; }
  [[nodiscard]] Offset log_start() const { return log_.log_start(); }
  [[nodiscard]] Offset log_end() const { return log_.log_end(); }
  [[nodiscard]] Offset high_watermark() const { return log_.high_watermark(); }
  [[nodiscard]] const Role& role() const { return role_; }
  [[nodiscard]] const Leader* leader() const { return std::get_if<Leader>(&role_); }
  [[nodiscard]] const Follower* follower() const { return std::get_if<Follower>(&role_); }
  // REQUIRES: that is its role.
  [[nodiscard]] const Leader& leading() const;
  [[nodiscard]] const Follower& following() const;
  // Empty while unassigned.
  [[nodiscard]] std::optional<LeaderEpoch> leader_epoch() const;
  [[nodiscard]] std::optional<PartitionEpoch> partition_epoch() const { return partition_epoch_; }
  // The broker that leads the partition, as far as this one knows.
  [[nodiscard]] std::optional<NodeId> leader_node(NodeId self) const;
  // Of a leader; empty otherwise. In assignment order.
  [[nodiscard]] std::vector<NodeId> committed_isr() const;
  [[nodiscard]] std::vector<NodeId> maximal_isr() const;
  // The log failed; every request is refused with KAFKA_STORAGE_ERROR.
  [[nodiscard]] bool offline() const { return log_.state() == log::Log::State::kFailed; }
  [[nodiscard]] std::int64_t effective_min_isr() const;

  // ---- metadata --------------------------------------------------------------------------------
  // Ignored when the placement is older than what is known (partition epoch). A leader whose epoch
  // is new notes where it starts and forgets what it knew of followers.
  void become_leader(const Scene& scene, const metadata::Partition& placement);
  // Returns whether the follower must start fetching anew: its leader epoch went up.
  bool become_follower(const Scene& scene, const metadata::Partition& placement);
  void set_topic(TopicInfoRef topic);

  // ---- checks at the door -----------------------------------------------------------------------
  enum class Serves : std::uint8_t { kLeaderOnly, kAnyReplica };
  // Offline, not the leader, or the request's leader epoch is not this one's (KIP-320).
  [[nodiscard]] protocol::ErrorCode check(const Setup& setup, std::optional<LeaderEpoch> current,
                                          Serves serves) const;

  // ---- leader ----------------------------------------------------------------------------------
  // A follower asked for everything from `fetch.offset` on. May propose it for the ISR and move
  // the HW. REQUIRES: leader().
  void follower_fetched(const Scene& scene, const Leader::FollowerFetch& fetch);
  // The follower's session was heard of at `when` and had nothing to ask here; see RemoteReplica.
  void follower_heard(std::size_t replica, Instant when);
  // Moves the high watermark as far as the ISR allows; for a follower as far as its leader told.
  void advance_high_watermark(const Scene& scene);
  // Takes lagging replicas out of the ISR (proposes it to the controller).
  void shrink_isr(const Scene& scene);
  // Answers of the controller (AlterPartition). Each returns whether the state changed.
  struct Committed {
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    std::vector<NodeId> isr;
  };
  bool isr_committed(const Scene& scene, const Committed& answer);
  bool isr_refused(const Scene& scene);
  [[nodiscard]] bool alter_in_flight() const { return alter_in_flight_; }
  void alter_queued() { alter_in_flight_ = true; }
  // The way is free: followers that could not be proposed meanwhile are looked at again.
  void alter_over() {
    alter_in_flight_ = false;
    mark(kIsrChanged);
  }

  // ---- follower --------------------------------------------------------------------------------
  // REQUIRES: follower().
  void set_fetching(Fetching fetching);
  void leader_told(const Scene& scene, Offset high_watermark, Offset log_start);

  // ---- log --------------------------------------------------------------------------------------
  // The log itself, for appends, reads, truncation. Its events are taken by take_log_event.
  [[nodiscard]] log::Log& log() { return log_; }
  // Whether the leader's ISR may lag behind and is to be looked at by the shrink task.
  [[nodiscard]] bool watched() const { return lagging_; }
  void set_watched(bool watched) { lagging_ = watched; }
  // The next event of the log; notes what it changes here. Drained by the replica manager.
  std::optional<log::Event> take_log_event();
  [[nodiscard]] bool settled() const {
    return log_.ready() && log_.pending_end() == log_.log_end();
  }
  void mark(Changes changes) { changes_ = static_cast<Changes>(changes_ | changes); }
  [[nodiscard]] Changes take_changes();
  // Where the log ended when followers were last judged by it.
  [[nodiscard]] Offset judged_end() const { return judged_end_; }
  void set_judged_end(Offset end) { judged_end_ = end; }

  void describe(StateVisitor& v) const;

 private:
  friend class Replicas;
  [[nodiscard]] View view(const Scene& scene) const;
  void note_isr(const Scene& scene) const;
  void lead_anew(const Scene& scene, const metadata::Partition& placement);

  TopicInfoRef topic_;
  PartitionIndex index_;
  std::optional<PartitionEpoch> partition_epoch_;
  Changes changes_ = 0;
  bool queued_ = false;   // among the partitions whose changes will be taken
  bool lagging_ = false;  // in the list that the shrink task looks at
  // An AlterPartition of this partition is queued or on its way (at most one at a time).
  bool alter_in_flight_ = false;
  Offset judged_end_;
  Role role_;
  // Rule kFollowerResetOnEpochChange off: what an earlier leadership knew of its followers.
  struct Memory {
    std::vector<NodeId> replicas;
    std::vector<RemoteReplica> remotes;
  };
  log::Box<Memory> memory_;
  log::Log log_;
};

}  // namespace logarium::replica
