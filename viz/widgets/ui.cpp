#include "viz/widgets/ui.hpp"

#include <algorithm>
#include <utility>

namespace logarium::viz {

bool Ui::hovers(const Rect& box) const {
  if (!reachable_ || !held_.path.empty()) return false;
  if (covered_ && covered_->contains(pointer_.at)) return false;
  return box.contains(pointer_.at);
}

bool Ui::thing(std::string path, const Rect& box, std::string_view tooltip) {
  const bool over = hovers(box);
  hits_.add(std::move(path), box);
  if (over && !tooltip.empty()) set_tooltip(tooltip);
  return over && pointer_.pressed[static_cast<std::size_t>(Button::kLeft)];
}

bool Ui::button(std::string path, const Rect& box, const ButtonLook& look) {
  const bool over = look.enabled && hovers(box);
  const Colour fill = look.on ? colour::kBlue : over ? colour::kSelected : colour::kRaised;
  brush.fill(box, fill, 3);
  if (look.on || over) brush.outline(box, colour::kSky, 1, 3);
  const Colour ink = !look.enabled ? colour::kFaint
                     : look.on     ? colour::text_on(fill)
                                   : colour::kText;
  brush.text(inset(box, px(4)), look.text, ink, Align::kCentre);
  return thing(std::move(path), box, look.tooltip) && look.enabled;
}

bool Ui::drag(const std::string& path, const Rect& box, Button button) {
  const auto index = static_cast<std::size_t>(button);
  hits_.add(path, box);
  if (pointer_.pressed[index] && hovers(box)) held_ = {path, button, pointer_.at};
  return held_.path == path && held_.button == button;
}

void Ui::text(const Rect& box, std::string_view text, Colour colour, Align align, ImFont* font) {
  const bool whole = brush.text(box, text, colour, align, font);
  if (!whole && hovers(box)) set_tooltip(text);
}

Rect cut_top(Rect& from, float height) {
  const float y = std::min(from.min.y + height, from.max.y);
  const Rect out{from.min, {from.max.x, y}};
  from.min.y = y;
  return out;
}

Rect cut_bottom(Rect& from, float height) {
  const float y = std::max(from.max.y - height, from.min.y);
  const Rect out{{from.min.x, y}, from.max};
  from.max.y = y;
  return out;
}

Rect cut_left(Rect& from, float width) {
  const float x = std::min(from.min.x + width, from.max.x);
  const Rect out{from.min, {x, from.max.y}};
  from.min.x = x;
  return out;
}

Rect cut_right(Rect& from, float width) {
  const float x = std::max(from.max.x - width, from.min.x);
  const Rect out{{x, from.min.y}, from.max};
  from.max.x = x;
  return out;
}

Rect inset(const Rect& box, float by) {
  const float x = std::min(by, box.width() / 2);
  const float y = std::min(by, box.height() / 2);
  return {{box.min.x + x, box.min.y + y}, {box.max.x - x, box.max.y - y}};
}

}  // namespace logarium::viz
