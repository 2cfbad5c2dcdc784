#include "viz/panels/explains.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {

Rect draw_frame(Ui& ui, const Rect& area, const PanelLook& look, const UiState& state,
                Actions& out) {
  Brush& brush = ui.brush;
  const bool focused = state.focus == look.id;
  const std::string path(panel_name(look.id));
  brush.fill(area, colour::kPanel);
  brush.outline(area, colour::kLine);
  Rect inside = inset(area, ui.px(1));
  Rect title = cut_top(inside, ui.px(22));
  brush.fill(title, colour::kTitle);
  if (focused) brush.fill({title.min, {title.min.x + ui.px(3), title.max.y}}, colour::kSky);
  cut_left(title, ui.px(8));
  cut_right(title, ui.px(6));
  if (ui.thing(path, area)) out.emplace_back(action::Focus{look.id});
  if (ui.thing(path + "/title", title, explains(look.id))) {
    out.emplace_back(action::Focus{look.id});
  }
  const Rect name = cut_left(title, brush.width(look.title) + ui.px(12));
  brush.text(name, look.title, colour::kText);
  ui.text(title, look.headline, colour::kFaint);
  if (state.legend) {
    Rect line = cut_bottom(inside, ui.px(20));
    brush.fill(line, colour::kRaised);
    // The first sentence; the tooltip of the title has all of them.
    const std::string_view whole = explains(look.id);
    const std::string_view first = whole.substr(0, whole.find(". ") + 1);
    ui.text(inset(line, ui.px(3)), first, colour::kText, Align::kLeft, brush.theme().fonts.small);
  }
  return inset(inside, ui.px(4));
}

void mark_hovered(Ui& ui, const Rect& row) {
  ui.brush.fill(row, colour::with_alpha(colour::kYellow, 14), 2);
  ui.brush.fill({row.min, {row.min.x + ui.px(2), row.max.y}}, colour::kYellow);
}

}  // namespace logarium::viz
