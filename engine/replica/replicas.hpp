#pragma once
// Replicas: the partitions of this broker by slot and by reference, and the queue of those that
// were touched in this step. Whoever changes a partition gets it through edit(), so that nothing
// that happens to one is overlooked; the manager drains the queue to a fixed point.
//
// Slots number the logs of one incarnation and are never used twice (see log::Identity).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/ring.hpp"
#include "engine/log/box.hpp"
#include "engine/replica/partition.hpp"

namespace logarium::replica {

using Slot = std::uint32_t;

class Replicas {
 public:
  [[nodiscard]] Slot next_slot() { return static_cast<Slot>(slots_.size()); }
  // REQUIRES: partition.slot() == next_slot(), and no other partition has its reference.
  void add(Partition partition);
  void remove(Slot slot);
  // Uses up a slot for a log that does not become a partition.
  void skip_slot() { slots_.emplace_back(); }

  [[nodiscard]] std::optional<Slot> find(PartitionRef ref) const;
  // Null when the slot is free (again).
  [[nodiscard]] const Partition* at(Slot slot) const {
    return slot < slots_.size() && slots_[slot] ? &*slots_[slot] : nullptr;
  }
  // Null likewise. Queues the partition for the manager's attention.
  [[nodiscard]] Partition* edit(Slot slot);
  // For reads of its log, which change nothing that others react to. Null likewise.
  [[nodiscard]] Partition* reading(Slot slot) {
    return slot < slots_.size() && slots_[slot] ? &*slots_[slot] : nullptr;
  }
  // The same for slots that are in use. REQUIRES that.
  [[nodiscard]] const Partition& get(Slot slot) const { return required(at(slot)); }
  Partition& touch(Slot slot) { return required(edit(slot)); }
  [[nodiscard]] Partition& quiet(Slot slot) { return required(reading(slot)); }

  // The next touched partition; empty when there is none left.
  [[nodiscard]] std::optional<Slot> next_touched();

  // All slots in use in order of the partitions' references.
  [[nodiscard]] const std::map<PartitionRef, Slot>& ordered() const { return ordered_; }
  [[nodiscard]] std::size_t size() const { return ordered_.size(); }
  void describe(StateVisitor& v) const;

 private:
  template <class P>
  static P& required(P* partition) {
    ENSURE(partition != nullptr);
    return *partition;
  }
  struct Hash {
    std::size_t operator()(const PartitionRef& ref) const {
      return fold(mix64(ref.topic.high ^ ref.topic.low),
                  static_cast<std::uint64_t>(ref.partition.value()));
    }
  };
  std::vector<log::Box<Partition>> slots_;
  std::unordered_map<PartitionRef, Slot, Hash> by_ref_;  // look-ups only: its order decides nothing
  std::map<PartitionRef, Slot> ordered_;
  Ring<Slot> touched_;
};

}  // namespace logarium::replica
