#include "viz/panels/lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace logarium::viz {
namespace {

constexpr float kCellMin = 6;  // pixels at scale 1: below, records are not told apart

void draw_cells(Ui& ui, const Rect& box, const RecordSpan& span, const OffsetScale& scale) {
  const std::int64_t from = std::max(span.from.value(), scale.from);
  const std::int64_t to = std::min(span.to.value(), scale.to);
  for (std::int64_t at = from; at < to; ++at) {
    const float gap = ui.px(1);
    draw_records(ui, {{scale.x(at), box.min.y}, {scale.x(at + 1) - gap, box.max.y}}, span.epoch,
                 span.state);
  }
}

void draw_number(Ui& ui, const Rect& box, const RecordSpan& span, std::string_view text) {
  const Colour fill = colour::of_epoch(span.epoch.value());
  const bool solid = span.state == RecordState::kCommitted;
  if (span.state == RecordState::kDiverging) ui.brush.fill(inset(box, ui.px(2)), colour::kPanel);
  ui.brush.text(box, text, solid ? colour::text_on(fill) : colour::kText, Align::kCentre,
                ui.brush.theme().fonts.small);
}

}  // namespace

double nice_step(double least) {
  double step = 1;
  while (step < least) {
    if (step * 2 >= least) return step * 2;
    if (step * 5 >= least) return step * 5;
    step *= 10;
  }
  return step;
}

OffsetScale scale_for(const ReplicasModel& model, float left, float right, float cell) {
  std::int64_t low = model.to.value();
  for (const ReplicaLane& lane : model.lanes) {
    if (!lane.known) continue;
    low = std::min({low, lane.log_end.value(), lane.high_watermark.value()});
    for (const RecordSpan& span : lane.spans) {
      if (span.state == RecordState::kDiverging) low = std::min(low, span.from.value());
    }
  }
  OffsetScale scale{0, 1, left, right};
  const auto fitting = static_cast<std::int64_t>((right - left) / cell);
  const std::int64_t differing = model.to.value() - low;
  scale.to = model.to.value() + std::max<std::int64_t>(2, differing / 40);
  const std::int64_t width = std::max(fitting, differing + differing / 4);
  scale.from = std::max(std::int64_t{0}, scale.to - width);
  scale.to = std::max(scale.to, scale.from + fitting);
  return scale;
}

void draw_records(Ui& ui, const Rect& box, LeaderEpoch epoch, RecordState state) {
  const Colour fill = colour::of_epoch(epoch.value());
  switch (state) {
    case RecordState::kCommitted:
      ui.brush.fill(box, fill, 1);
      break;
    case RecordState::kUncommitted:
      ui.brush.fill(box, colour::with_alpha(fill, 70), 1);
      ui.brush.outline(box, fill, 1, 1);
      break;
    case RecordState::kDiverging:
      ui.brush.fill(box, colour::with_alpha(fill, 60), 1);
      ui.brush.hatch(box, colour::kAlarm, 4);
      ui.brush.outline(box, colour::kAlarm, 1, 1);
      break;
  }
}

void draw_spans(Ui& ui, const Rect& band, const ReplicaLane& lane, const OffsetScale& scale,
                const SpanLook& look) {
  const bool cells = scale.width_of_one() >= ui.px(kCellMin);
  for (const RecordSpan& span : lane.spans) {
    const std::int64_t from = std::max(span.from.value(), scale.from);
    const std::int64_t to = std::min(span.to.value(), scale.to);
    if (from >= to) continue;
    const Rect box{{scale.x(from), band.min.y},
                   {std::max(scale.x(to), scale.x(from) + 2), band.max.y}};
    if (cells) {
      draw_cells(ui, box, span, scale);
    } else {
      draw_records(ui, box, span.epoch, span.state);
    }
    if (!look.numbers) continue;
    const std::string text = fmt::format("{}", span.epoch.value());
    const float width = ui.brush.width(text, ui.brush.theme().fonts.small);
    const float room = cells ? scale.width_of_one() : box.width() - ui.px(4);
    if (width > room) continue;
    const float x = cells ? box.min.x : box.min.x + ui.px(2);
    draw_number(ui,
                {{x, box.min.y}, {x + std::max(width, cells ? room - ui.px(1) : width), box.max.y}},
                span, text);
  }
  if (!lane.known) return;
  if (look.synced) {
    const float y = band.max.y + ui.px(3);
    const float end = std::clamp(scale.x(lane.synced_end.value()), scale.left, scale.right);
    if (end > scale.left) ui.brush.line({scale.left, y}, {end, y}, colour::kFaint, 2);
  }
  const float hw = scale.x(lane.high_watermark.value());
  if (hw < scale.left || hw > scale.right) return;
  ui.brush.line({hw, band.min.y - ui.px(2)}, {hw, band.max.y + ui.px(1)}, colour::kText, 2);
  ui.brush.flag({hw, band.min.y}, look.numbers ? 5.0F : 3.0F, colour::kText);
}

}  // namespace logarium::viz
