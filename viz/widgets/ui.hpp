#pragma once
// Ui: what a panel gets to draw one frame with and to hear the person through: the brush, the map
// of what is drawn where, and the mouse. Every thing that reacts has a path ("bar/play"), by which
// tests click it and the layout lint knows it.
//
// Panels keep nothing between frames: what is being dragged stands in `Held`, which the viewer
// owns.

#include <array>
#include <cfloat>
#include <optional>
#include <string>
#include <string_view>

#include "viz/widgets/brush.hpp"
#include "viz/widgets/hitmap.hpp"
#include "viz/widgets/input.hpp"

namespace logarium::viz {

// The mouse in one frame.
struct Pointer {
  ImVec2 at{-FLT_MAX, -FLT_MAX};
  ImVec2 moved{0, 0};              // since the last frame
  std::array<bool, 3> released{};  // by Button, in this frame
  std::array<bool, 3> pressed{};   // by Button, in this frame
  std::array<bool, 3> down{};      // by Button
  float wheel = 0;                 // notches, up is positive
  Modifiers modifiers;
};

// A drag that goes on: the thing on which a button went down stays held until the end of the frame
// in which it goes up; the viewer lets go of it then.
struct Held {
  std::string path;  // empty: nothing
  Button button = Button::kLeft;
  ImVec2 from;  // where it began
};

class Ui {
 public:
  Ui(ImDrawList& list, const Theme& theme, Hitmap& hits, const Pointer& pointer, Held& held)
      : brush(list, theme), hits_(hits), pointer_(pointer), held_(held) {}

  Brush brush;

  [[nodiscard]] float px(float design) const { return brush.px(design); }
  [[nodiscard]] const Pointer& pointer() const { return pointer_; }
  // What lies below an overlay hears nothing.
  void set_reachable(bool reachable) { reachable_ = reachable; }
  // Hears nothing inside of this.
  void set_covered(std::optional<Rect> covered) { covered_ = covered; }

  // Whether the mouse is over it and nothing is being dragged.
  [[nodiscard]] bool hovers(const Rect& box) const;
  // Makes a thing of the box. The tooltip shows while the mouse is over it. True when it was
  // clicked in this frame.
  bool thing(std::string path, const Rect& box, std::string_view tooltip = {});
  // A thing that looks like a button; `on` marks what is in force.
  struct ButtonLook {
    std::string_view text;
    std::string_view tooltip;
    bool on = false;
    bool enabled = true;
  };
  bool button(std::string path, const Rect& box, const ButtonLook& look);
  // A thing that can be dragged: true from the press on it until the release, both included.
  bool drag(const std::string& path, const Rect& box, Button button = Button::kLeft);
  [[nodiscard]] const Held& held() const { return held_; }
  // Text that shows itself whole in a tooltip where its box is too small.
  void text(const Rect& box, std::string_view text, Colour colour, Align align = Align::kLeft,
            ImFont* font = nullptr);

  // What the tooltip of this frame says; empty: none. The last that was set is the uppermost.
  void set_tooltip(std::string_view text) { tooltip_ = text; }
  [[nodiscard]] const std::string& tooltip() const { return tooltip_; }

 private:
  Hitmap& hits_;
  const Pointer& pointer_;
  Held& held_;
  bool reachable_ = true;
  std::optional<Rect> covered_;
  std::string tooltip_;
};

// A box cut off another, which keeps the rest. Sizes are on the screen.
Rect cut_top(Rect& from, float height);
Rect cut_bottom(Rect& from, float height);
Rect cut_left(Rect& from, float width);
Rect cut_right(Rect& from, float width);
[[nodiscard]] Rect inset(const Rect& box, float by);

}  // namespace logarium::viz
