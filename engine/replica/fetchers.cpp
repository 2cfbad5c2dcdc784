#include "engine/replica/fetchers.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/validation.hpp"
#include "engine/replica/truncation.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

namespace {

std::uint8_t fetcher_number(const Env& env, PartitionRef ref) {
  const std::uint64_t hash = fold(mix64(ref.topic.high ^ ref.topic.low),
                                  static_cast<std::uint64_t>(ref.partition.value()));
  return static_cast<std::uint8_t>(
      hash % static_cast<std::uint64_t>(env.setup.config->num_replica_fetchers));
}

}  // namespace

// ---- who follows whom ---------------------------------------------------------------------------

void Fetchers::on_change(Env& env, Slot slot, Changes changes) {
  if ((changes & kRoleChanged) != 0) {
    leave(env, slot);
    follow(env, slot);
    return;
  }
  if ((changes & kLogSettled) != 0) settled(env, slot);
  if ((changes & kLogStartMoved) != 0) {
    if (Fetcher* fetcher = fetcher_of(slot)) fetcher->mark_changed(slot);
  }
}

void Fetchers::on_removed(Env& env, Slot slot) { leave(env, slot); }

Fetcher* Fetchers::fetcher_of(Slot slot) {
  return slot < of_slot_.size() && of_slot_[slot] ? &fetchers_[*of_slot_[slot]] : nullptr;
}

void Fetchers::leave(Env& env, Slot slot) {
  Fetcher* fetcher = fetcher_of(slot);
  if (fetcher == nullptr) return;
  fetcher->remove(env.replicas, slot);
  const std::uint32_t index = *std::exchange(of_slot_[slot], std::nullopt);
  send(env, index);
}

void Fetchers::follow(Env& env, Slot slot) {
  const Partition* partition = env.replicas.at(slot);
  if (stopped_ || partition == nullptr || partition->offline()) return;
  const Follower* follower = partition->follower();
  if (follower == nullptr || !follower->leader || *follower->leader == env.setup.self) return;
  const auto key = std::pair(*follower->leader, fetcher_number(env, partition->ref()));
  const auto [at, fresh] =
      by_leader_.try_emplace(key, static_cast<std::uint32_t>(fetchers_.size()));
  if (fresh) fetchers_.emplace_back(key.first, key.second);
  fetchers_[at->second].add(slot);
  if (of_slot_.size() <= slot) of_slot_.resize(slot + 1U);
  of_slot_[slot] = at->second;
  // Writes of an earlier role, or a truncation, have to be done before the log's end is known.
  if (partition->settled()) resume(env, slot);
}

void Fetchers::settled(Env& env, Slot slot) {
  Fetcher* fetcher = fetcher_of(slot);
  const Partition* partition = env.replicas.at(slot);
  if (fetcher == nullptr || partition == nullptr || partition->follower() == nullptr) return;
  Fetcher::Entry* entry = fetcher->find(slot);
  ENSURE(entry != nullptr);
  fetcher->set_written(*entry);
  const Fetching state = partition->following().fetching;
  if (state == Fetching::kWaiting || state == Fetching::kWriting) {
    resume(env, slot);
  } else {
    send(env, *of_slot_[slot]);
  }
}

void Fetchers::resume(Env& env, Slot slot) {
  env.replicas.touch(slot).set_fetching(Fetching::kFetching);
  fetcher_of(slot)->activate(slot);
  send(env, *of_slot_[slot]);
}

void Fetchers::send(Env& env, std::uint32_t index) {
  Fetcher& fetcher = fetchers_[index];
  if (stopped_ || !fetcher.may_send()) return;
  auto request = fetcher.next_request(env);
  fetcher.sent();
  env.port.send(fetcher.peer(), std::move(request), cookie(What::kFetchReply, index),
                {.timeout = milliseconds(env.setup.config->replica_socket_timeout_ms)});
}

// ---- answers ------------------------------------------------------------------------------------

