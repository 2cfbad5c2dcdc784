#include "engine/live/idle_list.hpp"

namespace logarium::live {

void IdleList::touch(ConnectionId id, Time now) {
  if (!limit_) return;
  const auto [known, fresh] = at_.try_emplace(id.value(), entries_.end());
  if (fresh) {
    known->second = entries_.insert(entries_.end(), {id, now});
    return;
  }
  known->second->last = now;
  entries_.splice(entries_.end(), entries_, known->second);
}

void IdleList::remove(ConnectionId id) {
  const auto known = at_.find(id.value());
  if (known == at_.end()) return;
  entries_.erase(known->second);
  at_.erase(known);
}

std::optional<IdleList::Time> IdleList::next_due() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.front().last + *limit_;
}

std::optional<ConnectionId> IdleList::due(Time now) const {
  const std::optional<Time> next = next_due();
  if (!next || *next > now) return std::nullopt;
  return entries_.front().id;
}

}  // namespace logarium::live
