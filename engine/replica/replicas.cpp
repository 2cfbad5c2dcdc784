#include "engine/replica/replicas.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

void Replicas::add(Partition partition) {
  const Slot slot = partition.slot();
  ENSURE(slot == next_slot());
  const PartitionRef ref = partition.ref();
  const bool added = by_ref_.emplace(ref, slot).second;
  ENSURE(added);
  ordered_.emplace(ref, slot);
  slots_.emplace_back().put(std::move(partition));
}

void Replicas::remove(Slot slot) {
  ENSURE(at(slot) != nullptr);
  const PartitionRef ref = slots_[slot]->ref();
  by_ref_.erase(ref);
  ordered_.erase(ref);
  slots_[slot].reset();
}

std::optional<Slot> Replicas::find(PartitionRef ref) const {
  const auto at = by_ref_.find(ref);
  return at == by_ref_.end() ? std::nullopt : std::optional(at->second);
}

Partition* Replicas::edit(Slot slot) {
  if (slot >= slots_.size() || !slots_[slot]) return nullptr;
  Partition& partition = *slots_[slot];
  if (!partition.queued_) {
    partition.queued_ = true;
    touched_.push_back(slot);
  }
  return &partition;
}

std::optional<Slot> Replicas::next_touched() {
  while (!touched_.empty()) {
    const Slot slot = touched_.pop_front();
    if (!slots_[slot]) continue;
    slots_[slot]->queued_ = false;
    return slot;
  }
  return std::nullopt;
}

void Replicas::describe(StateVisitor& v) const {
  visit(v, "slots", slots_.size());
  v.open_list("partitions", ordered_.size());
  for (const auto& [ref, slot] : ordered_) visit(v, "", *slots_[slot]);
  v.close();
}

}  // namespace logarium::replica
