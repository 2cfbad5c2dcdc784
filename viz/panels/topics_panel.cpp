// Partitions: a row each, the ones in trouble first; large, with the logs of all their replicas.

#include <fmt/format.h>

#include <algorithm>

#include "viz/panels/lanes.hpp"
#include "viz/panels/rows.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {
namespace {

struct HealthLook {
  const char* glyph;
  Colour colour;
};

HealthLook look_of(Health health) {
  switch (health) {
    case Health::kWell:
      return {"\u25CF", colour::kFaint};
    case Health::kNotPreferred:
      return {"\u25D0", colour::kSky};
    case Health::kUnderReplicated:
      return {"\u25CB", colour::kOrange};
    case Health::kUnderMinIsr:
      return {"\u25B2", colour::kYellow};
    case Health::kLeaderDown:
    case Health::kLeaderless:
      return {"\u2715", colour::kAlarm};
  }
  return {"", colour::kText};
}

void draw_isr(Ui& ui, Rect place, const PartitionRow& row) {
  const float size = ui.px(8);
  for (int i = 0; i < std::min(row.assigned, 5); ++i) {
    const Rect slot = cut_left(place, size + ui.px(4));
    const float y = std::round(slot.centre().y - size / 2);
    const Rect box{{slot.min.x, y}, {slot.min.x + size, y + size}};
    if (i < row.in_sync) {
      ui.brush.fill(box, colour::kSky);
    } else {
      ui.brush.outline(box, colour::kFaint);
    }
  }
  ui.text(place, fmt::format("{} of {}", row.in_sync, row.assigned), colour::kText);
}

struct PartitionCells {
  Rect name, leader, epoch, isr, ends, state;
};

PartitionCells cells_of_partition(Ui& ui, Rect row) {
  PartitionCells out;
  const float s = std::min(1.0F, row.width() / ui.px(640));
  out.name = cut_left(row, ui.px(126) * s);
  out.leader = cut_left(row, ui.px(64) * s);
  out.epoch = cut_left(row, ui.px(56) * s);
  out.isr = cut_left(row, ui.px(104) * s);
  out.ends = cut_left(row, ui.px(154) * s);
  out.state = row;
  return out;
}

void draw_head(Ui& ui, const Rect& row) {
  const PartitionCells at = cells_of_partition(ui, row);
  ImFont* small = ui.brush.theme().fonts.small;
  const auto word = [&](const Rect& place, std::string_view text) {
    ui.text(place, text, colour::kFaint, Align::kLeft, small);
  };
  word({{at.name.min.x + ui.px(20), at.name.min.y}, at.name.max}, "partition");
  word(at.leader, "leader");
  word(at.epoch, "epoch");
  word(at.isr, "in sync");
  word(at.ends, "leader's HW, LEO");
  word(at.state, "state");
}

void draw_text_row(Ui& ui, const Rect& place, const PartitionRow& row) {
  PartitionCells at = cells_of_partition(ui, place);
  const HealthLook look = look_of(row.health);
  ui.brush.text(cut_left(at.name, ui.px(20)), look.glyph, look.colour, Align::kCentre);
  ui.text(at.name, row.name, colour::kText);
  ui.text(at.leader, row.leader ? "\u2605 " + row.leader_name : row.leader_name,
          row.leader ? colour::kSky : colour::kAlarm);
  ui.text(at.epoch, fmt::format("{}", row.leader_epoch.value()), colour::kText);
  draw_isr(ui, at.isr, row);
  ui.text(at.ends, fmt::format("{} {}", row.high_watermark.value(), row.log_end.value()),
          colour::kText, Align::kLeft, ui.brush.theme().fonts.mono);
  std::string state(word(row.health));
  if (row.behind > 0) state += ", slowest behind " + counted(row.behind, "record");
  ui.text(at.state, state, look.colour);
}

// Several lines: the row's words at the left, the replicas' logs at the right.
void draw_lanes_row(Ui& ui, const Rect& place, const PartitionRow& row, const ReplicasModel& logs) {
  Rect rest = inset(place, ui.px(3));
  Rect left = cut_left(rest, std::min(ui.px(240), rest.width() / 3));
  const HealthLook look = look_of(row.health);
  Rect first = cut_top(left, ui.px(17));
  ui.brush.text(cut_left(first, ui.px(20)), look.glyph, look.colour, Align::kCentre);
  ui.text(
      first,
      fmt::format("{}  \u2605 {}  epoch {}", row.name, row.leader_name, row.leader_epoch.value()),
      colour::kText);
  Rect second = cut_top(left, ui.px(17));
  cut_left(second, ui.px(20));
  const std::string_view state = word(row.health);
  ui.text(second, fmt::format("{} of {} in sync, {}", row.in_sync, row.assigned, state),
          look.colour, Align::kLeft, ui.brush.theme().fonts.small);
  cut_left(rest, ui.px(8));
  const float names = ui.px(34);
  const OffsetScale scale = scale_for(logs, rest.min.x + names, rest.max.x - ui.px(60), ui.px(5));
  const float height = ui.px(13);
  for (const ReplicaLane& lane : logs.lanes) {
    Rect line = cut_top(rest, height);
    const Colour ink = lane.down     ? colour::kAlarm
                       : lane.leads  ? colour::kSky
                       : lane.in_isr ? colour::kText
                                     : colour::kOrange;
    ui.text(cut_left(line, names), lane.name, ink, Align::kLeft, ui.brush.theme().fonts.small);
    const Rect end = cut_right(line, ui.px(56));
    ui.text(end, lane.known ? fmt::format("{}", lane.log_end.value()) : "-", colour::kFaint,
            Align::kRight, ui.brush.theme().fonts.small);
    draw_spans(ui, {{line.min.x, line.min.y + ui.px(3)}, {line.max.x, line.max.y - ui.px(1)}}, lane,
               scale, {.numbers = false, .synced = false});
  }
}

}  // namespace

