#pragma once
// Looks: colour and shape of kinds of events, the same in every panel. Colour is never alone: the
// list prints the kind's word, the timeline draws a shape.

#include <vector>

#include "viz/model/event_kind.hpp"
#include "viz/widgets/brush.hpp"

namespace logarium::viz {

enum class Shape : std::uint8_t { kCross, kStar, kDiamond, kBar, kDot, kRing, kTick };

struct EventLook {
  Colour colour;
  Shape shape;
  const char* word;  // of its group: "fault", "leader", ...
};
[[nodiscard]] EventLook look_of(EventKind kind);
// One kind of every group, for the legend.
[[nodiscard]] std::vector<EventKind> kinds_for_legend();
void draw_shape(Brush& brush, ImVec2 centre, float radius, const EventLook& look, int alpha = 255);

}  // namespace logarium::viz