void Fetchers::on_fetch_reply(Env& env, const rpc::Reply& reply) {
  const std::uint32_t index = reply.cookie.slot;
  Fetcher& fetcher = fetchers_[index];
  if (stopped_) return;
  const Duration backoff = milliseconds(env.setup.config->replica_fetch_backoff_ms);
  if (reply.outcome != rpc::Outcome::kAnswered) {
    // As Kafka's fetcher does, also when the connection is only in the making: the next one may
    // come up at once.
    if (reply.outcome == rpc::Outcome::kTimedOut) {
      env.port.outbound.close(env.port.step, fetcher.peer());
    }
    fetcher.failed(env.port.step, backoff, cookie(What::kFetcherBackoff, index));
    return;
  }
  const auto& response = protocol::as<protocol::FetchResponse>(reply.body);
  if (!fetcher.answered(response)) {
    const bool of_session = response.error_code == ErrorCode::kFetchSessionIdNotFound ||
                            response.error_code == ErrorCode::kInvalidFetchSessionEpoch;
    if (!of_session) {
      fetcher.failed(env.port.step, backoff, cookie(What::kFetcherBackoff, index));
    }
    send(env, index);
    return;
  }
  for (const auto& topic : response.responses) {
    for (const Data& data : topic.partitions) {
      take(env, index, {topic.topic_id, PartitionIndex(data.partition_index)}, data);
    }
  }
  send(env, index);
}

void Fetchers::on_fetcher_backoff(Env& env, std::uint32_t index) {
  fetchers_[index].backoff_over();
  send(env, index);
}

void Fetchers::take(Env& env, std::uint32_t index, PartitionRef ref, const Data& data) {
  const auto slot = env.replicas.find(ref);
  Fetcher::Entry* entry = slot ? fetchers_[index].find(*slot) : nullptr;
  if (entry == nullptr) return;
  const Partition& partition = env.replicas.get(*slot);
  const Follower* follower = partition.follower();
  if (follower == nullptr || !partition.log().ready()) return;
  const Rules& rules = env.setup.rules;
  // Vanlightly's specification: an answer counts only for the question that would be asked now.
  if (rules.on(Rule::kMatchFetchEpoch) && entry->asked_epoch != follower->epoch) return;
  if (rules.on(Rule::kMatchFetchOffset) && entry->asked != partition.log().pending_end()) return;
  if (follower->fetching != Fetching::kFetching) return;
  if (data.error_code != ErrorCode::kNone) {
    refuse(env, *slot, *entry, data.error_code);
  } else if (data.diverging_epoch.epoch >= 0 && data.diverging_epoch.end_offset >= 0) {
    const log::EpochEnd leader{LeaderEpoch(data.diverging_epoch.epoch),
                               Offset(data.diverging_epoch.end_offset)};
    truncate(env, *slot, truncation_target(partition.log(), leader),
             note::TruncateCause::kDivergingEpoch);
  } else {
    take_data(env, *slot, *entry, data);
  }
}

void Fetchers::take_data(Env& env, Slot slot, Fetcher::Entry& entry, const Data& data) {
  Partition& partition = env.replicas.touch(slot);
  bool damaged = false;
  if (data.records) {
    for (const protocol::Batch& batch : *data.records) {
      // KAFKA-17862: the leader may have appended in a later epoch meanwhile, which this fetch was
      // not checked against.
      if (env.setup.rules.on(Rule::kAppendOnlyFetchedEpoch) && entry.asked_epoch &&
          batch.partition_leader_epoch > *entry.asked_epoch) {
        break;
      }
      damaged = log::validate_replicated(batch, env.setup.rules) != ErrorCode::kNone ||
                !partition.log().append_as_follower(env.port.step, batch);
      if (damaged) break;
    }
  }
  partition.leader_told(env.scene(), Offset(data.high_watermark), Offset(data.log_start_offset));
  if (!partition.settled()) {
    partition.set_fetching(Fetching::kWriting);
    fetcher_of(slot)->set_writing(entry);
  } else if (damaged) {
    back_off(env, slot);
  }
}

void Fetchers::refuse(Env& env, Slot slot, const Fetcher::Entry& entry, ErrorCode error) {
  Partition& partition = env.replicas.touch(slot);
  switch (error) {
    case ErrorCode::kOffsetOutOfRange:
      partition.set_fetching(Fetching::kResolving);
      fetcher_of(slot)->deactivate(env.replicas, slot);
      resolve(env, slot, End::kLatest);
      return;
    case ErrorCode::kFencedLeaderEpoch:
      // The leader has moved on; only new metadata helps, unless it came while this was on its way.
      if (entry.asked_epoch && *entry.asked_epoch < partition.following().epoch) return;
      partition.set_fetching(Fetching::kFenced);
      fetcher_of(slot)->deactivate(env.replicas, slot);
      return;
    default:
      back_off(env, slot);
      return;
  }
}

