#pragma once
// The timers of one node: an indexed binary heap ordered by (instant, order of setting). The host
// keeps a single wake-up per node at next_deadline(); one Wake fires one timer.

#include <cstdint>
#include <vector>

#include "engine/base/cookie.hpp"
#include "engine/base/time.hpp"

namespace logarium {

class StateVisitor;

// Names one armed timer; default-constructed it names none.
struct TimerHandle {
  std::uint32_t index = 0xffffffff;
  std::uint32_t generation = 0;
  constexpr bool operator==(const TimerHandle&) const = default;
};

class Timers {
 public:
  // Arms a new timer. O(log n).
  TimerHandle arm(Instant when, Cookie cookie);
  // Moves an armed timer, or arms a new one when the handle names none; updates the handle.
  void rearm(TimerHandle& handle, Instant when, Cookie cookie);
  // Disarms; a handle that names none (or a fired timer) is left alone. Resets the handle.
  void cancel(TimerHandle& handle);
  [[nodiscard]] bool armed(TimerHandle handle) const;
  // When the handle's timer fires; kNever when it is not armed.
  [[nodiscard]] Instant deadline(TimerHandle handle) const;

  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] bool due(Instant now) const { return next_deadline() <= now; }
  // Removes the earliest timer and returns its cookie. REQUIRES: next_deadline() != kNever.
  Cookie fire();
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  void describe(StateVisitor& v) const;

 private:
  struct Key {
    Instant when;
    std::uint64_t order = 0;
    std::uint32_t slot = 0;
  };
  struct Slot {
    Cookie cookie;
    std::uint32_t generation = 0;
    std::uint32_t heap_index = kFree;
  };
  static constexpr std::uint32_t kFree = 0xffffffff;

  [[nodiscard]] static bool before(const Key& a, const Key& b);
  void place(std::uint32_t heap_index, Key key);
  void sift_up(std::uint32_t heap_index, Key key);
  void sift_down(std::uint32_t heap_index, Key key);
  void remove_at(std::uint32_t heap_index);

  std::vector<Key> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_order_ = 0;
};

}  // namespace logarium
