#include "engine/replica/fetch_session.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

// ---- a session ----------------------------------------------------------------------------------

std::optional<std::uint32_t> Session::find(const std::string& topic, PartitionRef ref) const {
  const auto at = index.find({topic, ref});
  return at == index.end() ? std::nullopt : std::optional(at->second);
}

std::uint32_t Session::place() {
  ++used;
  if (!free.empty()) {
    const std::uint32_t at = free.back();
    free.pop_back();
    interests[at].used = true;
    return at;
  }
  interests.emplace_back().used = true;
  return static_cast<std::uint32_t>(interests.size() - 1);
}

void Session::mark_dirty(std::uint32_t interest) {
  if (interests[interest].dirty || !interests[interest].used) return;
  interests[interest].dirty = true;
  dirty.push_back(interest);
}

// ---- the cache ----------------------------------------------------------------------------------

SessionAt SessionCache::add() {
  SessionAt at = 0;
  if (free_.empty()) {
    at = static_cast<SessionAt>(sessions_.size());
    sessions_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  Session session;
  session.generation = next_generation_++;
  sessions_[at].put(std::move(session));
  return at;
}

bool SessionCache::has_room(const Admission& admission) const {
  return by_id_.size() < admission.slots_max;
}

std::optional<SessionAt> SessionCache::evictable(const Admission& admission) const {
  std::optional<SessionAt> oldest, least;
  const auto rank = [this](SessionAt at) {
    const Session& session = *sessions_[at];
    return std::tuple(session.reader.replica.has_value(), session.used, session.id);
  };
  for (const auto& [id, at] : by_id_) {
    const Session& session = *sessions_[at];
    if (!oldest || session.last_used < sessions_[*oldest]->last_used) oldest = at;
    const bool follower = session.reader.replica.has_value();
    const bool settled = admission.now - session.created > kEvictAfter;
    // A follower displaces any consumer; else only sessions that had their time give way.
    if (!(admission.follower && !follower) && !settled) continue;
    if (!least || rank(at) < rank(*least)) least = at;
  }
  if (oldest && admission.now - sessions_[*oldest]->last_used > kEvictAfter) return oldest;
  if (!least) return std::nullopt;
  const Session& victim = *sessions_[*least];
  const auto candidate = std::pair(admission.follower, admission.size);
  const auto present =
      std::pair(victim.reader.replica.has_value(), static_cast<std::size_t>(victim.used));
  return candidate > present ? least : std::nullopt;
}

void SessionCache::keep(SessionAt at, std::int32_t id) {
  ENSURE(id != 0);
  sessions_[at]->id = id;
  const auto place = std::lower_bound(by_id_.begin(), by_id_.end(), std::pair(id, SessionAt{0}));
  ENSURE(place == by_id_.end() || place->first != id);
  by_id_.insert(place, {id, at});
}

void SessionCache::remove(SessionAt at) {
  ENSURE(this->at(at) != nullptr);
  if (sessions_[at]->id != 0) std::erase(by_id_, std::pair(sessions_[at]->id, at));
  sessions_[at].reset();
  free_.push_back(at);
}

std::optional<SessionAt> SessionCache::find(std::int32_t id) const {
  const auto at = std::lower_bound(by_id_.begin(), by_id_.end(), std::pair(id, SessionAt{0}));
  if (at == by_id_.end() || at->first != id) return std::nullopt;
  return at->second;
}

std::vector<SessionAt> SessionCache::places() const {
  std::vector<SessionAt> places;
  for (SessionAt at = 0; at < sessions_.size(); ++at) {
    if (sessions_[at]) places.push_back(at);
  }
  return places;
}

// ---- state --------------------------------------------------------------------------------------

void Reader::describe(StateVisitor& v) const {
  visit(v, "replica", replica), visit(v, "broker epoch", broker_epoch);
  visit(v, "read committed", read_committed), visit(v, "knows replicas", knows_replicas);
  visit(v, "rack", rack);
}
void Interest::describe(StateVisitor& v) const {
  visit(v, "partition", ref), visit(v, "topic", topic), visit(v, "fetch offset", fetch_offset);
  visit(v, "log start", log_start), visit(v, "current epoch", current_epoch);
  visit(v, "last fetched epoch", last_fetched_epoch), visit(v, "max bytes", max_bytes);
  visit(v, "told high watermark", told_high_watermark), visit(v, "told log start", told_log_start);
  visit(v, "used", used), visit(v, "dirty", dirty), visit(v, "revisit", revisit);
}
void Serving::describe(StateVisitor& v) const {
  visit(v, "phase", phase), visit(v, "request", request), visit(v, "full", full);
  visit(v, "min bytes", min_bytes), visit(v, "max bytes", max_bytes);
  visit(v, "answered", answered.size()), visit(v, "reads", reads);
}
void Session::describe(StateVisitor& v) const {
  visit(v, "id", id), visit(v, "epoch", epoch), visit(v, "reader", reader);
  visit(v, "created", created), visit(v, "last used", last_used);
  visit(v, "interests", interests), visit(v, "dirty", dirty), visit(v, "serving", serving);
}
void SessionCache::describe(StateVisitor& v) const {
  v.open_list("sessions", sessions_.size());
  for (const auto& session : sessions_) {
    if (session) {
      visit(v, "", *session);
    } else {
      v.absent("");
    }
  }
  v.close();
}

}  // namespace logarium::replica
