#pragma once
// Axis: between times, numbers of events and pixels.

#include "viz/model/timeline.hpp"

namespace logarium::viz {

// Exact at the first events of chunks, and on a straight line between them: near enough to draw by,
// and no event is read for it.
[[nodiscard]] std::int64_t about_time_of(const RunIndex& index, std::int64_t event);
[[nodiscard]] std::int64_t about_event_at(const RunIndex& index, std::int64_t time_ns);

// Ticks at round values, at least so many pixels apart.
[[nodiscard]] std::vector<RulerTick> make_ruler(const TimeWindow& window, float width, float apart);

}  // namespace logarium::viz
