#include "engine/replica/fetcher.hpp"

#include <limits>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

void Fetcher::remove(const Replicas& replicas, Slot slot) {
  const auto at = entries_.find(slot);
  if (at == entries_.end()) return;
  deactivate(replicas, slot);
  set_written(at->second);
  entries_.erase(at);
}

Fetcher::Entry* Fetcher::find(Slot slot) {
  const auto at = entries_.find(slot);
  return at == entries_.end() ? nullptr : &at->second;
}

void Fetcher::activate(Slot slot) {
  Entry& entry = entries_.at(slot);
  if (!entry.active) ++active_;
  entry.active = true;
  mark_changed(slot);
}

void Fetcher::deactivate(const Replicas& replicas, Slot slot) {
  Entry& entry = entries_.at(slot);
  if (!entry.active) return;
  entry.active = false;
  --active_;
  if (!entry.told) return;
  entry.told = false;
  if (const Partition* partition = replicas.at(slot)) forgotten_.push_back(partition->ref());
}

void Fetcher::mark_changed(Slot slot) {
  Entry* entry = find(slot);
  if (entry == nullptr || entry->changed) return;
  entry->changed = true;
  changed_.push_back(slot);
}

void Fetcher::set_writing(Entry& entry) {
  if (!entry.writing) ++writing_;
  entry.writing = true;
}

void Fetcher::set_written(Entry& entry) {
  if (!entry.writing) return;
  ENSURE(writing_ > 0);
  --writing_;
  entry.writing = false;
}

bool Fetcher::may_send() const {
  return !in_flight_ && writing_ == 0 && active_ > 0 && backoff_ == TimerHandle{};
}

std::shared_ptr<protocol::FetchRequest> Fetcher::next_request(const Env& env) {
  const BrokerConfig& config = *env.setup.config;
  auto request = std::make_shared<protocol::FetchRequest>();
  request->replica_state.replica_id = env.setup.self.value();
  request->replica_state.replica_epoch = env.broker_epoch ? env.broker_epoch->value() : -1;
  request->max_wait_ms = static_cast<std::int32_t>(config.replica_fetch_wait_max_ms);
  request->min_bytes = static_cast<std::int32_t>(config.replica_fetch_min_bytes);
  request->max_bytes = static_cast<std::int32_t>(config.replica_fetch_response_max_bytes);
  request->session_id = session_id_;
  request->session_epoch = session_epoch_;
  if (session_epoch_ == 0) {
    for (auto& [slot, entry] : entries_) {
      entry.changed = false;
      if (entry.active && follows_here(env.replicas, slot)) name(env, *request, slot, entry);
    }
    changed_.clear();
    forgotten_.clear();
    return request;
  }
  while (!changed_.empty()) {
    const Slot slot = changed_.pop_front();
    Entry* entry = find(slot);
    if (entry == nullptr || !entry->changed) continue;
    entry->changed = false;
    if (entry->active && follows_here(env.replicas, slot)) name(env, *request, slot, *entry);
  }
  for (const PartitionRef ref : forgotten_) {
    const auto slot = env.replicas.find(ref);
    Entry* entry = slot ? find(*slot) : nullptr;
    if (entry != nullptr && entry->told) continue;  // it is back already
    auto& topic = request->forgotten_topics_data.emplace_back();
    topic.topic_id = ref.topic;
    topic.partitions.push_back(ref.partition.value());
  }
  forgotten_.clear();
  return request;
}

bool Fetcher::follows_here(const Replicas& replicas, Slot slot) const {
  const Partition* partition = replicas.at(slot);
  const Follower* follower = partition == nullptr ? nullptr : partition->follower();
  return follower != nullptr && follower->leader == leader_;
}

void Fetcher::name(const Env& env, protocol::FetchRequest& request, Slot slot, Entry& entry) const {
  const Partition* partition = env.replicas.at(slot);
  ENSURE(partition != nullptr);
  const Follower* follower = partition->follower();
  ENSURE(follower != nullptr);
  const PartitionRef ref = partition->ref();
  if (request.topics.empty() || request.topics.back().topic_id != ref.topic) {
    request.topics.emplace_back().topic_id = ref.topic;
  }
  auto& named = request.topics.back().partitions.emplace_back();
  named.partition = ref.partition.value();
  named.current_leader_epoch = follower->epoch.value();
  named.fetch_offset = partition->log_end().value();
  named.log_start_offset = partition->log_start().value();
  named.partition_max_bytes = static_cast<std::int32_t>(env.setup.config->replica_fetch_max_bytes);
  // KIP-595's way of truncation: the leader compares the end of our last epoch with its own.
  if (const auto latest = partition->log().latest_epoch();
      latest && env.setup.rules.on(Rule::kTruncateByLeaderEpoch)) {
    named.last_fetched_epoch = latest->value();
  }
  entry.told = true;
  entry.asked = partition->log_end();
  entry.asked_epoch = follower->epoch;
}

void Fetcher::restart_session() {
  session_epoch_ = 0;
  for (auto& [slot, entry] : entries_) entry.told = false;
}

void Fetcher::failed(StepContext& step, Duration backoff, Cookie cookie) {
  in_flight_ = false;
  restart_session();
  step.rearm(backoff_, backoff, cookie);
}

bool Fetcher::answered(const protocol::FetchResponse& response) {
  in_flight_ = false;
  if (response.error_code != ErrorCode::kNone) {
    if (response.error_code == ErrorCode::kFetchSessionIdNotFound) session_id_ = 0;
    restart_session();
    return false;
  }
  if (response.session_id == 0) {
    session_id_ = 0;
    restart_session();
  } else if (session_epoch_ == 0 || response.session_id != session_id_) {
    session_id_ = response.session_id;
    session_epoch_ = 1;
  } else {
    session_epoch_ =
        session_epoch_ == std::numeric_limits<std::int32_t>::max() ? 1 : session_epoch_ + 1;
  }
  return true;
}

void Fetcher::Entry::describe(StateVisitor& v) const {
  visit(v, "active", active), visit(v, "told", told), visit(v, "changed", changed);
  visit(v, "writing", writing), visit(v, "asked", asked), visit(v, "asked epoch", asked_epoch);
}
void Fetcher::describe(StateVisitor& v) const {
  visit(v, "leader", leader_), visit(v, "number", number_), visit(v, "entries", entries_);
  visit(v, "changed", changed_), visit(v, "forgotten", forgotten_.size());
  visit(v, "session id", session_id_), visit(v, "session epoch", session_epoch_);
  visit(v, "in flight", in_flight_), visit(v, "writing", writing_), visit(v, "active", active_);
}

}  // namespace logarium::replica
