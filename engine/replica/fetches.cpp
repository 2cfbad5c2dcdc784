#include "engine/replica/fetches.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

namespace {

// Session epochs of a request with a meaning of their own (KIP-227).
constexpr std::int32_t kFinalEpoch = -1;      // no session, or the end of one
constexpr std::int32_t kInitialEpoch = 0;     // a full fetch that asks for a new session
constexpr std::int16_t kRackVersion = 11;     // the first version with a client's rack
constexpr std::int16_t kTopicIdVersion = 13;  // the first version with topic ids (KIP-516)

std::int32_t next_epoch(std::int32_t epoch) {
  return epoch == std::numeric_limits<std::int32_t>::max() ? 1 : epoch + 1;
}

Reader reader_of(const rpc::Request& request, const protocol::FetchRequest& asked) {
  Reader reader;
  const std::int32_t replica =
      asked.replica_state.replica_id >= 0 ? asked.replica_state.replica_id : asked.replica_id;
  if (replica >= 0) {
    reader.replica = NodeId(replica);
    if (asked.replica_state.replica_epoch >= 0) {
      reader.broker_epoch = BrokerEpoch(asked.replica_state.replica_epoch);
    }
    return reader;
  }
  reader.read_committed = asked.isolation_level == 1;
  reader.knows_replicas = request.api_version >= kRackVersion;
  reader.rack = asked.rack_id;
  return reader;
}

}  // namespace

void Fetches::handle(Env& env, const rpc::Request& request) {
  const auto& asked = protocol::as<protocol::FetchRequest>(request.body);
  ErrorCode error = ErrorCode::kNone;
  const auto at = open_session(env, request, asked, error);
  if (!at) {
    refuse(env, request, error);
    return;
  }
  Session& session = sessions_.get(*at);
  session.reader = reader_of(request, asked);
  session.last_used = env.now();
  forget(env, *at, asked);
  take_interests(env, *at, asked);
  Serving serving;
  serving.request = request.id;
  serving.listener = request.listener;
  serving.version = request.api_version;
  serving.full = asked.session_epoch == kInitialEpoch || asked.session_epoch == kFinalEpoch;
  const std::int64_t most = session.reader.replica ? std::numeric_limits<std::int32_t>::max()
                                                   : env.setup.config->fetch_max_bytes;
  serving.max_bytes = std::clamp<std::int64_t>(asked.max_bytes, 0, most);
  serving.min_bytes = std::min<std::int64_t>(asked.min_bytes, serving.max_bytes);
  session.serving = std::move(serving);
  serve(env, *at, asked.max_wait_ms);
}

std::optional<SessionAt> Fetches::open_session(Env& env, const rpc::Request& request,
                                               const Request& asked, ErrorCode& error) {
  const bool full = asked.session_epoch == kInitialEpoch || asked.session_epoch == kFinalEpoch;
  if (!full) return resume(env, request, asked, error);
  if (asked.session_id != 0) {
    if (const auto old = sessions_.find(asked.session_id)) close_session(env, *old);
  }
  const SessionAt at = sessions_.add();
  sessions_.get(at).created = env.now();
  sessions_.get(at).reader = reader_of(request, asked);
  sessions_.get(at).by_topic_id = request.api_version >= kTopicIdVersion;
  if (asked.session_epoch == kInitialEpoch) admit(env, at, asked);
  return at;
}

std::optional<SessionAt> Fetches::resume(Env& env, const rpc::Request& request,
                                         const Request& asked, ErrorCode& error) {
  const auto at = sessions_.find(asked.session_id);
  if (!at) {
    error = ErrorCode::kFetchSessionIdNotFound;
    return std::nullopt;
  }
  Session& session = sessions_.get(*at);
  if (asked.session_epoch != session.epoch) {
    error = ErrorCode::kInvalidFetchSessionEpoch;
    return std::nullopt;
  }
  if (session.by_topic_id != (request.api_version >= kTopicIdVersion)) {
    error = ErrorCode::kFetchSessionTopicIdError;
    return std::nullopt;
  }
  session.epoch = next_epoch(session.epoch);
  abandon(env, *at);
  return at;
}

void Fetches::admit(Env& env, SessionAt at, const Request& asked) {
  std::size_t size = 0;
  for (const auto& topic : asked.topics) size += topic.partitions.size();
  if (size == 0) return;
  const SessionCache::Admission admission{
      .now = env.now(),
      .slots_max =
          static_cast<std::size_t>(env.setup.config->max_incremental_fetch_session_cache_slots),
      .follower = sessions_.get(at).reader.replica.has_value(),
      .size = size};
  if (!sessions_.has_room(admission)) {
    const auto victim = sessions_.evictable(admission);
    if (!victim) return;
    close_session(env, *victim);
  }
  std::int32_t id = 0;
  do {
    id = static_cast<std::int32_t>(
        env.port.step.random().between(1, std::numeric_limits<std::int32_t>::max()));
  } while (sessions_.find(id));
  sessions_.keep(at, id);
  sessions_.get(at).epoch = 1;
}

