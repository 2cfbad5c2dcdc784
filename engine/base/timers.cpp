#include "engine/base/timers.hpp"

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium {

bool Timers::before(const Key& a, const Key& b) {
  return a.when != b.when ? a.when < b.when : a.order < b.order;
}

void Timers::place(std::uint32_t heap_index, Key key) {
  heap_[heap_index] = key;
  slots_[key.slot].heap_index = heap_index;
}

void Timers::sift_up(std::uint32_t heap_index, Key key) {
  while (heap_index > 0) {
    const std::uint32_t parent = (heap_index - 1) / 2;
    if (!before(key, heap_[parent])) break;
    place(heap_index, heap_[parent]);
    heap_index = parent;
  }
  place(heap_index, key);
}

void Timers::sift_down(std::uint32_t heap_index, Key key) {
  const auto size = static_cast<std::uint32_t>(heap_.size());
  while (true) {
    std::uint32_t child = 2 * heap_index + 1;
    if (child >= size) break;
    if (child + 1 < size && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], key)) break;
    place(heap_index, heap_[child]);
    heap_index = child;
  }
  place(heap_index, key);
}

TimerHandle Timers::arm(Instant when, Cookie cookie) {
  std::uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back({});
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot].cookie = cookie;
  heap_.push_back({});
  sift_up(static_cast<std::uint32_t>(heap_.size() - 1), {when, next_order_++, slot});
  return {slot, slots_[slot].generation};
}

void Timers::rearm(TimerHandle& handle, Instant when, Cookie cookie) {
  if (!armed(handle)) {
    handle = arm(when, cookie);
    return;
  }
  Slot& slot = slots_[handle.index];
  slot.cookie = cookie;
  const std::uint32_t at = slot.heap_index;
  const Key old = heap_[at];
  const Key key{when, next_order_++, handle.index};
  if (before(key, old)) {
    sift_up(at, key);
  } else {
    sift_down(at, key);
  }
}

void Timers::remove_at(std::uint32_t heap_index) {
  Slot& slot = slots_[heap_[heap_index].slot];
  slot.heap_index = kFree;
  ++slot.generation;
  free_.push_back(heap_[heap_index].slot);
  const Key last = heap_.back();
  heap_.pop_back();
  if (heap_index == heap_.size()) return;
  const bool up = heap_index > 0 && before(last, heap_[(heap_index - 1) / 2]);
  if (up) {
    sift_up(heap_index, last);
  } else {
    sift_down(heap_index, last);
  }
}

void Timers::cancel(TimerHandle& handle) {
  if (armed(handle)) remove_at(slots_[handle.index].heap_index);
  handle = {};
}

bool Timers::armed(TimerHandle handle) const {
  return handle.index < slots_.size() && slots_[handle.index].generation == handle.generation &&
         slots_[handle.index].heap_index != kFree;
}

Instant Timers::deadline(TimerHandle handle) const {
  return armed(handle) ? heap_[slots_[handle.index].heap_index].when : kNever;
}

Instant Timers::next_deadline() const { return heap_.empty() ? kNever : heap_[0].when; }

Cookie Timers::fire() {
  ENSURE(!heap_.empty());
  const Cookie cookie = slots_[heap_[0].slot].cookie;
  remove_at(0);
  return cookie;
}

void Timers::describe(StateVisitor& v) const {
  visit(v, "next order", next_order_);
  v.open_list("armed", heap_.size());
  for (const Key& key : heap_) {
    v.open_struct("");
    visit(v, "when", key.when);
    visit(v, "machine", slots_[key.slot].cookie.machine);
    visit(v, "what", slots_[key.slot].cookie.what);
    visit(v, "slot", slots_[key.slot].cookie.slot);
    visit(v, "value", slots_[key.slot].cookie.value);
    v.close();
  }
  v.close();
}

}  // namespace logarium