void Fetchers::truncate(Env& env, Slot slot, Offset target, note::TruncateCause cause) {
  Partition& partition = env.replicas.touch(slot);
  Fetcher* fetcher = fetcher_of(slot);
  partition.set_fetching(Fetching::kWriting);
  fetcher->set_writing(*fetcher->find(slot));
  partition.log().truncate_to(env.port.step, target, cause);
}

void Fetchers::back_off(Env& env, Slot slot) {
  Partition& partition = env.replicas.touch(slot);
  partition.set_fetching(Fetching::kBackingOff);
  fetcher_of(slot)->deactivate(env.replicas, slot);
  env.port.step.arm(milliseconds(env.setup.config->replica_fetch_backoff_ms),
                    cookie(What::kPartitionBackoff, slot,
                           static_cast<std::uint64_t>(partition.following().epoch.value())));
}

void Fetchers::on_partition_backoff(Env& env, Slot slot, LeaderEpoch epoch) {
  const Partition* partition = env.replicas.at(slot);
  const Follower* follower = partition == nullptr ? nullptr : partition->follower();
  if (follower == nullptr || follower->epoch != epoch || fetcher_of(slot) == nullptr) return;
  if (follower->fetching == Fetching::kBackingOff) resume(env, slot);
}

// ---- out of range -------------------------------------------------------------------------------

void Fetchers::resolve(Env& env, Slot slot, End end) {
  const Partition& partition = env.replicas.get(slot);
  auto request = std::make_shared<protocol::ListOffsetsRequest>();
  request->replica_id = env.setup.self.value();
  auto& topic = request->topics.emplace_back();
  topic.name = partition.topic().name;
  auto& named = topic.partitions.emplace_back();
  named.partition_index = partition.index().value();
  named.current_leader_epoch = partition.following().epoch.value();
  named.timestamp = end == End::kLatest ? -1 : -2;
  const What what = end == End::kLatest ? What::kLeaderEndReply : What::kLeaderStartReply;
  env.port.send({*partition.following().leader, rpc::Lane::kMain}, std::move(request),
                cookie(what, slot, static_cast<std::uint64_t>(named.current_leader_epoch)),
                {.timeout = milliseconds(env.setup.config->replica_socket_timeout_ms)});
}

void Fetchers::on_leader_offset(Env& env, const rpc::Reply& reply, End end) {
  const Slot slot = reply.cookie.slot;
  const Partition* partition = env.replicas.at(slot);
  const Follower* follower = partition == nullptr ? nullptr : partition->follower();
  if (follower == nullptr || follower->fetching != Fetching::kResolving) return;
  if (static_cast<std::uint64_t>(follower->epoch.value()) != reply.cookie.value) return;
  if (fetcher_of(slot) == nullptr) return;
  if (reply.outcome == rpc::Outcome::kAnswered) {
    const auto& response = protocol::as<protocol::ListOffsetsResponse>(reply.body);
    if (!response.topics.empty() && !response.topics.front().partitions.empty()) {
      const auto& answer = response.topics.front().partitions.front();
      if (answer.error_code == ErrorCode::kNone && answer.offset >= 0 && partition->log().ready()) {
        resolved(env, slot, Offset(answer.offset), end);
        return;
      }
    }
  }
  back_off(env, slot);
}

void Fetchers::resolved(Env& env, Slot slot, Offset leader_offset, End end) {
  Partition& partition = env.replicas.touch(slot);
  if (end == End::kLatest) {
    if (leader_offset >= partition.log_end()) {
      resolve(env, slot, End::kEarliest);
      return;
    }
    // An unclean leader with a shorter log: follow it.
    truncate(env, slot, leader_offset, note::TruncateCause::kOutOfRange);
    return;
  }
  if (leader_offset <= partition.log_end()) {
    resume(env, slot);
    return;
  }
  // All we have is older than what the leader kept.
  Fetcher* fetcher = fetcher_of(slot);
  partition.set_fetching(Fetching::kWriting);
  fetcher->set_writing(*fetcher->find(slot));
  partition.log().truncate_fully_and_start_at(env.port.step, leader_offset,
                                              note::TruncateCause::kOutOfRange);
}

void Fetchers::describe(StateVisitor& v) const {
  visit(v, "fetchers", fetchers_), visit(v, "stopped", stopped_);
}

}  // namespace logarium::replica
