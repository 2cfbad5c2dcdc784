#pragma once
// RemoteReplica: what a leader knows of one follower in the current leader epoch, learnt from the
// follower's fetches alone (a fetch at offset n says "I have everything below n").

#include <optional>

#include "engine/base/ids.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/base/time.hpp"

namespace logarium::replica {

struct RemoteReplica {
  // Empty until the first fetch in this leader epoch.
  std::optional<Offset> log_end;
  std::optional<Offset> log_start;
  // As carried by its last fetch; empty: none carried, which bypasses the check (KIP-903).
  std::optional<BrokerEpoch> broker_epoch;
  // `broker_epoch` when the ISR change that is under way was proposed. A change is asked for again
  // as it was proposed, so that the controller refuses one about a broker that restarted since.
  std::optional<BrokerEpoch> proposed_with;
  // When the replica was last known to hold everything the leader had. Never lowered within a
  // leader epoch. Empty: never.
  std::optional<Instant> last_caught_up;
  // The previous fetch: when it came, and where the leader's log ended then.
  std::optional<Instant> last_fetch;
  std::optional<Offset> leader_end_at_last_fetch;

  // In step with the leader's log: all of it, or all of it a short while ago.
  [[nodiscard]] bool caught_up(Offset leader_end, Instant now, Duration lag_max) const {
    return log_end == leader_end || caught_up_lately(now, lag_max);
  }
  [[nodiscard]] bool caught_up_lately(Instant now, Duration lag_max) const {
    return last_caught_up && now - *last_caught_up <= lag_max;
  }
  // A fetch at `offset` while the leader's log ends at `leader_end`. Caught up now, or at the time
  // of the previous fetch when this one has reached what the leader had then.
  void fetched(Offset offset, std::optional<Offset> start, Offset leader_end, Instant now,
               std::optional<BrokerEpoch> epoch) {
    if (offset >= leader_end) {
      caught_up_at(now);
    } else if (last_fetch && leader_end_at_last_fetch && offset >= *leader_end_at_last_fetch) {
      caught_up_at(*last_fetch);
    }
    log_end = offset;
    log_start = start;
    if (!leader_end_at_last_fetch || *leader_end_at_last_fetch < leader_end) {
      leader_end_at_last_fetch = leader_end;
    }
    last_fetch = now;
    broker_epoch = epoch;
  }
  // The follower's fetch session was heard of at `when` without naming this partition: its fetch
  // offset had not changed, while the leader's log ended at `leader_end`.
  void heard(Offset leader_end, Instant when) {
    if (!log_end || (last_fetch && *last_fetch >= when)) return;
    if (*log_end >= leader_end) {
      caught_up_at(when);
    } else if (last_fetch && leader_end_at_last_fetch && *log_end >= *leader_end_at_last_fetch) {
      caught_up_at(*last_fetch);
    }
    if (!leader_end_at_last_fetch || *leader_end_at_last_fetch < leader_end) {
      leader_end_at_last_fetch = leader_end;
    }
    last_fetch = when;
  }
  void caught_up_at(Instant when) {
    if (!last_caught_up || *last_caught_up < when) last_caught_up = when;
  }

  void describe(StateVisitor& v) const {
    visit(v, "log end", log_end), visit(v, "log start", log_start);
    visit(v, "broker epoch", broker_epoch), visit(v, "proposed with", proposed_with);
    visit(v, "last caught up", last_caught_up);
    visit(v, "last fetch", last_fetch);
    visit(v, "leader end at last fetch", leader_end_at_last_fetch);
  }
};

}  // namespace logarium::replica
