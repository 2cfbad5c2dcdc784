#pragma once
// Layout: where every panel lies in a window, by preset and shares, and the edges between them that
// can be dragged. Panels do not overlap, and cover all.

#include <array>
#include <vector>

#include "viz/panels/action.hpp"
#include "viz/panels/state.hpp"
#include "viz/widgets/ui.hpp"

namespace logarium::viz {

// An edge between panels, as wide as a mouse finds it.
struct Splitter {
  Split split = Split::kSide;
  Rect grip;
  Rect whole;            // what it divides
  bool upright = false;  // dragged to the left and right; else up and down
  bool from_end = true;  // its share lies right of it or below

  // The share that puts the edge there.
  [[nodiscard]] float share_at(ImVec2 point) const;
};

struct Layout {
  Rect bar;
  std::array<Rect, kPanels> panels;  // by PanelId
  Rect legend;                       // empty while it is off
  std::vector<Splitter> splitters;

  [[nodiscard]] const Rect& of(PanelId panel) const {
    return panels[static_cast<std::size_t>(panel)];
  }
};

// `s` is the theme's scale.
[[nodiscard]] Layout lay_out(const Rect& screen, float s, const UiState& state);
// Before the panels, which hear nothing of a press on an edge.
void hear_splitters(Ui& ui, const Layout& layout, const UiState& state, Actions& out);
// After them: the edge that the mouse is over.
void draw_splitters(Ui& ui, const Layout& layout, const UiState& state);

}  // namespace logarium::viz
