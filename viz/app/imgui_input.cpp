#include "viz/app/imgui_input.hpp"

#include <imgui.h>

#include <array>
#include <utility>

namespace logarium::viz {
namespace {

constexpr std::array<std::pair<Key, ImGuiKey>, 20> kKeys{{
    {Key::kSpace, ImGuiKey_Space},
    {Key::kLeft, ImGuiKey_LeftArrow},
    {Key::kRight, ImGuiKey_RightArrow},
    {Key::kUp, ImGuiKey_UpArrow},
    {Key::kDown, ImGuiKey_DownArrow},
    {Key::kHome, ImGuiKey_Home},
    {Key::kEnd, ImGuiKey_End},
    {Key::kPageUp, ImGuiKey_PageUp},
    {Key::kPageDown, ImGuiKey_PageDown},
    {Key::kEnter, ImGuiKey_Enter},
    {Key::kEscape, ImGuiKey_Escape},
    {Key::kTab, ImGuiKey_Tab},
    {Key::kBackspace, ImGuiKey_Backspace},
    {Key::kDelete, ImGuiKey_Delete},
    {Key::kA, ImGuiKey_A},
    {Key::kC, ImGuiKey_C},
    {Key::kV, ImGuiKey_V},
    {Key::kX, ImGuiKey_X},
    {Key::kY, ImGuiKey_Y},
    {Key::kZ, ImGuiKey_Z},
}};

#if IMGUI_VERSION_NUM >= 18700

void set_modifiers(ImGuiIO& io, const Modifiers& modifiers) {
#if IMGUI_VERSION_NUM >= 18950
  io.AddKeyEvent(ImGuiMod_Ctrl, modifiers.ctrl);
  io.AddKeyEvent(ImGuiMod_Shift, modifiers.shift);
  io.AddKeyEvent(ImGuiMod_Alt, modifiers.alt);
#else
  io.AddKeyEvent(ImGuiKey_ModCtrl, modifiers.ctrl);
  io.AddKeyEvent(ImGuiKey_ModShift, modifiers.shift);
  io.AddKeyEvent(ImGuiKey_ModAlt, modifiers.alt);
#endif
}

void set_key(ImGuiIO& io, Key key, bool down) {
  for (const auto& [ours, theirs] : kKeys) {
    if (ours == key) io.AddKeyEvent(theirs, down);
  }
}

void set_button(ImGuiIO& io, Button button, bool down) {
  io.AddMouseButtonEvent(static_cast<int>(button), down);
}

void set_position(ImGuiIO& io, float x, float y) { io.AddMousePosEvent(x, y); }
void add_wheel(ImGuiIO& io, float notches) { io.AddMouseWheelEvent(0, notches); }

#else

void set_modifiers(ImGuiIO& io, const Modifiers& modifiers) {
  io.KeyCtrl = modifiers.ctrl;
  io.KeyShift = modifiers.shift;
  io.KeyAlt = modifiers.alt;
}

void set_key(ImGuiIO& io, Key key, bool down) { io.KeysDown[static_cast<int>(key)] = down; }

void set_button(ImGuiIO& io, Button button, bool down) {
  io.MouseDown[static_cast<int>(button)] = down;
}

void set_position(ImGuiIO& io, float x, float y) { io.MousePos = {x, y}; }
void add_wheel(ImGuiIO& io, float notches) { io.MouseWheel += notches; }

#endif

}  // namespace

void map_keys() {
#if IMGUI_VERSION_NUM < 18700
  for (const auto& [ours, theirs] : kKeys) {
    ImGui::GetIO().KeyMap[theirs] = static_cast<int>(ours);
  }
#endif
}

void pass_on(const InputEvent& event, FrameInput& frame) {
  ImGuiIO& io = ImGui::GetIO();
  set_modifiers(io, event.modifiers);
  switch (event.kind) {
    case InputEvent::Kind::kMove:
      set_position(io, event.x, event.y);
      return;
    case InputEvent::Kind::kPress:
    case InputEvent::Kind::kRelease:
      set_button(io, event.button, event.kind == InputEvent::Kind::kPress);
      return;
    case InputEvent::Kind::kWheel:
      add_wheel(io, event.wheel);
      return;
    case InputEvent::Kind::kKeyDown:
      frame.keys.push_back({event.key, event.modifiers});
      set_key(io, event.key, true);
      return;
    case InputEvent::Kind::kKeyUp:
      set_key(io, event.key, false);
      return;
    case InputEvent::Kind::kCharacter:
      frame.characters.push_back(event.character);
      io.AddInputCharacter(static_cast<unsigned int>(event.character));
      return;
  }
}

}  // namespace logarium::viz
