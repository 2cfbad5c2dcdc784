#pragma once
// Flights: messages between their sending and their end, found by reading events.

#include <vector>

#include "engine/base/result.hpp"
#include "viz/model/run_index.hpp"

namespace logarium::viz {

// Messages that were sent at or before an event and are still on their way after it, in order of
// sending. Those that take more than two seconds longer are not found.
[[nodiscard]] Result<std::vector<Flight>> flights_at(const RunIndex& index, std::uint64_t event,
                                                     Instant now);
// Messages that end at one of the events [first, last], or before them since the event before.
[[nodiscard]] Result<std::vector<Flight>> flights_between(const RunIndex& index,
                                                          std::uint64_t first, std::uint64_t last);

}  // namespace logarium::viz
