#pragma once
// Range: what happened in a part of a run, in numbers: how many events of which kind, where, how
// many messages were lost.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "viz/model/event_kind.hpp"
#include "viz/model/run_index.hpp"

namespace logarium::viz {

// An instant: so many events have happened.
struct Place {
  std::uint64_t event = 0;
  Instant time;
  bool operator==(const Place&) const = default;
};
// From the instant after one event to the instant after another: the events (from, to].
struct EventRange {
  Place from, to;
  bool operator==(const EventRange&) const = default;
};
// The same with the earlier end first.
[[nodiscard]] EventRange in_order(const EventRange& range);

struct RangeModel {
  std::string headline;  // "12.380 s to 12.520 s, 140 ms: 1,204 events"
  std::uint64_t events = 0;
  // Most first. Of a long range only those that stand out were counted: `whole` is false.
  std::vector<std::pair<EventKind, std::uint64_t>> kinds;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> nodes;  // most first; whole ranges alone
  std::uint64_t lost = 0;                                      // messages; whole ranges alone
  bool whole = true;
  std::vector<std::string> lines;  // all of that in words
};

// Looks at each of up to `events_max` events; of more, at the run's highlights. The ends may come
// in either order. REQUIRES: both lie within the run. Fails on a damaged file.
[[nodiscard]] Result<RangeModel> make_range(const RunIndex& index, const EventRange& range,
                                            std::uint64_t events_max = 100'000);
[[nodiscard]] std::string dump(const RangeModel& model);

}  // namespace logarium::viz