void Fetches::take_interests(Env& env, SessionAt at, const Request& asked) {
  Session& session = sessions_.get(at);
  const bool kept = session.id != 0;
  for (const auto& topic : asked.topics) {
    const std::string name = topic.topic_id.is_zero() ? topic.topic : std::string();
    for (const auto& wanted : topic.partitions) {
      const PartitionIndex index(wanted.partition);
      const PartitionRef asked_ref{topic.topic_id, index};
      std::optional<std::uint32_t> place = kept ? session.find(name, asked_ref) : std::nullopt;
      if (!place) {
        place = session.place();
        if (kept) session.index.emplace(std::pair(name, asked_ref), *place);
        Interest& fresh = session.interests[*place];
        fresh.ref = asked_ref;
        fresh.topic = name;
      }
      Interest& interest = session.interests[*place];
      interest.fetch_offset = Offset(wanted.fetch_offset);
      interest.max_bytes = std::max(wanted.partition_max_bytes, 0);
      if (interest.current_epoch != wire_epoch(wanted.current_leader_epoch)) {
        // An answer to the question of the old epoch was ignored; tell all once more.
        interest.told_high_watermark.reset();
        interest.told_log_start.reset();
      }
      interest.current_epoch = wire_epoch(wanted.current_leader_epoch);
      interest.last_fetched_epoch = wire_epoch(wanted.last_fetched_epoch);
      interest.log_start = wanted.log_start_offset < 0
                               ? std::nullopt
                               : std::optional(Offset(wanted.log_start_offset));
      session.mark_dirty(*place);
      if (!interest.slot) {
        const Located found = locate(env, name, topic.topic_id, index);
        if (found.slot) {
          interest.slot = found.slot;
          if (kept) watch(at, *place, *found.slot);
        }
      }
    }
  }
}

void Fetches::forget(Env& env, SessionAt at, const Request& asked) {
  Session& session = sessions_.get(at);
  for (const auto& topic : asked.forgotten_topics_data) {
    const std::string name = topic.topic_id.is_zero() ? topic.topic : std::string();
    for (const std::int32_t index : topic.partitions) {
      const auto key = std::pair(name, PartitionRef{topic.topic_id, PartitionIndex(index)});
      const auto found = session.index.find(key);
      if (found == session.index.end()) continue;
      const std::uint32_t place = found->second;
      session.index.erase(found);
      Interest& interest = session.interests[place];
      if (interest.slot) {
        if (Partition* partition = env.replicas.reading(*interest.slot)) {
          hear_followers(env, *interest.slot, *partition);
        }
        unwatch(at, place, *interest.slot);
      }
      for (std::size_t i = session.dirty.size(); i > 0; --i) {
        if (session.dirty[i - 1] == place) session.dirty.erase(i - 1);
      }
      interest = Interest{};
      session.free.push_back(place);
      --session.used;
    }
  }
}

void Fetches::serve(Env& env, SessionAt at, std::int64_t max_wait_ms) {
  Session& session = sessions_.get(at);
  const bool ready = enough(env, session, Arrival::kFetch);
  if (ready || max_wait_ms <= 0 || session.used == 0) {
    collect(env, at);
    return;
  }
  if (session.id == 0) {
    for (std::uint32_t i = 0; i < session.interests.size(); ++i) {
      if (session.interests[i].slot) watch(at, i, *session.interests[i].slot);
    }
  }
  session.serving->waited = true;
  session.serving->deadline = env.now() + milliseconds(max_wait_ms);
  watch_deadline(env, at);
}

// The timer is moved to an earlier instant only: an answer leaves it where it is, and when it fires
// before the deadline of the fetch that waits then, it is set anew. So a busy session costs one
// wake per max.wait.ms.
void Fetches::watch_deadline(Env& env, SessionAt at) {
  Session& session = sessions_.get(at);
  Timers& timers = env.port.step.timers();
  if (timers.deadline(session.timer) <= session.serving->deadline) return;
  timers.rearm(session.timer, session.serving->deadline,
               cookie(What::kFetchDeadline, at, session.generation));
}

void Fetches::refuse(Env& env, const rpc::Request& request, ErrorCode error) {
  auto response = std::make_shared<protocol::FetchResponse>();
  response->error_code = error;
  env.port.answer(request.id, std::move(response));
}

// Ends a fetch that another one of its session overtook; its connection is most likely gone.
void Fetches::abandon(Env& env, SessionAt at) {
  Session& session = sessions_.get(at);
  if (!session.serving) return;
  drop_reads(env, at);
  auto response = std::make_shared<protocol::FetchResponse>();
  response->error_code = ErrorCode::kFetchSessionIdNotFound;
  env.port.answer(session.serving->request, std::move(response));
  session.serving.reset();
}

void Fetches::close_session(Env& env, SessionAt at) {
  Session& session = sessions_.get(at);
  abandon(env, at);
  for (std::uint32_t i = 0; i < session.interests.size(); ++i) {
    const Interest& interest = session.interests[i];
    if (!interest.used || !interest.slot) continue;
    if (Partition* partition = env.replicas.reading(*interest.slot)) {
      hear_followers(env, *interest.slot, *partition);
    }
    unwatch(at, i, *interest.slot);
  }
  env.port.step.timers().cancel(session.timer);
  sessions_.remove(at);
}

