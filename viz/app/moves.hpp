#pragma once
// Moves: what Up, Down and Enter do in the panel that has the focus, or in the open overlay.

#include "viz/app/resolve.hpp"

namespace logarium::viz {

[[nodiscard]] Actions move(const Asked& asked, int by);
// By as much as the panel that has the focus shows at once; panels that show all stay.
[[nodiscard]] Actions page(const Asked& asked, int by);
[[nodiscard]] Actions enter(const Asked& asked);
// "node=b2 part=orders-0": the selection as a filter; empty without one.
[[nodiscard]] std::string selection_filter(const Asked& asked);

}  // namespace logarium::viz
