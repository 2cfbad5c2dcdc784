#include "sim/world/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::world {

Slab& Slab::operator=(const Slab& other) {
  if (this == &other) return *this;
  chunks_.clear();
  for (const auto& chunk : other.chunks_) {
    chunks_.push_back(std::make_unique<Pending[]>(kChunk));
    std::copy_n(chunk.get(), kChunk, chunks_.back().get());
  }
  free_ = other.free_;
  return *this;
}

std::uint32_t Slab::take() {
  if (free_.empty()) {
    const auto first = static_cast<std::uint32_t>(chunks_.size()) * kChunk;
    chunks_.push_back(std::make_unique<Pending[]>(kChunk));
    for (std::uint32_t i = kChunk; i > 0; --i) free_.push_back(first + i - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return slot;
}

Pending& Scheduler::push(Instant when) {
  const std::uint32_t slot = slab_.take();
  ENSURE(slot < kSlotMask);
  const Key key{when, (sequence_++ << kSlotBits) | slot};
  std::size_t at = heap_.size();
  heap_.push_back(key);
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (!before(key, heap_[parent])) break;
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = key;
  return slab_[slot];
}

Scheduler::Due Scheduler::next() const {
  const bool any_wake = !wake_heap_.empty();
  if (heap_.empty()) {
    if (!any_wake) return {};
    return {wakes_at_[wake_heap_[0]].time, true, wake_heap_[0]};
  }
  const Key& top = heap_[0];
  if (any_wake) {
    const WakeKey& wake = wakes_at_[wake_heap_[0]];
    if (before({wake.time, wake.order}, top)) return {wake.time, true, wake_heap_[0]};
  }
  return {top.time, false, static_cast<std::uint32_t>(top.order & kSlotMask)};
}

Pending& Scheduler::take(const Due& due) {
  ENSURE(!due.wake);
  const Key last = heap_.back();
  heap_.pop_back();
  const std::size_t size = heap_.size();
  if (size > 0) {
    std::size_t at = 0;
    while (true) {
      std::size_t child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap_[child + 1], heap_[child])) ++child;
      if (!before(heap_[child], last)) break;
      heap_[at] = heap_[child];
      at = child;
    }
    heap_[at] = last;
  }
  return slab_[due.which];
}

void Scheduler::add_node() { wakes_at_.push_back({}); }

bool Scheduler::wakes_before(std::uint32_t a, std::uint32_t b) const {
  const WakeKey& x = wakes_at_[a];
  const WakeKey& y = wakes_at_[b];
  return x.time != y.time ? x.time < y.time : x.order < y.order;
}

void Scheduler::wake_place(std::uint32_t index, std::uint32_t node) {
  wake_heap_[index] = node;
  wakes_at_[node].heap_index = index;
}

void Scheduler::wake_up(std::uint32_t index) {
  const std::uint32_t node = wake_heap_[index];
  while (index > 0) {
    const std::uint32_t parent = (index - 1) / 2;
    if (!wakes_before(node, wake_heap_[parent])) break;
    wake_place(index, wake_heap_[parent]);
    index = parent;
  }
  wake_place(index, node);
}

void Scheduler::wake_down(std::uint32_t index) {
  const std::uint32_t node = wake_heap_[index];
  const auto size = static_cast<std::uint32_t>(wake_heap_.size());
  while (true) {
    std::uint32_t child = 2 * index + 1;
    if (child >= size) break;
    if (child + 1 < size && wakes_before(wake_heap_[child + 1], wake_heap_[child])) ++child;
    if (!wakes_before(wake_heap_[child], node)) break;
    wake_place(index, wake_heap_[child]);
    index = child;
  }
  wake_place(index, node);
}

void Scheduler::set_wake(std::uint32_t node, Instant when) {
  WakeKey& key = wakes_at_[node];
  if (key.time == when) return;
  const bool later = when > key.time;
  key.time = when;
  key.order = sequence_++ << kSlotBits;
  if (when == kNever) {
    const std::uint32_t hole = key.heap_index;
    key.heap_index = kAbsent;
    const std::uint32_t last = wake_heap_.back();
    wake_heap_.pop_back();
    if (last == node) return;
    wake_place(hole, last);
    wake_up(hole);
    wake_down(wakes_at_[last].heap_index);
    return;
  }
  if (key.heap_index == kAbsent) {
    wake_heap_.push_back(node);
    key.heap_index = static_cast<std::uint32_t>(wake_heap_.size() - 1);
    wake_up(key.heap_index);
  } else if (later) {
    wake_down(key.heap_index);
  } else {
    wake_up(key.heap_index);
  }
}

}  // namespace logarium::world
