#include "engine/replica/partition.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

Partition::Partition(TopicInfoRef topic, PartitionIndex index, log::Log log)
    : topic_(std::move(topic)), index_(index), log_(std::move(log)) {
  judged_end_ = log_.log_end();
}

const Leader& Partition::leading() const {
  const Leader* role = leader();
  ENSURE(role != nullptr);
  return *role;
}

const Follower& Partition::following() const {
  const Follower* role = follower();
  ENSURE(role != nullptr);
  return *role;
}

std::optional<LeaderEpoch> Partition::leader_epoch() const {
  if (const Leader* leading = leader()) return leading->epoch();
  if (const Follower* following = follower()) return following->epoch;
  return std::nullopt;
}

std::optional<NodeId> Partition::leader_node(NodeId self) const {
  if (leader() != nullptr) return self;
  const Follower* following = follower();
  return following == nullptr ? std::nullopt : following->leader;
}

std::vector<NodeId> Partition::committed_isr() const {
  const Leader* leading = leader();
  if (leading == nullptr) return {};
  return to_nodes(leading->replicas(), leading->isr().committed());
}

std::vector<NodeId> Partition::maximal_isr() const {
  const Leader* leading = leader();
  return leading == nullptr ? std::vector<NodeId>{}
                            : to_nodes(leading->replicas(), leading->isr().maximal());
}

std::int64_t Partition::effective_min_isr() const {
  const Leader* leading = leader();
  return leading == nullptr ? topic_->min_insync_replicas
                            : leading->effective_min_isr(topic_->min_insync_replicas);
}

Changes Partition::take_changes() { return std::exchange(changes_, Changes{0}); }

View Partition::view(const Scene& scene) const {
  return View{.now = scene.step.now(),
              .log_end = log_.log_end(),
              .high_watermark = log_.high_watermark(),
              .min_insync_replicas = topic_->min_insync_replicas,
              .lag_max = scene.setup.lag_max(),
              .brokers = scene.brokers,
              .rules = scene.setup.rules};
}

void Partition::note_isr(const Scene& scene) const {
  const Leader* leading = leader();
  ENSURE(leading != nullptr);
  ENSURE(partition_epoch_.has_value());
  scene.step.note(note::IsrState{ref(), *partition_epoch_, leading->isr().committed(),
                                 leading->isr().maximal()});
}

// ---- metadata -----------------------------------------------------------------------------------

void Partition::lead_anew(const Scene& scene, const metadata::Partition& placement) {
  const Instant now = scene.step.now();
  const auto self = position_of(placement.replicas, scene.setup.self);
  ENSURE(self.has_value());
  const ReplicaSet isr = to_set(placement.replicas, placement.isr);
  // The epoch starts where the next batch goes, and is on record before any of its batches is.
  const Offset start = log_.pending_end();
  if (auto* leading = std::get_if<Leader>(&role_)) {
    leading->assign(placement.replicas, *self, isr, Leader::Pending::kDrop, now);
    leading->re_elected(placement.leader_epoch, start, now);
  } else {
    Leader fresh(placement.leader_epoch, start, placement.replicas, *self, isr, now);
    if (memory_) fresh.remember(memory_->replicas, memory_->remotes);
    memory_.reset();
    role_ = std::move(fresh);
  }
  log_.assign_epoch_start(scene.step, placement.leader_epoch);
  judged_end_ = log_.log_end();
  scene.step.note(
      note::BecameLeader{ref(), placement.leader_epoch, placement.partition_epoch, log_.log_end()});
  mark(kRoleChanged);
}

void Partition::become_leader(const Scene& scene, const metadata::Partition& placement) {
  // Equal is accepted: the answer to our own AlterPartition may have come first.
  if (partition_epoch_ && placement.partition_epoch < *partition_epoch_) return;
  const bool new_epoch = leader() == nullptr || placement.leader_epoch > *leader_epoch();
  // Then what was asked for since builds on this very state, and may be committed by now (KIP-497):
  // a joining replica goes on counting for the high watermark.
  const bool known = partition_epoch_ == placement.partition_epoch;
  partition_epoch_ = placement.partition_epoch;
  if (new_epoch) {
    lead_anew(scene, placement);
  } else {
    const auto self = position_of(placement.replicas, scene.setup.self);
    ENSURE(self.has_value());
    std::get<Leader>(role_).assign(
        placement.replicas, *self, to_set(placement.replicas, placement.isr),
        known ? Leader::Pending::kKeep : Leader::Pending::kDrop, scene.step.now());
  }
  note_isr(scene);
  mark(kIsrChanged);
  advance_high_watermark(scene);
}

