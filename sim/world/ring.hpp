#pragma once
// Ring: a first-in first-out queue in one block of memory that is kept for reuse.

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/base/ensure.hpp"

namespace logarium::world {

template <class T>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // The i-th element from the front.
  [[nodiscard]] const T& operator[](std::size_t i) const {
    ENSURE(i < size_);
    return cells_[wrap(head_ + i)];
  }
  [[nodiscard]] T& front() {
    ENSURE(size_ > 0);
    return cells_[head_];
  }
  void push(T value) {
    if (size_ == cells_.size()) grow();
    cells_[wrap(head_ + size_)] = std::move(value);
    ++size_;
  }
  // Removes the front element; its cell keeps its memory.
  void drop() {
    ENSURE(size_ > 0);
    head_ = wrap(head_ + 1);
    --size_;
  }
  void clear() { *this = Ring(); }

 private:
  static constexpr std::size_t kFirstCapacity = 4;
  [[nodiscard]] std::size_t wrap(std::size_t at) const { return at & (cells_.size() - 1); }
  void grow() {
    std::vector<T> wider(cells_.empty() ? kFirstCapacity : cells_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) wider[i] = std::move(cells_[wrap(head_ + i)]);
    cells_ = std::move(wider);
    head_ = 0;
  }

  std::vector<T> cells_;  // size is a power of two
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace logarium::world
