// The events around the instant, one line of plain words each, as far as the filter lets them
// through; below, what the shown event changed.

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cstring>

#include "viz/panels/looks.hpp"
#include "viz/panels/rows.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {
namespace {

// Dear ImGui's input in the box; it has the keyboard while state.filtering.
void draw_input(Ui& ui, const Rect& box, const UiState& state, Actions& out) {
  std::array<char, 512> text{};
  std::memcpy(text.data(), state.filter.data(), std::min(state.filter.size(), text.size() - 1));
  ImGui::SetCursorScreenPos(box.min);
  ImGui::PushItemWidth(box.width());
  if (state.filtering && !ImGui::IsAnyItemActive()) ImGui::SetKeyboardFocusHere();
  constexpr ImGuiInputTextFlags kFlags = ImGuiInputTextFlags_AutoSelectAll;
  if (ImGui::InputTextWithHint("##filter", "filter: kind=ELECT part=orders-0 t>12.4   (/)",
                               text.data(), text.size(), kFlags)) {
    out.emplace_back(action::SetFilter{text.data()});
  }
  if (ImGui::IsItemActivated() && !state.filtering) out.emplace_back(action::EditFilter{true});
  if (ImGui::IsItemDeactivated()) out.emplace_back(action::EditFilter{false});
  ImGui::PopItemWidth();
  static_cast<void>(ui.thing("events/filter", box, "Which events are listed; / to type"));
}

void draw_error(Ui& ui, const Rect& line, const FilterError& error) {
  std::string text = "\u25B2 " + error.message;
  if (!error.suggestion.empty()) text += "; did you mean " + error.suggestion + "?";
  ui.text(line, text, colour::kAlarm, Align::kLeft, ui.brush.theme().fonts.small);
}

void draw_row(Ui& ui, const Rect& place, const EventRow& row, const UiState& state, Actions& out) {
  if (state.hover.event == row.event) mark_hovered(ui, place);
  Rect rest = place;
  const EventLook look = look_of(row.kind);
  const auto& fonts = ui.brush.theme().fonts;
  const bool past = row.event <= state.event;
  ui.text(cut_left(rest, ui.px(56)), row.time_text, colour::kFaint, Align::kLeft, fonts.mono);
  const Rect mark = cut_left(rest, ui.px(16));
  draw_shape(ui.brush, mark.centre(), 4, look);
  const Rect kind = cut_left(rest, ui.px(74));
  ui.text(kind, row.kind_text, row.notable || past ? colour::kText : colour::kFaint, Align::kLeft,
          fonts.small);
  ui.text(cut_left(rest, ui.px(40)), row.node_name,
          state.hover.node == row.node ? colour::kYellow : colour::kFaint);
  ui.text(rest, row.violation ? "\u25B2 " + row.text : row.text,
          row.violation ? colour::kAlarm
          : past        ? colour::kText
                        : colour::kFaint);
  if (ui.hovers(place)) {
    Hover over{row.event, row.node, {}};
    if (!row.partitions.empty()) over.partition = row.partitions.front();
    out.emplace_back(action::HoverOver{over});
    ui.set_tooltip(fmt::format("event {}, {}, {}: {}", row.event, exact_time(row.time),
                               row.node_name, row.text));
  }
  if (ui.thing(fmt::format("events/{}", row.event), place)) {
    out.emplace_back(action::Seek{row.event, row.time});
    out.emplace_back(action::SelectNode{row.node});
    if (!row.partitions.empty()) out.emplace_back(action::SelectPartition{row.partitions.front()});
  }
}

void draw_rows(Ui& ui, Rect area, const Shown& shown, const UiState& state, Actions& out) {
  const EventsModel& model = shown.events;
  const float height = ui.px(kEventRowHeight);
  const auto fitting = static_cast<std::size_t>(std::max(1.0F, area.height() / height));
  const std::size_t current = model.current.value_or(0);
  // The shown event stands a little below the middle, so that what led to it is seen.
  const std::size_t above = fitting * 3 / 5;
  std::size_t first = current > above ? current - above : 0;
  if (model.rows.size() > fitting) first = std::min(first, model.rows.size() - fitting);
  if (model.rows.size() <= fitting) first = 0;
  if (model.rows.empty()) {
    ui.text(cut_top(area, height),
            model.more_before || model.more_after ? "no such event near this instant"
                                                  : "no event passes the filter",
            colour::kFaint);
  }
  for (std::size_t i = first; i < std::min(first + fitting, model.rows.size()); ++i) {
    const Rect place = cut_top(area, height);
    if (model.current == i) {
      ui.brush.fill(place, colour::kSelected, 2);
      const Rect edge{place.min, {place.min.x + ui.px(2), place.max.y}};
      if (model.anchor_passes) ui.brush.fill(edge, colour::kSky);
    }
    draw_row(ui, place, model.rows[i], state, out);
  }
}

void draw_detail(Ui& ui, Rect area, const EventDetail& detail) {
  ui.brush.line(area.min, {area.max.x, area.min.y}, colour::kLine);
  cut_top(area, ui.px(2));
  const float height = ui.px(kEventRowHeight);
  ImFont* small = ui.brush.theme().fonts.small;
  const auto line = [&](std::string_view text, Colour ink) {
    if (area.height() >= height) ui.text(cut_top(area, height), text, ink, Align::kLeft, small);
  };
  line(fmt::format("event {} on {}: {}", detail.row.event, detail.row.node_name,
                   detail.input.empty() ? detail.row.text : detail.input),
       colour::kText);
  for (const EventChange& change : detail.changes) {
    line(fmt::format("{}: {} \u2192 {}", change.what, change.before, change.after), colour::kText);
  }
  for (const std::string& lost : detail.lost) line("\u2715 lost: " + lost, colour::kAlarm);
  if (!detail.changes.empty()) return;
  for (const std::string& note : detail.notes) line(note, colour::kFaint);
}

}  // namespace

std::size_t event_rows_in(const Rect& area, float s) {
  return static_cast<std::size_t>(std::max(1.0F, area.height() / (kEventRowHeight * s))) + 2;
}

void draw_events(Ui& ui, const Rect& area, const Shown& shown, const UiState& state, Actions& out) {
  Rect inside =
      draw_frame(ui, area, {PanelId::kEvents, "Events", shown.events.headline}, state, out);
  ui.brush.list().PushClipRect(inside.min, inside.max, true);
  draw_input(ui, cut_top(inside, ui.px(22)), state, out);
  if (shown.filter_error) draw_error(ui, cut_top(inside, ui.px(18)), *shown.filter_error);
  cut_top(inside, ui.px(3));
  if (shown.detail && inside.height() > ui.px(170)) {
    const std::size_t more =
        std::max(shown.detail->changes.size() + shown.detail->lost.size(),
                 shown.detail->changes.empty() ? shown.detail->notes.size() : 0);
    const auto lines = static_cast<float>(std::clamp<std::size_t>(more + 1, 2, 6));
    draw_detail(ui, cut_bottom(inside, ui.px(kEventRowHeight) * lines + ui.px(4)), *shown.detail);
  }
  draw_rows(ui, inside, shown, state, out);
  if (ui.hovers(inside) && ui.pointer().wheel != 0) {
    out.emplace_back(
        action::Do{ui.pointer().wheel > 0 ? Command::kStepBack : Command::kStepForward});
  }
  ui.brush.list().PopClipRect();
}

}  // namespace logarium::viz
