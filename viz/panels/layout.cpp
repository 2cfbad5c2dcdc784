#include "viz/panels/layout.hpp"

#include <algorithm>
#include <cmath>

namespace logarium::viz {
namespace {

// Whole pixels, so that no line is blurred.
float part(float whole, float share) { return std::round(whole * share); }

}  // namespace

Layout lay_out(const Rect& screen, float s, const UiState& state) {
  Layout out;
  Rect rest = screen;
  out.bar = cut_top(rest, std::round(34 * s));
  if (state.legend) out.legend = cut_bottom(rest, std::round(24 * s));
  const auto place = [&out](PanelId panel, const Rect& rect) {
    out.panels[static_cast<std::size_t>(panel)] = rect;
  };
  const bool overview = state.preset == Preset::kOverview;
  Rect right = cut_right(rest, part(rest.width(), overview ? 0.285F : 0.25F));
  place(PanelId::kMetrics, cut_bottom(right, part(right.height(), 0.30F)));
  place(PanelId::kViolations, cut_bottom(right, part(right.height(), 0.42F)));
  place(PanelId::kEvents, right);
  if (overview) {
    place(PanelId::kTimeline, cut_bottom(rest, part(rest.height(), 0.44F)));
    place(PanelId::kCluster, cut_left(rest, part(rest.width(), 0.37F)));
    place(PanelId::kTopics, cut_bottom(rest, part(rest.height(), 0.34F)));
    place(PanelId::kReplicas, rest);
    return out;
  }
  place(PanelId::kTimeline, cut_bottom(rest, part(rest.height(), 0.27F)));
  Rect left = cut_left(rest, part(rest.width(), 0.30F));
  place(PanelId::kReplicas, cut_bottom(left, part(left.height(), 0.45F)));
  place(PanelId::kCluster, left);
  place(PanelId::kTopics, rest);
  return out;
}

}  // namespace logarium::viz
