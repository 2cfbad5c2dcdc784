#include "engine/replica/leader.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::replica {

Leader::Leader(LeaderEpoch epoch, Offset epoch_start, std::vector<NodeId> replicas,
               std::size_t self, ReplicaSet isr, Instant now)
    : epoch_(epoch),
      epoch_start_(epoch_start),
      replicas_(std::move(replicas)),
      self_(self),
      isr_(isr),
      remotes_(replicas_.size()) {
  ENSURE(self_ < replicas_.size());
  ENSURE(replicas_.size() <= kReplicasMax);
  for (std::size_t i = 0; i < remotes_.size(); ++i) {
    if (contains(isr, i)) remotes_[i].last_caught_up = now;
  }
}

const RemoteReplica* Leader::remote(NodeId node) const {
  const auto at = position_of(replicas_, node);
  return at && *at != self_ ? &remotes_[*at] : nullptr;
}

void Leader::re_elected(LeaderEpoch epoch, Offset epoch_start, Instant now) {
  ENSURE(epoch > epoch_);
  epoch_ = epoch;
  epoch_start_ = epoch_start;
  for (std::size_t i = 0; i < remotes_.size(); ++i) {
    RemoteReplica& remote = remotes_[i];
    const bool in_sync = contains(isr_.committed(), i);
    remote.leader_end_at_last_fetch = epoch_start;
    remote.last_fetch = in_sync ? std::optional(now) : std::nullopt;
    remote.last_caught_up = in_sync ? std::optional(now) : std::nullopt;
  }
}

void Leader::assign(const std::vector<NodeId>& replicas, std::size_t self, ReplicaSet isr,
                    Pending pending, Instant now) {
  ENSURE(self < replicas.size());
  ENSURE(replicas.size() <= kReplicasMax);
  const Isr before = isr_;
  isr_.commit(isr);
  if (pending == Pending::kKeep && before.in_flight()) {
    const ReplicaSet wanted = to_set(replicas, to_nodes(replicas_, before.proposed()));
    const ReplicaSet added = minus(wanted, isr);
    const ReplicaSet removed = minus(isr, wanted);
    if (!is_empty(added)) {
      isr_.propose_expand(added);
    } else if (!is_empty(removed)) {
      isr_.propose_shrink(removed);
    }
  }
  if (replicas == replicas_) return;
  std::vector<RemoteReplica> remotes(replicas.size());
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if (const auto old = position_of(replicas_, replicas[i])) {
      remotes[i] = remotes_[*old];
    } else if (contains(isr, i)) {
      remotes[i].last_caught_up = now;
    }
  }
  replicas_ = replicas;
  self_ = self;
  remotes_ = std::move(remotes);
}

void Leader::remember(const std::vector<NodeId>& replicas,
                      const std::vector<RemoteReplica>& remotes) {
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (const auto old = position_of(replicas, replicas_[i])) remotes_[i] = remotes[*old];
  }
}

bool Leader::fetched(const FollowerFetch& fetch, Offset leader_end, Instant now) {
  ENSURE(fetch.replica < remotes_.size());
  ENSURE(fetch.replica != self_);
  RemoteReplica& remote = remotes_[fetch.replica];
  const auto before = remote.log_end;
  remote.fetched(fetch.offset, fetch.log_start, leader_end, now, fetch.broker_epoch);
  return remote.log_end != before;
}

std::int64_t Leader::effective_min_isr(std::int64_t min_insync_replicas) const {
  return std::min(min_insync_replicas, static_cast<std::int64_t>(replicas_.size()));
}

