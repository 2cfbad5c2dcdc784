// Replica lanes: the logs of the shown partition, one lane per replica on a common axis of offsets.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "viz/panels/lanes.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {
namespace {

Colour role_colour(const ReplicaLane& lane) {
  if (lane.down) return colour::kAlarm;
  if (lane.leads) return colour::kSky;
  return lane.in_isr ? colour::kText : colour::kOrange;
}

const char* role_glyph(const ReplicaLane& lane) {
  if (lane.down) return "\u2715";
  if (lane.leads) return "\u2605";
  return lane.in_isr ? "\u25CF" : "\u25CB";
}

void draw_axis(Ui& ui, const Rect& area, const OffsetScale& scale) {
  const auto step = static_cast<std::int64_t>(
      nice_step(static_cast<double>(scale.to - scale.from) / (area.width() / ui.px(70))));
  for (std::int64_t at = (scale.from + step - 1) / step * step; at <= scale.to; at += step) {
    const float x = scale.x(at);
    if (x + ui.px(60) > area.max.x) break;
    ui.brush.text({{x + ui.px(3), area.min.y}, {x + ui.px(60), area.max.y}}, fmt::format("{}", at),
                  colour::kFaint, Align::kLeft, ui.brush.theme().fonts.small);
    ui.brush.line({x, area.min.y + ui.px(3)}, {x, area.max.y}, colour::kLine);
  }
}

void draw_lane_text(Ui& ui, Rect left, Rect right, const ReplicaLane& lane) {
  const auto& fonts = ui.brush.theme().fonts;
  ui.brush.text(cut_left(left, ui.px(20)), role_glyph(lane), role_colour(lane), Align::kCentre);
  ui.text(cut_left(left, ui.px(34)), lane.name, colour::kText);
  ui.text(left, lane.role, role_colour(lane), Align::kLeft, fonts.small);
  if (!lane.known) {
    ui.text(right, "no log yet", colour::kFaint, Align::kLeft, fonts.small);
    return;
  }
  // In a low row the numbers alone.
  if (right.height() < ui.px(34)) {
    ui.text(right, lane.summary, colour::kText, Align::kLeft, fonts.mono);
    return;
  }
  right = {{right.min.x, right.centre().y - ui.px(17)},
           {right.max.x, right.centre().y + ui.px(17)}};
  const Rect upper = cut_top(right, right.height() / 2);
  ui.text(upper, lane.summary, colour::kText, Align::kLeft, fonts.mono);
  std::string more =
      lane.lag.empty() ? (lane.leads || lane.down ? "" : "caught up") : "behind " + lane.lag;
  if (lane.unsynced > 0) {
    more += (more.empty() ? "" : "; ") + fmt::format("{} not synced", lane.unsynced);
  }
  ui.text(right, more, lane.behind > 0 ? colour::kOrange : colour::kFaint, Align::kLeft,
          fonts.small);
}

// What is known of the record at an offset on every replica, in one line.
std::string inspect(const ReplicasModel& model, Offset offset) {
  std::string has;
  std::string committed;
  std::string epoch;
  for (const ReplicaLane& lane : model.lanes) {
    for (const RecordSpan& span : lane.spans) {
      if (offset < span.from || offset >= span.to) continue;
      has += (has.empty() ? "" : " ") + lane.name;
      if (span.state == RecordState::kCommitted) committed += " " + lane.name;
      const std::string number = fmt::format("{}", span.epoch.value());
      if (epoch.find(number) == std::string::npos) epoch += (epoch.empty() ? "" : "/") + number;
    }
  }
  if (has.empty()) return fmt::format("offset {}: on no replica", offset.value());
  return fmt::format("offset {}: leader epoch {}, on {}; below the high watermark of{}",
                     offset.value(), epoch, has, committed.empty() ? " none" : committed);
}

void draw_legend(Ui& ui, Rect row, const ReplicasModel& model) {
  ImFont* small = ui.brush.theme().fonts.small;
  const auto word = [&](std::string_view text) {
    const Rect place = cut_left(row, ui.brush.width(text, small) + ui.px(10));
    ui.text(place, text, colour::kFaint, Align::kLeft, small);
  };
  const auto sample = [&](LeaderEpoch epoch, RecordState state) {
    const Rect place = inset(cut_left(row, ui.px(18)), ui.px(4));
    draw_records(ui, place, epoch, state);
    cut_left(row, ui.px(3));
  };
  word("epoch");
  const std::size_t first = model.epochs.size() > 6 ? model.epochs.size() - 6 : 0;
  for (std::size_t i = first; i < model.epochs.size(); ++i) {
    sample(model.epochs[i], RecordState::kCommitted);
    word(fmt::format("{}", model.epochs[i].value()));
  }
  if (model.epochs.empty()) return;
  const LeaderEpoch last = model.epochs.back();
  sample(last, RecordState::kCommitted);
  word("committed");
  sample(last, RecordState::kUncommitted);
  word("not yet");
  sample(last, RecordState::kDiverging);
  word("to be cut");
}

void draw_lane(Ui& ui, const Rect& row, const Rect& cells, const ReplicaLane& lane,
               const OffsetScale& scale, const UiState& state, Actions& out) {
  const bool selected = state.selection.node == lane.node;
  if (lane.leads || selected) {
    ui.brush.fill(row, selected ? colour::kSelected : colour::with_alpha(colour::kSelected, 110),
                  2);
  }
  if (state.hover.node == lane.node) mark_hovered(ui, row);
  if (ui.hovers(row)) out.emplace_back(action::HoverOver{{{}, lane.node, {}}});
  draw_lane_text(ui, {row.min, {cells.min.x - ui.px(4), row.max.y}},
                 {{cells.max.x + ui.px(10), row.min.y}, row.max}, lane);
  const float height = std::min(row.height() - ui.px(12), ui.px(38));
  const float top = std::round(row.centre().y - height / 2);
  const Rect band{{cells.min.x, top}, {cells.max.x, top + height}};
  draw_spans(ui, band, lane, scale, {.numbers = true, .synced = true});
  if (ui.thing("replicas/" + lane.name, row)) {
    out.emplace_back(action::SelectNode{lane.node});
    if (band.contains(ui.pointer().at)) {
      out.emplace_back(action::SelectOffset{Offset(scale.at(ui.pointer().at.x))});
    }
  }
  if (ui.hovers(band)) {
    ui.set_tooltip(
        fmt::format("{}, {}: offset {}; log start {}, high watermark {}, log end {}, "
                    "synced to {}{}",
                    lane.name, lane.role, scale.at(ui.pointer().at.x), lane.log_start.value(),
                    lane.high_watermark.value(), lane.log_end.value(), lane.synced_end.value(),
                    lane.fetched.empty() ? "" : "; fetched " + lane.fetched));
  }
}

}  // namespace

