#pragma once
// IdleList: connections in the order of their last sign of life, so that those that were silent for
// too long are found without looking at the others (connections.max.idle.ms).

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "engine/base/input.hpp"

namespace logarium::live {

class IdleList {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Without a limit nothing is ever due.
  explicit IdleList(std::optional<std::chrono::milliseconds> limit) : limit_(limit) {}

  [[nodiscard]] std::optional<std::chrono::milliseconds> limit() const { return limit_; }
  // A sign of life, the first of which adds the connection. REQUIRES: `now` never goes back.
  void touch(ConnectionId id, Time now);
  // Nothing happens when it is not there.
  void remove(ConnectionId id);
  // When the next connection will have been silent for the limit, if nothing comes until then.
  [[nodiscard]] std::optional<Time> next_due() const;
  // The connection that was silent for longest, and for the limit at least; it stays in the list.
  [[nodiscard]] std::optional<ConnectionId> due(Time now) const;

 private:
  struct Entry {
    ConnectionId id;
    Time last;
  };
  std::optional<std::chrono::milliseconds> limit_;
  std::list<Entry> entries_;  // the longest silent first
  std::unordered_map<std::uint64_t, std::list<Entry>::iterator> at_;
};

}  // namespace logarium::live
