#pragma once
// Scheduler: what will happen, ordered by (time, sequence number) and nothing else. Two heaps: one
// of small keys over a slab for everything that happens once, and an indexed one with at most one
// wake-up per node, which is moved in O(log n) when the node's deadline changes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/input.hpp"
#include "engine/base/time.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

enum class PendingKind : std::uint8_t {
  kInput,          // an input for one incarnation of a node
  kConnect,        // a connection request reaches its target
  kConnected,      // the target's consent reaches the connecting end
  kConnectFailed,  // the connecting end gives up
  kMessage,        // a message reaches the end `side`
  kClose,          // the news that the peer closed or reset reaches the end `side`
  kRetransmit,     // the direction towards `side` tries again
  kAckCheck,       // the end opposite `side` looks whether its data was acknowledged
  kKeepalive,      // the end `side` finds out that its peer vanished
  kDisk,           // the oldest operation of a node's disk is done
  kDrain,          // a node that was slow or paused takes the next waiting input
};

struct Pending {
  PendingKind kind = PendingKind::kInput;
  std::uint8_t side = 0;
  std::uint32_t node = 0;
  std::uint32_t incarnation = 0;
  std::uint32_t connection = 0;
  std::uint32_t generation = 0;  // of the connection, of the disk's queue, of the drain
  std::uint64_t hash = 0;        // of the message
  Origin origin;                 // of the message
  Input input;
};

// Slab: things that will happen, each at a place that does not move while others come and go.
class Slab {
 public:
  Slab() = default;
  Slab(const Slab& other) { *this = other; }
  Slab& operator=(const Slab& other);
  Slab(Slab&&) noexcept = default;
  Slab& operator=(Slab&&) noexcept = default;
  ~Slab() = default;

  // A free place, with whatever an earlier thing left there.
  [[nodiscard]] std::uint32_t take();
  // Lets go of what the thing held. REQUIRES: the place is taken.
  void release(std::uint32_t slot) {
    (*this)[slot].input.emplace<Wake>();
    free_.push_back(slot);
  }
  [[nodiscard]] Pending& operator[](std::uint32_t slot) {
    return chunks_[slot / kChunk][slot % kChunk];
  }

 private:
  static constexpr std::uint32_t kChunk = 32;
  std::vector<std::unique_ptr<Pending[]>> chunks_;
  std::vector<std::uint32_t> free_;
};

class Scheduler {
 public:
  // Where the next thing to happen comes from.
  struct Due {
    Instant time = kNever;
    bool wake = false;
    std::uint32_t which = 0;  // slab slot, or node
  };

  // Adds a thing to happen and returns it to be filled in.
  Pending& push(Instant when);
  // The earliest; time is kNever when there is nothing. Removes nothing.
  [[nodiscard]] Due next() const;
  // Its time.
  [[nodiscard]] Instant next_time() const {
    const Instant once = heap_.empty() ? kNever : heap_[0].time;
    return wake_heap_.empty() ? once : std::min(once, wakes_at_[wake_heap_[0]].time);
  }
  // Takes the due thing out of the order; it stays where it is until release(). REQUIRES: due is
  // next() and not a wake-up.
  [[nodiscard]] Pending& take(const Due& due);
  // What take() returned is over.
  void release(const Due& due) { slab_.release(due.which); }

  // Sets, moves or (kNever) removes the node's wake-up. The same time again keeps its place.
  void set_wake(std::uint32_t node, Instant when);
  [[nodiscard]] Instant wake(std::uint32_t node) const { return wakes_at_[node].time; }
  void add_node();

  [[nodiscard]] std::size_t size() const { return heap_.size() + wake_heap_.size(); }

 private:
  static constexpr std::uint32_t kAbsent = 0xffffffff;
  static constexpr unsigned kSlotBits = 24;  // of a key: 16 million pending, 2^40 sequence numbers
  static constexpr std::uint64_t kSlotMask = (1ULL << kSlotBits) - 1;

  struct Key {
    Instant time;
    std::uint64_t order = 0;  // sequence number above, slab slot below
  };
  struct WakeKey {
    Instant time = kNever;
    std::uint64_t order = 0;
    std::uint32_t heap_index = kAbsent;
  };

  [[nodiscard]] static bool before(const Key& a, const Key& b) {
    return a.time != b.time ? a.time < b.time : a.order < b.order;
  }
  [[nodiscard]] bool wakes_before(std::uint32_t a, std::uint32_t b) const;
  void wake_up(std::uint32_t index);
  void wake_down(std::uint32_t index);
  void wake_place(std::uint32_t index, std::uint32_t node);

  std::vector<Key> heap_;
  Slab slab_;
  std::vector<std::uint32_t> wake_heap_;  // nodes
  std::vector<WakeKey> wakes_at_;         // by node
  std::uint64_t sequence_ = 1;
};

}  // namespace logarium::world