// ---- what changed -------------------------------------------------------------------------------

void Fetches::on_change(Env& env, Slot slot, Changes changes) {
  if (slot >= watches_.size() || watches_[slot].empty()) return;
  // An ISR change lets a follower that was refused try again with its next fetch.
  constexpr Changes kAnyReader = kHighWatermarkMoved | kLogStartMoved | kRoleChanged;
  constexpr Changes kFollowers = kAnyReader | kLogEndMoved | kIsrChanged;
  if ((changes & kFollowers) == 0) return;
  std::vector<std::pair<SessionAt, std::uint64_t>> woken;
  woken.swap(woken_);
  for (const Watch& watch : watches_[slot]) {
    Session& session = sessions_.get(watch.session);
    const bool follower = session.reader.replica.has_value();
    Changes data = follower ? kLogEndMoved : kHighWatermarkMoved;
    if (!env.setup.rules.on(Rule::kReadBelowHighWatermark)) data = kLogEndMoved;
    // KIP-392: consumers read from followers, so these hear of a new high watermark at once.
    if (follower && env.setup.selects_replicas()) data |= kHighWatermarkMoved;
    if ((changes & (follower ? kFollowers : kAnyReader | data)) == 0) continue;
    session.mark_dirty(watch.interest);
    if (follower && (changes & kIsrChanged) != 0) session.interests[watch.interest].revisit = true;
    const bool wakes = (changes & (data | kRoleChanged)) != 0;
    if (wakes && session.serving && session.serving->phase == Serving::Phase::kWaiting) {
      woken.emplace_back(watch.session, session.generation);
    }
  }
  for (const auto& [at, generation] : woken) {
    Session* session = sessions_.at(at);
    if (session == nullptr || session->generation != generation || !session->serving) continue;
    if (enough(env, *session, Arrival::kLater)) collect(env, at);
  }
  woken.clear();
  woken_.swap(woken);
}

void Fetches::hear_followers(Env& env, Slot slot, Partition& partition) {
  static_cast<void>(env);
  const Leader* leader = partition.leader();
  if (leader == nullptr || slot >= watches_.size()) return;
  for (const Watch& watch : watches_[slot]) {
    const Session& session = sessions_.get(watch.session);
    if (session.id == 0 || !session.reader.replica) continue;
    if (session.interests[watch.interest].dirty) continue;
    if (const auto replica = position_of(leader->replicas(), *session.reader.replica)) {
      partition.follower_heard(*replica, session.last_used);
    }
  }
}

void Fetches::on_broker_changed(Env& env, NodeId broker) {
  static_cast<void>(env);
  for (const SessionAt at : sessions_.places()) {
    Session& session = sessions_.get(at);
    if (session.reader.replica != broker) continue;
    for (std::uint32_t i = 0; i < session.interests.size(); ++i) {
      session.interests[i].revisit = true;
      session.mark_dirty(i);
    }
  }
}

void Fetches::on_removed(Env& env, Slot slot) {
  while (true) {
    const auto read = reads_.lower_bound({slot, log::Ticket(0)});
    if (read == reads_.end() || read->first.first != slot) break;
    on_read(env, slot, {read->first.second, log::ReadStatus::kStale, {}});
  }
  if (slot >= watches_.size()) return;
  for (const Watch& watch : std::exchange(watches_[slot], {})) {
    Session& session = sessions_.get(watch.session);
    session.interests[watch.interest].slot.reset();
    session.mark_dirty(watch.interest);
  }
}

void Fetches::on_deadline(Env& env, SessionAt at, std::uint64_t generation) {
  Session* session = sessions_.at(at);
  if (session == nullptr || session->generation != generation) return;
  session->timer = TimerHandle{};
  if (!session->serving || session->serving->phase != Serving::Phase::kWaiting) return;
  if (session->serving->deadline <= env.now()) {
    collect(env, at);
  } else {
    watch_deadline(env, at);
  }
}

// ---- watches ------------------------------------------------------------------------------------

std::vector<Fetches::Watch>& Fetches::watches(Slot slot) {
  if (watches_.size() <= slot) watches_.resize(slot + 1U);
  return watches_[slot];
}

void Fetches::watch(SessionAt at, std::uint32_t interest, Slot slot) {
  watches(slot).push_back({at, interest});
}

void Fetches::unwatch(SessionAt at, std::uint32_t interest, Slot slot) {
  auto& all = watches(slot);
  const auto found = std::find(all.begin(), all.end(), Watch{at, interest});
  if (found != all.end()) all.erase(found);
}

void Fetches::describe(StateVisitor& v) const {
  visit(v, "sessions", sessions_);
  v.open_list("watches", watches_.size());
  for (const auto& list : watches_) visit(v, "", list.size());
  v.close();
  visit(v, "reads", reads_.size());
}

}  // namespace logarium::replica
