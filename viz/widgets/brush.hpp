#pragma once
// Brush: what panels draw with beyond Dear ImGui's own: text that stays in its box, hatches, dashed
// lines, crosses, arrows. Positions are on the screen; sizes are in design pixels times the theme's
// scale unless they say otherwise.

#include <string>
#include <string_view>
#include <vector>

#include "viz/widgets/hitmap.hpp"
#include "viz/widgets/theme.hpp"

namespace logarium::viz {

enum class Align : std::uint8_t { kLeft, kCentre, kRight };

// A text as it was drawn; the layout lint reads them.
struct DrawnText {
  Rect box;  // of its letters' line
  std::string text;
  Colour colour = 0;
  bool clipped = false;  // some of it lies outside of what may be drawn on
};

class Brush {
 public:
  Brush(ImDrawList& list, const Theme& theme) : list_(list), theme_(theme) {}

  [[nodiscard]] float px(float design) const { return design * theme_.s; }
  [[nodiscard]] const Theme& theme() const { return theme_; }
  [[nodiscard]] ImDrawList& list() { return list_; }
  // Every text from now on is noted there too. Not owned; null: no more.
  void set_log(std::vector<DrawnText>* log) { log_ = log; }

  // One line of text in the box, on its vertical middle, elided with "..." where it does not fit.
  // Returns whether all of it is shown.
  bool text(const Rect& box, std::string_view text, Colour colour, Align align = Align::kLeft,
            ImFont* font = nullptr);
  // Lines from the top of the box, broken at spaces; what finds no room is left out. Returns
  // whether all of it is shown.
  bool paragraph(const Rect& box, std::string_view text, Colour colour, ImFont* font = nullptr);
  // How wide the text is in that font.
  [[nodiscard]] float width(std::string_view text, ImFont* font = nullptr) const;
  [[nodiscard]] float line_height(ImFont* font = nullptr) const;

  void fill(const Rect& box, Colour colour, float rounding = 0);
  void outline(const Rect& box, Colour colour, float thickness = 1, float rounding = 0);
  // Diagonal lines over the box: the second cue for what is wrong or will go away.
  void hatch(const Rect& box, Colour colour, float distance = 6);
  void line(ImVec2 from, ImVec2 to, Colour colour, float thickness = 1);
  void dashed(ImVec2 from, ImVec2 to, Colour colour, float thickness = 1, float dash = 5);
  void cross(ImVec2 centre, float radius, Colour colour, float thickness = 1.5F);
  void dot(ImVec2 centre, float radius, Colour colour, bool filled = true);
  // A triangle that points down onto `tip`.
  void flag(ImVec2 tip, float size, Colour colour);

 private:
  [[nodiscard]] ImFont* font_or_text(ImFont* font) const {
    return font == nullptr ? theme_.fonts.text : font;
  }

  void note(ImVec2 at, ImVec2 size, std::string_view text, Colour colour);

  ImDrawList& list_;
  const Theme& theme_;
  std::vector<DrawnText>* log_ = nullptr;
};

}  // namespace logarium::viz