bool Partition::become_follower(const Scene& scene, const metadata::Partition& placement) {
  if (partition_epoch_ && placement.partition_epoch < *partition_epoch_) return false;
  const auto before = leader_epoch();
  const bool was_follower = follower() != nullptr;
  partition_epoch_ = placement.partition_epoch;
  // Vanlightly's specification: only a newer epoch restarts a fetcher, else an old leader could be
  // followed again.
  const bool restart = !scene.setup.rules.on(Rule::kRestartFetcherOnNewEpochOnly) ||
                       !was_follower || !before || placement.leader_epoch > *before;
  if (!restart) {
    auto& following = std::get<Follower>(role_);
    following.replicas = placement.replicas;
    return false;
  }
  if (const Leader* leading = leader();
      leading != nullptr && !scene.setup.rules.on(Rule::kFollowerResetOnEpochChange)) {
    memory_.put(Memory{leading->replicas(), leading->remotes()});
  }
  role_ = Follower{
      .epoch = placement.leader_epoch, .leader = placement.leader, .replicas = placement.replicas};
  scene.step.note(note::BecameFollower{ref(), placement.leader.value_or(NodeId(-1)),
                                       placement.leader_epoch, placement.partition_epoch,
                                       log_.log_end()});
  mark(kRoleChanged);
  // Before KIP-101 a follower fell back to its own high watermark, which lags.
  if (!scene.setup.rules.on(Rule::kTruncateByLeaderEpoch) && log_.ready() &&
      log_.high_watermark() < log_.pending_end()) {
    log_.truncate_to(scene.step, log_.high_watermark(), note::TruncateCause::kHighWatermark);
  }
  return true;
}

void Partition::set_topic(TopicInfoRef topic) {
  topic_ = std::move(topic);
  log_.set_config(topic_->log);
}

// ---- checks -------------------------------------------------------------------------------------

ErrorCode Partition::check(const Setup& setup, std::optional<LeaderEpoch> current,
                           Serves serves) const {
  if (offline()) return ErrorCode::kKafkaStorageError;
  const auto own = leader_epoch();
  if (!own) return ErrorCode::kNotLeaderOrFollower;
  if (current) {
    if (setup.rules.on(Rule::kFenceOldLeaderEpoch) && *current < *own) {
      return ErrorCode::kFencedLeaderEpoch;
    }
    if (setup.rules.on(Rule::kRefuseNewerLeaderEpoch) && *current > *own) {
      return ErrorCode::kUnknownLeaderEpoch;
    }
  }
  if (serves == Serves::kLeaderOnly && leader() == nullptr) {
    return ErrorCode::kNotLeaderOrFollower;
  }
  return log_.ready() ? ErrorCode::kNone : ErrorCode::kNotLeaderOrFollower;
}

// ---- leader -------------------------------------------------------------------------------------

void Partition::follower_fetched(const Scene& scene, const Leader::FollowerFetch& fetch) {
  auto* leading = std::get_if<Leader>(&role_);
  ENSURE(leading != nullptr);
  const auto start_before = leading->remotes()[fetch.replica].log_start;
  const bool moved = leading->fetched(fetch, log_.log_end(), scene.step.now());
  if (start_before != fetch.log_start) mark(kFollowerMoved);
  const View seen = view(scene);
  if (!alter_in_flight_ && leading->may_join(fetch.replica, seen)) {
    leading->propose_expand(only(fetch.replica));
    note_isr(scene);
    mark(kIsrProposed | kIsrChanged);
  }
  if (moved) advance_high_watermark(scene);
}

void Partition::follower_heard(std::size_t replica, Instant when) {
  auto* leading = std::get_if<Leader>(&role_);
  if (leading == nullptr || replica >= leading->remotes().size()) return;
  if (replica == leading->self()) return;
  leading->heard(replica, judged_end_, when);
}

