#pragma once
// Progress: what a leader knows of each replica: how far it acknowledged by its fetch offset, and
// when it fetched last. From it follow the high watermark, check quorum and the successors.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/config/rules.hpp"
#include "engine/raft/identity.hpp"

namespace logarium::raft {

struct ReplicaProgress {
  // The offset it fetched last: everything below is on its stable storage (voters sync before
  // they fetch). Empty until its first fetch in this epoch.
  std::optional<Offset> end;
  std::optional<Instant> last_fetch;
  std::optional<WallTime> last_fetch_wall;
  std::optional<WallTime> last_caught_up_wall;
  Offset leader_end_at_last_fetch;
  std::optional<Instant> begin_epoch_sent;
  void describe(StateVisitor& v) const;
};

class Progress {
 public:
  static constexpr std::size_t kObserversMax = 10'000;

  Progress() = default;
  Progress(const VoterSet& voters, const ReplicaKey& self);

  // A fetch, valid in this epoch, asked for `offset` while the leader's log ended at `leader_end`.
  void fetched(const ReplicaKey& from, Offset offset, Offset leader_end, const Now& now);
  // A voter fetched, or fetched a piece of a snapshot. True when with it (and the leader itself) a
  // majority has done so since the last true.
  [[nodiscard]] bool in_touch(const ReplicaKey& from);

  // The largest offset up to which a majority of the voters has the log, the leader having it up
  // to `own_end`. Empty while a majority is not known to have anything.
  [[nodiscard]] std::optional<Offset> majority_end(Offset own_end) const;
  // Forgets observers that have not fetched for kObserverAge.
  void drop_old_observers(Instant now);
  static constexpr Duration kObserverAge = seconds(300);

  // Voters other than the leader, the furthest first, ties in id order.
  [[nodiscard]] std::vector<ReplicaKey> successors() const;

  // Every voter, the leader included (its own entry stays empty).
  [[nodiscard]] const std::map<ReplicaKey, ReplicaProgress>& voters() const { return voters_; }
  [[nodiscard]] const std::map<ReplicaKey, ReplicaProgress>& observers() const {
    return observers_;
  }
  void begin_epoch_sent(const ReplicaKey& to, Instant now) { voters_[to].begin_epoch_sent = now; }
  void describe(StateVisitor& v) const;

 private:
  [[nodiscard]] std::map<ReplicaKey, ReplicaProgress>::iterator find_voter(const ReplicaKey& key);

  NodeId self_;
  std::map<ReplicaKey, ReplicaProgress> voters_;
  std::map<ReplicaKey, ReplicaProgress> observers_;
  std::set<NodeId> in_touch_;
};

}  // namespace logarium::raft
