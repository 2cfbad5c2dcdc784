#pragma once
// ContentMap: values by the content hash of a batch, in one flat table with linear probing. The
// keys are hashes already, so a key's low bits are its place. Nothing is ever removed, and nobody
// walks it: its order cannot influence a run.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace logarium::checkers {

template <class Value>
class ContentMap {
 public:
  // Null when the content is not there. Valid until the next insert().
  [[nodiscard]] Value* find(std::uint64_t content) {
    if (slots_.empty()) return nullptr;
    Slot& slot = slots_[place(content)];
    return slot.used ? &slot.value : nullptr;
  }
  [[nodiscard]] const Value* find(std::uint64_t content) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place(content)];
    return slot.used ? &slot.value : nullptr;
  }
  // Keeps the value that is there already.
  void insert(std::uint64_t content, Value value) {
    if (4 * (used_ + 1) > 3 * slots_.size()) grow();
    Slot& slot = slots_[place(content)];
    if (slot.used) return;
    slot = {content, std::move(value), true};
    ++used_;
  }

 private:
  static constexpr std::size_t kSlotsMin = 64;
  struct Slot {
    std::uint64_t content = 0;
    Value value{};
    bool used = false;
  };
  // Where the content is, or would go. A free slot ends every search.
  [[nodiscard]] std::size_t place(std::uint64_t content) const {
    std::size_t at = content & (slots_.size() - 1);
    while (slots_[at].used && slots_[at].content != content) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? kSlotsMin : 2 * slots_.size());
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.used) slots_[place(slot.content)] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;  // empty, or a power of two, at most three quarters used
  std::size_t used_ = 0;
};

}  // namespace logarium::checkers
