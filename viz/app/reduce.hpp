#pragma once
// Reducer: the only place where a UiState becomes another one. Pure: the same state and action give
// the same state, whatever the run, the clock and the screen.

#include "viz/panels/action.hpp"

namespace logarium::viz {

// What holds for every result: event <= events, 0 <= time, speed and scale within their ranges, the
// window within the run and at least kWindowMin wide, bookmarks ascending and without twins.
[[nodiscard]] UiState reduce(UiState state, const Action& action);

// The least that the timeline shows: nanoseconds, or events.
inline constexpr std::int64_t kWindowMin = 10;

// Whether the state can be one that reduce() gives; tests hold it over random actions.
[[nodiscard]] bool valid(const UiState& state);

}  // namespace logarium::viz
