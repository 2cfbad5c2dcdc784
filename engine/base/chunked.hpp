#pragma once
// ChunkedVector: a sequence that grows at the end, may be cut at both ends, and whose full chunks
// are shared between copies. Whatever grows with history (batches, file extents, operations,
// reference logs) is one, so that copying a run costs little.

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/ensure.hpp"

namespace logarium {

template <class T, std::size_t kChunk = 256>
class ChunkedVector {
 public:
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    ENSURE(i < size());
    const std::size_t at = begin_ + i;
    const std::size_t chunk = at / kChunk;
    return chunk < full_.size() ? (*full_[chunk])[at % kChunk] : tail_[at % kChunk];
  }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] const T& back() const { return (*this)[size() - 1]; }

  void push_back(T value) {
    // Many sequences stay short: the first chunk grows as it must, the others come as a whole.
    if (tail_.capacity() == 0 && !full_.empty()) tail_.reserve(kChunk);
    tail_.push_back(std::move(value));
    ++end_;
    if (tail_.size() == kChunk) {
      full_.push_back(std::make_shared<const std::vector<T>>(std::move(tail_)));
      tail_ = {};
    }
  }
  // Replaces an element; copies its chunk when that is shared or full.
  void replace(std::size_t i, T value) {
    ENSURE(i < size());
    const std::size_t at = begin_ + i;
    const std::size_t chunk = at / kChunk;
    if (chunk >= full_.size()) {
      tail_[at % kChunk] = std::move(value);
      return;
    }
    auto copy = std::make_shared<std::vector<T>>(*full_[chunk]);
    (*copy)[at % kChunk] = std::move(value);
    full_[chunk] = std::move(copy);
  }
  // Cuts the end so that n elements remain. REQUIRES: n <= size().
  void truncate(std::size_t n) {
    ENSURE(n <= size());
    const std::size_t end = begin_ + n;
    const std::size_t keep_full = end / kChunk;
    if (keep_full < full_.size()) {
      const auto& chunk = *full_[keep_full];
      tail_.assign(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(end % kChunk));
      full_.resize(keep_full);
    } else {
      tail_.erase(tail_.begin() + static_cast<std::ptrdiff_t>(end % kChunk), tail_.end());
    }
    end_ = end;
  }
  // Drops the first n elements; their storage goes when a whole chunk is dropped.
  void drop_front(std::size_t n) {
    ENSURE(n <= size());
    begin_ += n;
    const std::size_t whole = begin_ / kChunk;
    if (whole == 0) return;
    const std::size_t drop = whole < full_.size() ? whole : full_.size();
    full_.erase(full_.begin(), full_.begin() + static_cast<std::ptrdiff_t>(drop));
    begin_ -= drop * kChunk;
    end_ -= drop * kChunk;
  }
  void clear() { *this = ChunkedVector(); }

  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    Iterator(const ChunkedVector* owner, std::size_t at) : owner_(owner), at_(at) {}
    const T& operator*() const { return (*owner_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const ChunkedVector* owner_;
    std::size_t at_;
  };
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, size()}; }

 private:
  // Element i lies at index begin_ + i of the chunks full_[0], full_[1], ..., tail_.
  std::vector<std::shared_ptr<const std::vector<T>>> full_;
  std::vector<T> tail_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace logarium
