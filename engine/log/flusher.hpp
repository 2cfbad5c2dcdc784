#pragma once
// Flusher: how much of a log is on stable storage, and which syncs are under way. Pure state; the
// log issues the operations.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/timers.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::log {

class Flusher {
 public:
  void reset(Offset synced_end);
  [[nodiscard]] Offset synced_end() const { return synced_end_; }
  // Where the next sync must begin: the segment that was cut last counts, although everything in
  // it was synced before, lest a power loss bring back what was cut.
  [[nodiscard]] Offset dirty_from() const {
    return cut_ ? std::min(*cut_, synced_end_) : synced_end_;
  }
  // Whether [.., end) is synced, or will be by a sync under way. False after a truncation.
  [[nodiscard]] bool covers(Offset end) const;
  // A sync of everything below `end` is issued; its number goes into the cookie.
  std::uint64_t begin(Offset end);
  // The sync's IoDone came. True when synced_end() moved.
  bool done(std::uint64_t number);
  // The log ends at `end` now.
  void truncate(Offset end);
  // Files were created or renamed since the last sync of the directory.
  void touch_directory() { directory_dirty_ = true; }
  [[nodiscard]] bool take_directory_dirty();
  [[nodiscard]] TimerHandle& timer() { return timer_; }
  void describe(StateVisitor& v) const;

 private:
  struct InFlight {
    std::uint64_t number = 0;
    Offset end;
    void describe(StateVisitor& v) const;
  };
  Offset synced_end_;
  std::optional<Offset> cut_;  // the last offset left by a truncation since the last sync
  std::vector<InFlight> in_flight_;
  std::uint64_t next_ = 1;
  bool directory_dirty_ = false;
  TimerHandle timer_;  // flush.ms
};

}  // namespace logarium::log
