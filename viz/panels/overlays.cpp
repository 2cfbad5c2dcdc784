#include "viz/panels/overlays.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "viz/panels/commands.hpp"
#include "viz/panels/looks.hpp"

namespace logarium::viz {
namespace {

void draw_back(Ui& ui, const Rect& area) {
  ui.brush.fill({{area.min.x - ui.px(2), area.min.y - ui.px(2)},
                 {area.max.x + ui.px(6), area.max.y + ui.px(6)}},
                colour::with_alpha(colour::kBackground, 160), 6);
  ui.brush.fill(area, colour::kRaised, 4);
  ui.brush.outline(area, colour::kSky, 1.5F, 4);
}

// Returns whether the text changed.
bool input(const char* id, const Rect& box, const char* hint, std::string& text) {
  std::array<char, 256> buffer{};
  std::memcpy(buffer.data(), text.data(), std::min(text.size(), buffer.size() - 1));
  ImGui::SetCursorScreenPos(box.min);
  ImGui::PushItemWidth(box.width());
  if (!ImGui::IsAnyItemActive()) ImGui::SetKeyboardFocusHere();
  const bool changed = ImGui::InputTextWithHint(id, hint, buffer.data(), buffer.size());
  ImGui::PopItemWidth();
  if (changed) text = buffer.data();
  return changed;
}

void draw_command(Ui& ui, Rect row, const CommandInfo& about, bool chosen) {
  if (chosen) ui.brush.fill(row, colour::kSelected, 2);
  Rect rest = inset(row, ui.px(2));
  cut_left(rest, ui.px(6));
  const Rect key = cut_right(rest, ui.px(100));
  ui.brush.text(key, to_string(about.shortcut), colour::kSky, Align::kRight,
                ui.brush.theme().fonts.mono);
  ui.text(cut_left(rest, std::min(ui.px(190), rest.width())), about.text, colour::kText);
  ui.text(rest, about.tooltip, colour::kFaint, Align::kLeft, ui.brush.theme().fonts.small);
}

}  // namespace

Rect overlay_place(const Rect& screen, float s, Overlay overlay) {
  const ImVec2 middle = screen.centre();
  const auto of = [&](float width, float height) {
    const float w = std::min(width * s, screen.width() - 16 * s);
    const float h = std::min(height * s, screen.height() - 60 * s);
    const float top = std::round(screen.min.y + std::min(80 * s, (screen.height() - h) / 2));
    const float left = std::round(middle.x - w / 2);
    return Rect{{left, top}, {left + w, top + h}};
  };
  switch (overlay) {
    case Overlay::kNone:
      return {};
    case Overlay::kPalette:
      return of(720, 420);
    case Overlay::kKeys:
      return of(1240, 600);
    case Overlay::kGoTo:
      return of(420, 84);
    case Overlay::kTour:
      return {};  // it lies beside the panel that it tells of
  }
  return {};
}

void draw_palette(Ui& ui, const Rect& area, OverlayText& text, Actions& out) {
  draw_back(ui, area);
  Rect inside = inset(area, ui.px(8));
  if (input("##palette", cut_top(inside, ui.px(24)), "what do you want to do?", text.typed)) {
    text.chosen = 0;
  }
  cut_top(inside, ui.px(4));
  const std::vector<Command> found = matching_commands(text.typed);
  if (found.empty()) {
    ui.text(cut_top(inside, ui.px(22)), "no command has these words", colour::kFaint);
    return;
  }
  text.chosen = std::min(text.chosen, found.size() - 1);
  const float row = ui.px(22);
  const auto fitting = static_cast<std::size_t>(std::max(1.0F, inside.height() / row));
  const std::size_t first = text.chosen >= fitting ? text.chosen + 1 - fitting : 0;
  for (std::size_t i = first; i < std::min(first + fitting, found.size()); ++i) {
    const Rect place = cut_top(inside, row);
    const CommandInfo& about = info(found[i]);
    draw_command(ui, place, about, i == text.chosen || ui.hovers(place));
    if (ui.thing("palette/" + std::string(about.id), place, about.tooltip)) {
      out.emplace_back(action::Open{Overlay::kNone});
      out.emplace_back(action::Do{found[i]});
    }
  }
}

void draw_keys(Ui& ui, const Rect& area, Actions& out) {
  draw_back(ui, area);
  Rect inside = inset(area, ui.px(10));
  ui.text(cut_top(inside, ui.px(22)),
          "Keys (Esc closes). Mouse: drag the ruler to move the instant, click selects everywhere, "
          "wheel zooms, right drag pans, middle drag zooms, Ctrl and drag marks a range.",
          colour::kText);
  cut_top(inside, ui.px(4));
  const auto all = commands();
  const std::size_t columns = inside.width() > ui.px(760) ? 3 : 2;
  const std::size_t rows = (all.size() + columns - 1) / columns;
  const float width = inside.width() / static_cast<float>(columns);
  const float height = std::min(ui.px(22), inside.height() / static_cast<float>(rows));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t column = i / rows;
    const float x = inside.min.x + width * static_cast<float>(column);
    const float y = inside.min.y + height * static_cast<float>(i % rows);
    const Rect whole{{x, y}, {x + width - ui.px(10), y + height}};
    Rect rest = whole;
    const Rect key = cut_left(rest, std::min(ui.px(86), width / 3));
    ui.text(key, to_string(all[i].shortcut), colour::kSky, Align::kLeft,
            ui.brush.theme().fonts.mono);
    ui.text(rest, all[i].text, colour::kText, Align::kLeft, ui.brush.theme().fonts.small);
    if (ui.thing("keys/" + std::string(all[i].id), whole, all[i].tooltip)) {
      out.emplace_back(action::Open{Overlay::kNone});
      out.emplace_back(action::Do{all[i].command});
    }
  }
}

