#pragma once
// Ring: a first-in first-out queue in one allocation of a power of two. Empty it allocates nothing
// (std::deque allocates half a kilobyte), so that thousands of idle connections cost little to
// copy. Grows by doubling; never shrinks by itself.

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/base/ensure.hpp"

namespace logarium {

template <class T>
class Ring {
 public:
  Ring() = default;
  // A copy holds the elements only: slots that were popped are not copied.
  Ring(const Ring& other) { append(other); }
  Ring& operator=(const Ring& other) {
    if (this != &other) {
      clear();
      append(other);
    }
    return *this;
  }
  Ring(Ring&& other) noexcept { swap(other); }
  Ring& operator=(Ring&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Ring() = default;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Element i counted from the front. REQUIRES: i < size().
  [[nodiscard]] T& operator[](std::size_t i) {
    ENSURE(i < size_);
    return slots_[index(i)];
  }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    ENSURE(i < size_);
    return slots_[index(i)];
  }
  [[nodiscard]] T& front() { return (*this)[0]; }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] T& back() { return (*this)[size_ - 1]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }

  void push_back(T value) {
    if (size_ == slots_.size()) grow();
    ++size_;
    slots_[index(size_ - 1)] = std::move(value);
  }
  void push_front(T value) {
    if (size_ == slots_.size()) grow();
    first_ = (first_ + slots_.size() - 1) & (slots_.size() - 1);
    ++size_;
    slots_[first_] = std::move(value);
  }
  // Inserts before element i, shifting what follows. REQUIRES: i <= size(). O(size - i).
  void insert(std::size_t i, T value) {
    ENSURE(i <= size_);
    push_back(std::move(value));
    for (std::size_t k = size_ - 1; k > i; --k) std::swap((*this)[k], (*this)[k - 1]);
  }
  // Removes and returns the front. REQUIRES: !empty().
  T pop_front() {
    ENSURE(size_ > 0);
    T value = std::exchange(slots_[first_], T{});
    first_ = (first_ + 1) & (slots_.size() - 1);
    --size_;
    return value;
  }
  // Removes element i. REQUIRES: i < size(). O(size - i).
  T erase(std::size_t i) {
    if (i == 0) return pop_front();
    T value = std::move((*this)[i]);
    for (std::size_t k = i; k + 1 < size_; ++k) (*this)[k] = std::move((*this)[k + 1]);
    slots_[index(size_ - 1)] = T{};
    --size_;
    return value;
  }
  void clear() {
    while (size_ > 0) pop_front();
    first_ = 0;
  }
  void swap(Ring& other) noexcept {
    slots_.swap(other.slots_);
    std::swap(first_, other.first_);
    std::swap(size_, other.size_);
  }

  template <class Owner, class Value>
  class Walk {
   public:
    Walk(Owner* owner, std::size_t at) : owner_(owner), at_(at) {}
    Value& operator*() const { return (*owner_)[at_]; }
    Walk& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Walk& other) const { return at_ == other.at_; }

   private:
    Owner* owner_;
    std::size_t at_;
  };
  [[nodiscard]] Walk<Ring, T> begin() { return {this, 0}; }
  [[nodiscard]] Walk<Ring, T> end() { return {this, size_}; }
  [[nodiscard]] Walk<const Ring, const T> begin() const { return {this, 0}; }
  [[nodiscard]] Walk<const Ring, const T> end() const { return {this, size_}; }

 private:
  [[nodiscard]] std::size_t index(std::size_t i) const {
    return (first_ + i) & (slots_.size() - 1);
  }
  void grow() {
    std::vector<T> bigger(slots_.empty() ? 4 : slots_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) bigger[i] = std::move(slots_[index(i)]);
    slots_.swap(bigger);
    first_ = 0;
  }
  void append(const Ring& other) {
    for (std::size_t i = 0; i < other.size_; ++i) push_back(other[i]);
  }

  std::vector<T> slots_;  // empty, or a power of two
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace logarium
