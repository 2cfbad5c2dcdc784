#pragma once
// Input of the viewer, the same from a window, a test and a script: keys and mouse as our own
// values, since Dear ImGui's differ between the versions that distributions carry. Printable
// shortcuts come as characters, so that they hold on every keyboard layout.

#include <cstdint>
#include <vector>

namespace logarium::viz {

enum class Key : std::uint8_t {
  kNone,
  kSpace,
  kLeft,
  kRight,
  kUp,
  kDown,
  kHome,
  kEnd,
  kPageUp,
  kPageDown,
  kEnter,
  kEscape,
  kTab,
  kBackspace,
  kDelete,
  kF1,
  kF2,
  kF3,
  kF4,
  kF5,
  kF6,
  kF7,
  kF8,
  kA,  // letters and digits with Ctrl or Alt only; alone they come as characters
  kC,
  kP,
  kQ,
  kV,
  kX,
  kY,
  kZ,
  k0,
  k1,
  k2,
  k3,
  k4,
  k5,
  k6,
  k7,
  k8,
  k9,
  kEqual,
  kMinus,
  kCount,
};

struct Modifiers {
  bool ctrl = false;
  bool shift = false;
  bool alt = false;
  bool operator==(const Modifiers&) const = default;
};

enum class Button : std::uint8_t { kLeft, kRight, kMiddle };

// One thing a person did.
struct InputEvent {
  enum class Kind : std::uint8_t {
    kMove,       // the mouse is at x, y
    kPress,      // of `button`
    kRelease,    // of `button`
    kWheel,      // by `wheel` notches, up is positive
    kKeyDown,    // of `key`
    kKeyUp,      // of `key`
    kCharacter,  // `character` was typed
  };
  Kind kind = Kind::kMove;
  float x = 0;
  float y = 0;
  float wheel = 0;
  Button button = Button::kLeft;
  Key key = Key::kNone;
  Modifiers modifiers;
  char32_t character = 0;
};

[[nodiscard]] inline InputEvent moved_to(float x, float y) {
  InputEvent out;
  out.x = x, out.y = y;
  return out;
}
[[nodiscard]] inline InputEvent button(InputEvent::Kind press_or_release, Button which) {
  InputEvent out;
  out.kind = press_or_release, out.button = which;
  return out;
}
[[nodiscard]] inline InputEvent turned(float notches) {
  InputEvent out;
  out.kind = InputEvent::Kind::kWheel, out.wheel = notches;
  return out;
}
[[nodiscard]] inline InputEvent key(InputEvent::Kind down_or_up, Key which, Modifiers modifiers) {
  InputEvent out;
  out.kind = down_or_up, out.key = which, out.modifiers = modifiers;
  return out;
}
[[nodiscard]] inline InputEvent character(char32_t which) {
  InputEvent out;
  out.kind = InputEvent::Kind::kCharacter, out.character = which;
  return out;
}

// What reached the viewer in one frame besides what Dear ImGui's widgets take themselves.
struct FrameInput {
  struct Press {
    Key key = Key::kNone;
    Modifiers modifiers;
  };
  std::vector<Press> keys;           // pressed in this frame, in order
  std::vector<char32_t> characters;  // typed in this frame, in order
};

}  // namespace logarium::viz