void Partition::advance_high_watermark(const Scene& scene) {
  if (offline()) return;
  if (const Leader* leading = leader()) {
    if (const auto next = leading->next_high_watermark(view(scene))) {
      if (log_.set_high_watermark(scene.step, {*next, leading->epoch(), note::Role::kLeader})) {
        mark(kHighWatermarkMoved);
      }
    }
    return;
  }
  const Follower* following = follower();
  if (following == nullptr) return;
  if (following->leader_high_watermark) {
    const log::Log::HighWatermarkUpdate update{*following->leader_high_watermark, following->epoch,
                                               note::Role::kFollower};
    if (log_.set_high_watermark(scene.step, update)) mark(kHighWatermarkMoved);
  }
  if (following->leader_log_start && *following->leader_log_start > log_.log_start() &&
      log_.advance_log_start(scene.step, *following->leader_log_start, note::StartCause::kLeader)) {
    mark(kLogStartMoved);
  }
}

void Partition::shrink_isr(const Scene& scene) {
  auto* leading = std::get_if<Leader>(&role_);
  if (leading == nullptr || alter_in_flight_ || offline()) return;
  const ReplicaSet out = leading->laggards(view(scene));
  if (is_empty(out)) return;
  // KIP-497: the controller decides, and until then the lagging replica may still be elected.
  const bool count = scene.setup.rules.on(Rule::kLeavingReplicasCount);
  leading->propose_shrink(out, count ? Isr::Leaving::kCount : Isr::Leaving::kAreGone);
  note_isr(scene);
  mark(kIsrProposed);
}

bool Partition::isr_committed(const Scene& scene, const Committed& answer) {
  auto* leading = std::get_if<Leader>(&role_);
  if (leading == nullptr || answer.leader_epoch != leading->epoch()) return false;
  if (answer.partition_epoch < *partition_epoch_) return false;
  partition_epoch_ = answer.partition_epoch;
  leading->isr().commit(to_set(leading->replicas(), answer.isr));
  note_isr(scene);
  mark(kIsrChanged);
  advance_high_watermark(scene);
  return true;
}

bool Partition::isr_refused(const Scene& scene) {
  auto* leading = std::get_if<Leader>(&role_);
  if (leading == nullptr || !leading->isr().in_flight()) return false;
  leading->isr().revert();
  note_isr(scene);
  mark(kIsrChanged);
  advance_high_watermark(scene);
  return true;
}

// ---- follower -----------------------------------------------------------------------------------

void Partition::set_fetching(Fetching fetching) {
  auto* following = std::get_if<Follower>(&role_);
  ENSURE(following != nullptr);
  following->fetching = fetching;
}

void Partition::leader_told(const Scene& scene, Offset high_watermark, Offset log_start) {
  auto* following = std::get_if<Follower>(&role_);
  ENSURE(following != nullptr);
  following->leader_high_watermark = high_watermark;
  following->leader_log_start = log_start;
  advance_high_watermark(scene);
}

// ---- log ----------------------------------------------------------------------------------------

std::optional<log::Event> Partition::take_log_event() {
  auto event = log_.next_event();
  if (!event) return event;
  if (std::holds_alternative<log::LeoMoved>(*event)) {
    mark(kLogEndMoved);
    if (settled()) mark(kLogSettled);
  } else if (std::holds_alternative<log::TruncateDone>(*event)) {
    mark(kLogEndMoved | kHighWatermarkMoved);
    if (settled()) mark(kLogSettled);
  } else if (std::holds_alternative<log::Failed>(*event)) {
    mark(kRoleChanged);
  }
  return event;
}

void Partition::describe(StateVisitor& v) const {
  visit(v, "topic", topic_->name), visit(v, "topic id", topic_->id), visit(v, "index", index_);
  visit(v, "min isr", topic_->min_insync_replicas);
  visit(v, "partition epoch", partition_epoch_);
  visit(v, "alter in flight", alter_in_flight_), visit(v, "judged end", judged_end_);
  visit(v, "role", static_cast<std::int64_t>(role_.index()));
  if (const Leader* leading = leader()) visit(v, "leader", *leading);
  if (const Follower* following = follower()) visit(v, "follower", *following);
  visit(v, "log", log_);
}

}  // namespace logarium::replica
