#pragma once
// Overlays: what is drawn over the panels: the palette of commands, the keys, the place to go to,
// the legend, and the tooltip.

#include <string>

#include "viz/panels/shown.hpp"

namespace logarium::viz {

// What the open overlay keeps between frames; the viewer owns it and clears it when one opens.
struct OverlayText {
  std::string typed;       // into the palette or the place to go to
  std::size_t chosen = 0;  // of the palette's commands
  std::string problem;     // why the place could not be gone to
};

// Where the open overlay lies; what is below hears nothing there. `screen` is the whole window.
[[nodiscard]] Rect overlay_place(const Rect& screen, float s, Overlay overlay);
void draw_palette(Ui& ui, const Rect& area, OverlayText& text, Actions& out);
void draw_keys(Ui& ui, const Rect& area, Actions& out);
void draw_go_to(Ui& ui, const Rect& area, OverlayText& text, Actions& out);
// A line of shapes and colours at the bottom of the window.
void draw_legend(Ui& ui, const Rect& area);
// Near the mouse, within the screen.
void draw_tooltip(Ui& ui, const Rect& screen);

}  // namespace logarium::viz
