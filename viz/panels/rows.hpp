#pragma once
// How much of the lists fits: known before their models, which are made for it.

#include <cstddef>

#include "viz/panels/state.hpp"
#include "viz/widgets/ui.hpp"

namespace logarium::viz {

inline constexpr float kEventRowHeight = 18;  // design pixels

// At most so many rows of events fit in the panel; `s` is the theme's scale.
[[nodiscard]] std::size_t event_rows_in(const Rect& area, float s);
// Of a partition in the panel of partitions, on the screen; `replicas` it has.
[[nodiscard]] float topics_row_height(const UiState& state, float s, std::size_t replicas);

}  // namespace logarium::viz