std::optional<Offset> Leader::next_high_watermark(const View& view) const {
  // KIP-966: below min.insync.replicas nothing becomes committed.
  if (view.rules.on(Rule::kHighWatermarkNeedsMinIsr) &&
      count(isr_.committed()) < effective_min_isr(view.min_insync_replicas)) {
    return std::nullopt;
  }
  // KIP-497: the controller may have committed a pending expansion already, so a joining replica
  // counts; so does one that is about to join, which the watermark would otherwise run away from.
  const bool over_maximal = view.rules.on(Rule::kHighWatermarkOverMaximalIsr);
  const ReplicaSet waits_for = over_maximal ? isr_.maximal() : isr_.committed();
  Offset candidate = view.log_end;
  for (std::size_t i = 0; i < remotes_.size(); ++i) {
    if (i == self_) continue;
    const RemoteReplica& remote = remotes_[i];
    if (remote.log_end && *remote.log_end >= candidate) continue;
    const bool counts = contains(waits_for, i) ||
                        (over_maximal && remote.caught_up(view.log_end, view.now, view.lag_max) &&
                         eligible(i, view));
    if (!counts) continue;
    if (!remote.log_end) return std::nullopt;
    candidate = *remote.log_end;
  }
  if (view.rules.on(Rule::kMonotonicHighWatermark) ? candidate > view.high_watermark
                                                   : candidate != view.high_watermark) {
    return candidate;
  }
  return std::nullopt;
}

bool Leader::eligible(std::size_t replica, const View& view) const {
  // KIP-841: fenced and stopping brokers stay out of ISRs.
  const BrokerView* broker = view.brokers.find(replicas_[replica]);
  if (broker == nullptr || broker->fenced || broker->shutting_down) return false;
  // KIP-903: a fetch from before the broker's restart says nothing about what it holds now.
  const auto& fetched_with = remotes_[replica].broker_epoch;
  return !view.rules.on(Rule::kCheckFollowerBrokerEpoch) || !fetched_with ||
         *fetched_with == broker->epoch;
}

void Leader::propose_expand(ReplicaSet added) {
  isr_.propose_expand(added);
  keep_broker_epochs();
}

void Leader::propose_shrink(ReplicaSet removed, Isr::Leaving leaving) {
  isr_.propose_shrink(removed, leaving);
  keep_broker_epochs();
}

void Leader::keep_broker_epochs() {
  for (RemoteReplica& remote : remotes_) remote.proposed_with = remote.broker_epoch;
}

bool Leader::may_join(std::size_t replica, const View& view) const {
  if (replica == self_ || isr_.in_flight() || contains(isr_.committed(), replica)) return false;
  const RemoteReplica& remote = remotes_[replica];
  if (!remote.log_end || !remote.last_fetch) return false;
  const Rules& rules = view.rules;
  if (!rules.on(Rule::kExpandWhenUnfenced)) return false;
  if (rules.on(Rule::kExpandNeedsEligibility) && !eligible(replica, view)) return false;
  if (rules.on(Rule::kExpandNeedsHighWatermark) && *remote.log_end < view.high_watermark) {
    return false;
  }
  // KAFKA-7128: what the previous leader committed ends at the start of this epoch at the latest.
  return !rules.on(Rule::kExpandNeedsEpochStart) || *remote.log_end >= epoch_start_;
}

ReplicaSet Leader::laggards(const View& view) const {
  ReplicaSet lagging;
  if (isr_.in_flight()) return lagging;
  for (std::size_t i = 0; i < remotes_.size(); ++i) {
    if (i == self_ || !contains(isr_.committed(), i)) continue;
    const bool same_end =
        view.rules.on(Rule::kSameEndIsInSync) && remotes_[i].log_end == view.log_end;
    if (!same_end && !remotes_[i].caught_up_lately(view.now, view.lag_max)) {
      lagging = join(lagging, only(i));
    }
  }
  return lagging;
}

bool Leader::isr_has_all(Offset log_end) const {
  for (std::size_t i = 0; i < remotes_.size(); ++i) {
    if (i == self_ || !contains(isr_.committed(), i)) continue;
    if (remotes_[i].log_end != log_end) return false;
  }
  return true;
}

Offset Leader::low_watermark(Offset own_log_start, const Brokers& brokers) const {
  Offset low = own_log_start;
  for (std::size_t i = 0; i < remotes_.size(); ++i) {
    if (i == self_ || !brokers.active(replicas_[i])) continue;
    low = std::min(low, remotes_[i].log_start.value_or(Offset(-1)));
  }
  return low;
}

void Leader::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch_), visit(v, "epoch start", epoch_start_);
  visit(v, "replicas", replicas_), visit(v, "self", self_);
  visit(v, "isr", isr_), visit(v, "remotes", remotes_);
}

}  // namespace logarium::replica