void draw_go_to(Ui& ui, const Rect& area, OverlayText& text, Actions& out) {
  draw_back(ui, area);
  Rect inside = inset(area, ui.px(8));
  if (input("##goto", cut_top(inside, ui.px(24)), "12.48s, 300ms or #8412", text.typed)) {
    text.problem.clear();
  }
  cut_top(inside, ui.px(4));
  ui.text(
      cut_top(inside, ui.px(20)),
      text.problem.empty() ? "a time since the start, or an event; Enter goes there" : text.problem,
      text.problem.empty() ? colour::kFaint : colour::kAlarm);
  static_cast<void>(out);
}

void draw_legend(Ui& ui, const Rect& area) {
  ui.brush.fill(area, colour::kRaised);
  Rect rest = inset(area, ui.px(3));
  ImFont* small = ui.brush.theme().fonts.small;
  const auto word = [&](std::string_view text, float room) {
    ui.text(cut_left(rest, ui.brush.width(text, small) + ui.px(room)), text, colour::kText,
            Align::kLeft, small);
  };
  cut_left(rest, ui.px(6));
  for (const EventKind kind : kinds_for_legend()) {
    const EventLook look = look_of(kind);
    draw_shape(ui.brush, cut_left(rest, ui.px(16)).centre(), 4.5F, look);
    word(look.word, 12);
  }
  word("\u2605 leads, controls", 12);
  word("\u2715 down", 12);
  word("\u25CC fenced", 12);
  word("hatched: faulty, or will be cut", 12);
}

void draw_tooltip(Ui& ui, const Rect& screen) {
  if (ui.tooltip().empty()) return;
  ImFont* font = ui.brush.theme().fonts.text;
  const float most = std::min(ui.px(460), screen.width() - ui.px(24));
  const ImVec2 size = font->CalcTextSizeA(font->FontSize, FLT_MAX, most, ui.tooltip().c_str());
  const float pad = ui.px(6);
  const float w = std::ceil(size.x) + 2 * pad;
  const float h = std::ceil(size.y) + 2 * pad;
  ImVec2 at{std::round(ui.pointer().at.x) + ui.px(14), std::round(ui.pointer().at.y) + ui.px(18)};
  at.x = std::clamp(at.x, screen.min.x, std::max(screen.min.x, screen.max.x - w));
  if (at.y + h > screen.max.y) at.y = std::round(ui.pointer().at.y) - h - ui.px(6);
  at.y = std::max(at.y, screen.min.y);
  const Rect box{at, {at.x + w, at.y + h}};
  ui.brush.fill(box, colour::kRaised, 3);
  ui.brush.outline(box, colour::kLine, 1, 3);
  ui.brush.list().AddText(font, font->FontSize, {at.x + pad, at.y + pad}, colour::kText,
                          ui.tooltip().c_str(), nullptr, most);
}

}  // namespace logarium::viz
