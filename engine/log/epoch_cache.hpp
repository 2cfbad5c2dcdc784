#pragma once
// EpochCache: where each leader epoch of a partition starts (KIP-101, KIP-279). It answers "where
// does epoch e end here", which is how a follower finds the point at which its log and its
// leader's part. Pure state; the log persists it as leader-epoch-checkpoint.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::log {

struct EpochEntry {
  LeaderEpoch epoch;
  Offset start;
  constexpr bool operator==(const EpochEntry&) const = default;
  void describe(StateVisitor& v) const;
};

// Answer of OffsetsForLeaderEpoch: `epoch` is the largest known one at or below the epoch asked.
struct EpochEnd {
  LeaderEpoch epoch;
  Offset end;
  constexpr bool operator==(const EpochEnd&) const = default;
};

class EpochCache {
 public:
  // Notes that `epoch` starts at `start`; removes entries with epoch >= `epoch` or start >=
  // `start`. False when nothing changed: `epoch` is the latest one and began before.
  bool assign(LeaderEpoch epoch, Offset start);
  // Removes entries that start at or after `end`. True when something changed.
  bool truncate_from_end(Offset end);
  // Raises the log start: older entries go, the one that spans `start` is moved to it. True when
  // something changed.
  bool truncate_from_start(Offset start);
  void clear() { entries_.clear(); }

  // Latest epoch => (epoch, log_end). Above all known, or empty => none. Below all known =>
  // (epoch asked, start of the first entry). Otherwise (largest entry <= epoch, start of the next).
  [[nodiscard]] std::optional<EpochEnd> end_offset_for(LeaderEpoch epoch, Offset log_end) const;
  // The epoch in which the record at `offset` was written.
  [[nodiscard]] std::optional<LeaderEpoch> epoch_at(Offset offset) const;
  [[nodiscard]] std::optional<EpochEntry> latest() const;
  // The largest epoch below `epoch` that is known.
  [[nodiscard]] std::optional<LeaderEpoch> previous(LeaderEpoch epoch) const;
  [[nodiscard]] const std::vector<EpochEntry>& entries() const { return entries_; }

  // Kafka's text format: version 0, count, then "epoch offset" lines.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static Result<EpochCache> decode(std::string_view text);
  bool operator==(const EpochCache&) const = default;
  void describe(StateVisitor& v) const;

 private:
  std::vector<EpochEntry> entries_;  // both members strictly increasing
};

}  // namespace logarium::log