void draw_replicas(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                   Actions& out) {
  const std::string name = shown.replicas ? shown.replicas->partition : "no partition";
  const std::string headline = shown.replicas ? shown.replicas->headline : "";
  const std::string title = "Replicas of " + name;
  Rect inside = draw_frame(ui, area, {PanelId::kReplicas, title, headline}, state, out);
  if (!shown.replicas || shown.replicas->lanes.empty()) {
    ui.text(inside, "no partition has replicas yet", colour::kFaint, Align::kCentre);
    return;
  }
  const ReplicasModel& model = *shown.replicas;
  ui.brush.list().PushClipRect(inside.min, inside.max, true);
  Rect legend = cut_bottom(inside, ui.px(20));
  if (state.selection.offset) {
    const Rect line = cut_bottom(inside, ui.px(20));
    ui.text(line, inspect(model, *state.selection.offset), colour::kText);
  }
  const Rect axis = cut_top(inside, ui.px(18));
  const float left = inside.min.x + std::min(ui.px(132), inside.width() / 4);
  const float right = inside.max.x - std::min(ui.px(214), inside.width() / 4);
  const OffsetScale scale = scale_for(model, left, right, ui.px(11));
  draw_axis(ui, {{left, axis.min.y}, {right, axis.max.y}}, scale);
  const auto count = static_cast<float>(model.lanes.size());
  const float height = std::floor(std::min(inside.height() / count, ui.px(62)));
  for (const ReplicaLane& lane : model.lanes) {
    const Rect row = cut_top(inside, height);
    draw_lane(ui, row, {{left, row.min.y}, {right, row.max.y}}, lane, scale, state, out);
  }
  if (state.selection.offset) {
    const float x = scale.x(state.selection.offset->value()) + scale.width_of_one() / 2;
    if (x >= left && x <= right) {
      ui.brush.dashed({x, axis.max.y}, {x, inside.min.y}, colour::kYellow, 1, 3);
    }
  }
  draw_legend(ui, legend, model);
  ui.brush.list().PopClipRect();
}

}  // namespace logarium::viz
