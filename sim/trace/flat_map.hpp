#pragma once
// FlatMap: values by 64-bit keys in one flat table with linear probing. Nothing is removed singly
// and nobody walks it, so its order influences nothing; clear() keeps the storage, since a coder
// begins anew with every chunk.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/hash.hpp"

namespace logarium::trace {

template <class Value>
class FlatMap {
 public:
  // The key's value, made anew when it is not there. Valid until the next call.
  struct Found {
    Value& value;
    bool fresh = false;
  };
  Found get(std::uint64_t key) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    Slot& slot = slots_[place(key)];
    if (slot.round == round_) return {slot.value, false};
    slot = {key, Value{}, round_};
    ++size_;
    return {slot.value, true};
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  void clear() {
    ++round_;
    size_ = 0;
  }

 private:
  static constexpr std::size_t kSlotsMin = 64;
  struct Slot {
    std::uint64_t key = 0;
    Value value{};
    std::uint64_t round = 0;  // of the clear() before it was made; an older one is a free slot
  };
  // Where the key is, or would go.
  [[nodiscard]] std::size_t place(std::uint64_t key) const {
    std::size_t at = mix64(key) & (slots_.size() - 1);
    while (slots_[at].round == round_ && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? kSlotsMin : 2 * slots_.size());
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.round == round_) slots_[place(slot.key)] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;  // empty, or a power of two, at most three quarters used
  std::size_t size_ = 0;
  std::uint64_t round_ = 1;
};

}  // namespace logarium::trace