float topics_row_height(const UiState& state, float scale, std::size_t replicas) {
  if (state.preset == Preset::kOverview) return 19 * scale;
  return (10 + 13 * static_cast<float>(std::clamp<std::size_t>(replicas, 3, 9))) * scale;
}

void draw_topics(Ui& ui, const Rect& area, const Shown& shown, const UiState& state, Actions& out) {
  const TopicsModel& model = shown.topics;
  Rect inside = draw_frame(ui, area, {PanelId::kTopics, "Partitions", model.headline}, state, out);
  ui.brush.list().PushClipRect(inside.min, inside.max, true);
  const bool large = state.preset == Preset::kReplication;
  if (!large) draw_head(ui, cut_top(inside, ui.px(18)));
  const auto rows = static_cast<std::int64_t>(model.rows.size());
  const std::size_t replicas = shown.lanes.empty() ? 3 : shown.lanes.front().lanes.size();
  const float height = topics_row_height(state, ui.px(1), replicas);
  const auto fitting =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(inside.height() / height));
  const std::int64_t first =
      std::clamp<std::int64_t>(state.scroll_topics, 0, std::max<std::int64_t>(0, rows - fitting));
  if (rows > fitting) {
    const Rect bar = cut_right(inside, ui.px(6));
    const float unit = bar.height() / static_cast<float>(rows);
    const float top = bar.min.y + unit * static_cast<float>(first);
    ui.brush.fill({{bar.min.x + ui.px(2), top},
                   {bar.max.x, top + std::max(ui.px(8), unit * static_cast<float>(fitting))}},
                  colour::kLine, 2);
  }
  if (rows == 0) ui.text(inside, "no topic has been created yet", colour::kFaint, Align::kCentre);
  for (std::int64_t i = first; i < std::min(rows, first + fitting); ++i) {
    const PartitionRow& row = model.rows[static_cast<std::size_t>(i)];
    const Rect place = cut_top(inside, height);
    if (shown.partition == row.ref) ui.brush.fill(place, colour::kSelected, 2);
    if (state.hover.partition == row.ref) mark_hovered(ui, place);
    if (ui.hovers(place)) out.emplace_back(action::HoverOver{{{}, row.leader, row.ref}});
    const auto lane = static_cast<std::size_t>(i - first);
    if (large && lane < shown.lanes.size()) {
      draw_lanes_row(ui, place, row, shown.lanes[lane]);
    } else {
      draw_text_row(ui, place, row);
    }
    if (ui.thing("topics/" + row.name, place)) {
      out.emplace_back(action::SelectPartition{row.ref});
    }
  }
  if (ui.hovers(area) && ui.pointer().wheel != 0) {
    const auto by = static_cast<std::int64_t>(ui.pointer().wheel);
    out.emplace_back(action::ScrollTopics{
        std::clamp<std::int64_t>(first - by, 0, std::max<std::int64_t>(0, rows - fitting))});
  }
  ui.brush.list().PopClipRect();
}

}  // namespace logarium::viz
