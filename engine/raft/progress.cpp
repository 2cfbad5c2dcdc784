#include "engine/raft/progress.hpp"

#include <algorithm>
#include <functional>

namespace logarium::raft {

void ReplicaProgress::describe(StateVisitor& v) const {
  visit(v, "end", end);
  visit(v, "last fetch", last_fetch);
  visit(v, "last fetch wall", last_fetch_wall);
  visit(v, "last caught up wall", last_caught_up_wall);
  visit(v, "leader end at last fetch", leader_end_at_last_fetch);
  visit(v, "begin epoch sent", begin_epoch_sent);
}

Progress::Progress(const VoterSet& voters, const ReplicaKey& self) : self_(self.id) {
  for (const ReplicaKey& voter : voters.all()) voters_.emplace(voter, ReplicaProgress{});
}

std::map<ReplicaKey, ReplicaProgress>::iterator Progress::find_voter(const ReplicaKey& key) {
  return std::find_if(voters_.begin(), voters_.end(), [&](const auto& entry) {
    return entry.first.matches(key) && entry.first.id != self_;
  });
}

void Progress::fetched(const ReplicaKey& from, Offset offset, Offset leader_end, const Now& now) {
  const auto voter = find_voter(from);
  if (voter == voters_.end() && observers_.size() >= kObserversMax && !observers_.contains(from)) {
    return;
  }
  ReplicaProgress& replica = voter != voters_.end() ? voter->second : observers_[from];
  if (offset >= leader_end) {
    replica.last_caught_up_wall = now.wall;
  } else if (replica.last_fetch_wall && offset >= replica.leader_end_at_last_fetch) {
    replica.last_caught_up_wall = std::max(
        replica.last_caught_up_wall.value_or(*replica.last_fetch_wall), *replica.last_fetch_wall);
  }
  // A fetch offset may fall: the replica truncated what it had from an older leader.
  replica.end = offset;
  replica.leader_end_at_last_fetch = leader_end;
  replica.last_fetch = now.monotonic;
  replica.last_fetch_wall = now.wall;
}

bool Progress::in_touch(const ReplicaKey& from) {
  const auto voter = find_voter(from);
  if (voter == voters_.end()) return false;
  in_touch_.insert(voter->first.id);
  const std::size_t majority = voters_.size() / 2 + 1;
  if (in_touch_.size() + 1 < majority) return false;
  in_touch_.clear();
  return true;
}

std::optional<Offset> Progress::majority_end(Offset own_end) const {
  std::vector<Offset> ends;
  for (const auto& [key, replica] : voters_) {
    if (key.id == self_) {
      ends.push_back(own_end);
    } else if (replica.end) {
      ends.push_back(*replica.end);
    }
  }
  const std::size_t majority = voters_.size() / 2 + 1;
  if (ends.size() < majority) return std::nullopt;
  std::sort(ends.begin(), ends.end(), std::greater<>());
  return ends[majority - 1];
}

void Progress::drop_old_observers(Instant now) {
  std::erase_if(observers_, [&](const auto& entry) {
    return entry.second.last_fetch && now - *entry.second.last_fetch > kObserverAge;
  });
}

std::vector<ReplicaKey> Progress::successors() const {
  std::vector<std::pair<Offset, ReplicaKey>> by_end;
  for (const auto& [key, replica] : voters_) {
    if (key.id != self_) by_end.emplace_back(replica.end.value_or(Offset(-1)), key);
  }
  std::stable_sort(by_end.begin(), by_end.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<ReplicaKey> keys;
  keys.reserve(by_end.size());
  for (const auto& [end, key] : by_end) keys.push_back(key);
  return keys;
}

void Progress::describe(StateVisitor& v) const {
  visit(v, "voters", voters_);
  visit(v, "observers", observers_);
  visit(v, "in touch", in_touch_);
}

}  // namespace logarium::raft
