// The timeline: the whole run in one line, and below it a part of the run in lanes: faults, who
// controls, servers, clients, and the messages between them.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "viz/panels/looks.hpp"
#include "viz/panels/shown.hpp"
#include "viz/panels/timeline_geometry.hpp"

namespace logarium::viz {
namespace {

Colour span_colour(const TimeSpan& span) {
  switch (span.kind) {
    case SpanKind::kPlanned:
      return colour::kYellow;
    case SpanKind::kFault:
    case SpanKind::kMoment:
    case SpanKind::kNobody:
    case SpanKind::kDown:
      return colour::kVermillion;
    case SpanKind::kReign:
      return colour::kBlue;
    case SpanKind::kStarting:
      return colour::kSky;
    case SpanKind::kFenced:
    case SpanKind::kStopping:
      return colour::kOrange;
    case SpanKind::kEvents:
    case SpanKind::kEvent:
      return look_of(span.event_kind).colour;
  }
  return colour::kFaint;
}

// Kinds up to this one stand out of the traffic.
constexpr EventKind kLastTelling = EventKind::kTopic;

// Of single or folded events.
std::string words_of(const Lane& lane, const TimeSpan& span) {
  if (span.kind == SpanKind::kEvent) {
    return fmt::format("event {} on {}: {}, {}", span.first, lane.title, word(span.event_kind),
                       meaning(span.event_kind));
  }
  const std::string count = counted(static_cast<std::int64_t>(span.count), "event");
  if (span.counted) {
    return fmt::format("{} on {} about event {}; zoom in (w) to see of which kinds", count,
                       lane.title, span.first);
  }
  return fmt::format("{} on {}, the most telling: {}, {}", count, lane.title, word(span.event_kind),
                     meaning(span.event_kind));
}

bool hatched(SpanKind kind) {
  return kind == SpanKind::kFault || kind == SpanKind::kDown || kind == SpanKind::kNobody ||
         kind == SpanKind::kFenced;
}

// Everything that drawing one timeline shares.
class Drawing {
 public:
  Drawing(Ui& ui, const TimelineGeometry& at, const Shown& shown, const UiState& state,
          Actions& out)
      : ui_(ui), at_(at), shown_(shown), model_(shown.timeline), state_(state), out_(out) {}

  void mark_range();
  void minimap();
  void ruler();
  void lanes();
  void arcs();
  void bookmarks();
  void range_marked();
  void cursor();
  void hear();

 private:
  [[nodiscard]] float left() const { return at_.lanes.min.x; }
  [[nodiscard]] Rect lane_rect(std::size_t index) const {
    const float y = at_.lanes.min.y +
                    at_.lane_height * static_cast<float>(index - std::min(index, at_.first_lane));
    return {{at_.lanes.min.x, y}, {at_.lanes.max.x, y + at_.lane_height}};
  }
  [[nodiscard]] bool visible(std::size_t index) const {
    return index >= at_.first_lane && index < at_.first_lane + at_.lanes_shown;
  }
  void lane(std::size_t index);
  void lasting(const Rect& row, const Lane& lane, const TimeSpan& span, std::size_t number);
  void moment(const Rect& row, const Lane& lane, const TimeSpan& span);
  void folded(const Rect& row, const TimeSpan& span, float x0, float x1);
  void scroll_bar();
  void scroll();
  void zoom(const Rect& over);
  void pan();
  void zoom_to_dragged();
  // Where it lies on the axis of the window.
  [[nodiscard]] float x_at(const Place& place) const {
    const bool by_time = state_.window.axis == TimeAxis::kTime;
    return left() + x_of(state_.window, at_.lanes.width(),
                         by_time ? place.time.ns : static_cast<std::int64_t>(place.event));
  }

  Ui& ui_;
  const TimelineGeometry& at_;
  const Shown& shown_;
  const TimelineModel& model_;
  const UiState& state_;
  Actions& out_;
};

void Drawing::minimap() {
  const Rect& box = at_.minimap;
  ui_.brush.fill(box, colour::kBackground);
  const Minimap& map = model_.minimap;
  for (std::size_t i = 0; i < map.density.size(); ++i) {
    const float x = box.min.x + static_cast<float>(i);
    const float height = std::round(map.density[i] * (box.height() - ui_.px(4)));
    if (height > 0) {
      ui_.brush.fill({{x, box.max.y - height}, {x + 1, box.max.y}},
                     colour::with_alpha(colour::kSky, 150));
    }
  }
  for (const TimeSpan& fault : map.faults) {
    const float x0 = box.min.x + fault.x0;
    const float x1 = box.min.x + std::max(fault.x1, fault.x0 + ui_.px(2));
    ui_.brush.fill({{x0, box.max.y - ui_.px(3)}, {x1, box.max.y}}, colour::kVermillion);
  }
  for (const float x : map.bookmarks) {
    ui_.brush.fill({{box.min.x + x - ui_.px(1), box.min.y}, {box.min.x + x + ui_.px(1), box.max.y}},
                   colour::kYellow);
  }
  for (const float x : map.violations) {
    ui_.brush.flag({box.min.x + x, box.min.y + ui_.px(7)}, 5, colour::kAlarm);
  }
  const Rect window{{box.min.x + map.window_x0, box.min.y},
                    {box.min.x + std::max(map.window_x1, map.window_x0 + ui_.px(3)), box.max.y}};
  ui_.brush.outline(window, colour::kText, 1.5F);
  ui_.brush.line({box.min.x + map.cursor, box.min.y}, {box.min.x + map.cursor, box.max.y},
                 colour::kText);
  ui_.text({{at_.labels.min.x, box.min.y}, {box.min.x - ui_.px(4), box.max.y}}, "whole run",
           colour::kFaint, Align::kLeft, ui_.brush.theme().fonts.small);
  if (ui_.drag("timeline/minimap", box)) {
    const float part = (ui_.pointer().at.x - box.min.x) / box.width();
    const std::int64_t end = state_.window.axis == TimeAxis::kTime
                                 ? state_.end.ns
                                 : static_cast<std::int64_t>(state_.events);
    const auto at = static_cast<std::int64_t>(static_cast<double>(part) * static_cast<double>(end));
    out_.emplace_back(action::Scrub{state_.window.axis, at});
  }
}

void Drawing::ruler() {
  for (const RulerTick& tick : model_.ruler) {
    const float x = left() + tick.x;
    ui_.brush.line({x, at_.ruler.max.y - ui_.px(tick.text.empty() ? 3 : 5)},
                   {x, tick.text.empty() ? at_.ruler.max.y : at_.lanes.max.y}, colour::kLine);
    if (tick.text.empty()) continue;
    const float width = ui_.brush.width(tick.text, ui_.brush.theme().fonts.small);
    if (x + width + ui_.px(6) > at_.ruler.max.x) continue;
    ui_.brush.text({{x + ui_.px(3), at_.ruler.min.y}, {x + ui_.px(5) + width, at_.ruler.max.y}},
                   tick.text, colour::kFaint, Align::kLeft, ui_.brush.theme().fonts.small);
  }
}

void Drawing::lasting(const Rect& row, const Lane& lane, const TimeSpan& span, std::size_t number) {
  Brush& brush = ui_.brush;
  const bool background = span.kind == SpanKind::kDown || span.kind == SpanKind::kFenced ||
                          span.kind == SpanKind::kStarting || span.kind == SpanKind::kStopping;
  const float x0 = left() + span.x0;
  const float x1 = std::max(left() + span.x1, x0 + ui_.px(3));
  // Where spans overlap they share the lane's height.
  const float height = (row.height() - ui_.px(4)) / static_cast<float>(std::max(lane.rows, 1));
  const float top = row.min.y + ui_.px(2) + height * static_cast<float>(span.row);
  const Rect box{{x0, std::round(top)}, {x1, std::round(top + height)}};
  const Colour base = span_colour(span);
  const int alpha = span.dim ? 60 : background ? 70 : span.kind == SpanKind::kPlanned ? 60 : 170;
  brush.fill(box, colour::with_alpha(base, alpha), 2);
  if (hatched(span.kind)) brush.hatch(box, colour::with_alpha(colour::kBackground, 150), 6);
  if (span.kind == SpanKind::kPlanned) brush.outline(box, colour::with_alpha(base, 160), 1, 2);
  const bool wide = box.width() > ui_.px(26) && box.height() > ui_.px(9) && !span.text.empty();
  if (wide) {
    Rect label = inset(box, ui_.px(1));
    cut_left(label, ui_.px(3));
    const float width =
        std::min(brush.width(span.text, brush.theme().fonts.small) + ui_.px(4), label.width());
    const Rect plate{{label.min.x - ui_.px(2), label.min.y}, {label.min.x + width, label.max.y}};
    brush.fill(plate, colour::with_alpha(colour::kBackground, 200), 2);
    brush.text(label, span.text, colour::kText, Align::kLeft, brush.theme().fonts.small);
  }
  if (ui_.hovers(box)) {
    ui_.set_tooltip(span.detail);
    if (span.first != 0) out_.emplace_back(action::HoverOver{{span.first, lane.node, {}}});
  }
  const std::string path = fmt::format("timeline/{}/span-{}", lane.id, number);
  if (ui_.thing(path, box, span.detail))
    out_.emplace_back(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(span.first)});
}

void Drawing::moment(const Rect& row, const Lane& lane, const TimeSpan& span) {
  const float y = std::round(row.centre().y);
  const float x0 = left() + span.x0;
  const float x1 = left() + span.x1;
  const int alpha = span.dim ? 45 : 255;
  if (span.kind == SpanKind::kEvents) {
    folded(row, span, x0, x1);
  } else {
    const EventLook look = look_of(span.event_kind);
    draw_shape(ui_.brush, {x0, y}, look.shape == Shape::kTick ? 4 : 4.5F, look, alpha);
  }
  const Rect near{{x0 - ui_.px(3), row.min.y}, {std::max(x1, x0 + 1) + ui_.px(3), row.max.y}};
  if (!ui_.hovers(near)) return;
  ui_.set_tooltip(words_of(lane, span));
  out_.emplace_back(action::HoverOver{{span.first, lane.node, {}}});
  if (ui_.pointer().pressed[0]) {
    out_.emplace_back(action::SelectLane{lane.id});
    out_.emplace_back(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(span.first)});
  }
}

// A bar as high as its events are dense, in the colour of the most telling one; what stands out
// keeps its shape.
void Drawing::folded(const Rect& row, const TimeSpan& span, float x0, float x1) {
  const float y = std::round(row.centre().y);
  const float most = row.height() / 2 - ui_.px(2);
  const float r = std::max(ui_.px(2), std::round(most * span.height));
  const EventLook look = look_of(span.event_kind);
  const bool told = span.event_kind <= kLastTelling;
  const Colour body = told ? colour::kFaint : look.colour;
  ui_.brush.fill({{x0, y - r}, {std::max(x1, x0 + 1), y + r}},
                 colour::with_alpha(body, span.dim ? 40 : 130));
  if (told) draw_shape(ui_.brush, {(x0 + x1) / 2, y}, 4.5F, look, span.dim ? 45 : 255);
}

void Drawing::lane(std::size_t index) {
  const Lane& lane = model_.lanes[index];
  const Rect row = lane_rect(index);
  const bool selected = state_.lane == lane.id || (lane.node && lane.node == state_.selection.node);
  if (selected) {
    ui_.brush.fill({{at_.labels.min.x, row.min.y}, row.max}, colour::kSelected);
  } else if (index % 2 == 1) {
    ui_.brush.fill(row, colour::with_alpha(colour::kBackground, 120));
  }
  if (lane.node && lane.node == state_.hover.node) {
    mark_hovered(ui_, {{at_.labels.min.x, row.min.y}, row.max});
  }
  Rect label{{at_.labels.min.x, row.min.y}, {at_.labels.max.x - ui_.px(6), row.max.y}};
  const Rect name = inset(label, ui_.px(1));
  ui_.text(name, lane.pinned ? "\u25AA " + lane.title : lane.title,
           selected ? colour::kText : colour::kFaint);
  if (lane.node && ui_.hovers({{at_.labels.min.x, row.min.y}, row.max})) {
    out_.emplace_back(action::HoverOver{{{}, lane.node, {}}});
  }
  if (ui_.thing("timeline/lane/" + lane.id, label,
                "Click selects; p pins, h hides; wheel: more lanes")) {
    out_.emplace_back(action::SelectLane{lane.id});
    if (lane.node) out_.emplace_back(action::SelectNode{lane.node});
  }
  if (ui_.thing("timeline/row/" + lane.id, row)) out_.emplace_back(action::SelectLane{lane.id});
  for (std::size_t i = 0; i < lane.spans.size(); ++i) lasting(row, lane, lane.spans[i], i);
  for (const TimeSpan& span : lane.events) moment(row, lane, span);
}

void Drawing::lanes() {
  ui_.brush.list().PushClipRect({at_.labels.min.x, at_.lanes.min.y}, at_.lanes.max, true);
  for (std::size_t i = 0; i < model_.lanes.size(); ++i) {
    if (visible(i)) lane(i);
  }
  arcs();
  bookmarks();
  range_marked();
  // What has not happened yet is dimmed.
  const float now = std::clamp(left() + model_.cursor, left(), at_.lanes.max.x);
  ui_.brush.fill({{now, at_.lanes.min.y}, at_.lanes.max}, colour::with_alpha(colour::kPanel, 120));
  ui_.brush.list().PopClipRect();
  scroll_bar();
}

void Drawing::scroll_bar() {
  const std::size_t count = model_.lanes.size();
  if (at_.lanes_shown >= count) return;
  const Rect bar{{at_.labels.max.x - ui_.px(5), at_.lanes.min.y},
                 {at_.labels.max.x - ui_.px(2), at_.lanes.max.y}};
  const float unit = bar.height() / static_cast<float>(count);
  const float top = bar.min.y + unit * static_cast<float>(at_.first_lane);
  ui_.brush.fill(bar, colour::kBackground, 1);
  ui_.brush.fill({{bar.min.x, top}, {bar.max.x, top + unit * static_cast<float>(at_.lanes_shown)}},
                 colour::kFaint, 1);
}

void Drawing::bookmarks() {
  for (const float x : model_.bookmarks) {
    ui_.brush.dashed({left() + x, at_.lanes.min.y}, {left() + x, at_.lanes.max.y}, colour::kYellow,
                     1, 6);
  }
}

// The chosen range: a band with edges and how long it is.
void Drawing::range_marked() {
  if (!state_.range) return;
  const EventRange range = in_order(state_.range->between);
  const float x0 = std::clamp(x_at(range.from), left(), at_.lanes.max.x);
  const float x1 = std::clamp(x_at(range.to), left(), at_.lanes.max.x);
  ui_.brush.fill({{x0, at_.lanes.min.y}, {std::max(x1, x0 + 1), at_.lanes.max.y}},
                 colour::with_alpha(colour::kYellow, 26));
  for (const float x : {x0, x1}) {
    ui_.brush.line({x, at_.lanes.min.y}, {x, at_.lanes.max.y}, colour::kYellow, 1);
  }
}

void Drawing::arcs() {
  for (const Arc& arc : model_.arcs) {
    if (!visible(arc.from_lane) || !visible(arc.to_lane)) continue;
    const ImVec2 from{left() + arc.x0, lane_rect(arc.from_lane).centre().y};
    const ImVec2 to{left() + arc.x1, lane_rect(arc.to_lane).centre().y};
    const int alpha = arc.dim ? 40 : 150;
    if (arc.state == ArcState::kLost) {
      ui_.brush.dashed(from, to, colour::with_alpha(colour::kAlarm, arc.dim ? 60 : 255), 1.2F, 3);
      ui_.brush.cross(to, 3, colour::kAlarm);
      continue;
    }
    const Colour ink = colour::with_alpha(arc.response ? colour::kGreen : colour::kSky, alpha);
    ui_.brush.line(from, to, ink, 1);
    if (arc.state == ArcState::kDelivered) ui_.brush.dot(to, 2, ink, !arc.response);
  }
}

void Drawing::cursor() {
  if (shown_.hover_at) {
    const float x = left() + x_of(state_.window, at_.lanes.width(), *shown_.hover_at);
    if (x >= left() && x <= at_.lanes.max.x) {
      ui_.brush.line({x, at_.ruler.min.y}, {x, at_.lanes.max.y}, colour::kYellow, 1);
    }
  }
  for (const float x : model_.violations) {
    if (x < 0 || x > at_.lanes.width()) continue;
    ui_.brush.dashed({left() + x, at_.ruler.min.y}, {left() + x, at_.lanes.max.y}, colour::kAlarm,
                     1, 4);
    ui_.brush.flag({left() + x, at_.ruler.max.y}, 6, colour::kAlarm);
  }
  const float x = left() + model_.cursor;
  if (x < left() - 1 || x > at_.lanes.max.x + 1) return;
  ui_.brush.line({x, at_.ruler.min.y}, {x, at_.lanes.max.y}, colour::kText, 2);
  ui_.brush.flag({x, at_.ruler.min.y + ui_.px(7)}, 6, colour::kText);
}

void Drawing::zoom(const Rect& over) {
  const Pointer& mouse = ui_.pointer();
  if (!ui_.hovers(over) || mouse.wheel == 0) return;
  const double step = mouse.modifiers.ctrl ? 0.05 : mouse.modifiers.shift ? 0.5 : 0.25;
  const double factor = mouse.wheel > 0 ? 1 - step : 1 / (1 - step);
  const TimeWindow& old = state_.window;
  const std::int64_t under = at_of(old, at_.lanes.width(), mouse.at.x - left());
  const auto scaled = [factor](std::int64_t length) {
    return static_cast<std::int64_t>(static_cast<double>(length) * factor);
  };
  out_.emplace_back(action::ShowWindow{
      {old.axis, under - scaled(under - old.from), under + scaled(old.to - under)}});
}

void Drawing::pan() {
  if (!ui_.drag("timeline/lanes", at_.lanes, Button::kRight)) return;
  const TimeWindow& old = state_.window;
  const float width = at_.lanes.width();
  const std::int64_t by = at_of(old, width, 0) - at_of(old, width, ui_.pointer().moved.x);
  if (by != 0) out_.emplace_back(action::ShowWindow{{old.axis, old.from + by, old.to + by}});
}

// Ctrl and the left button mark a range; it grows while it is dragged.
void Drawing::mark_range() {
  const bool held = ui_.held().path == "timeline/range";
  if (!held && !ui_.pointer().modifiers.ctrl) return;
  if (!ui_.drag("timeline/range", {at_.ruler.min, at_.lanes.max})) return;
  const auto at = [this](float x) {
    return at_of(state_.window, at_.lanes.width(), std::clamp(x, left(), at_.lanes.max.x) - left());
  };
  out_.emplace_back(
      action::MarkRange{state_.window.axis, at(ui_.held().from.x), at(ui_.pointer().at.x)});
}

// With the middle button: what was dragged over fills the timeline at its release.
void Drawing::zoom_to_dragged() {
  if (!ui_.drag("timeline/zoom", at_.ruler, Button::kMiddle)) return;
  const TimeWindow& old = state_.window;
  const float width = at_.lanes.width();
  const float x0 = std::min(ui_.held().from.x, ui_.pointer().at.x);
  const float x1 = std::max(ui_.held().from.x, ui_.pointer().at.x);
  ui_.brush.fill({{x0, at_.ruler.min.y}, {x1, at_.lanes.max.y}},
                 colour::with_alpha(colour::kSky, 50));
  if (!ui_.pointer().released[static_cast<std::size_t>(Button::kMiddle)] || x1 - x0 < 3) return;
  out_.emplace_back(action::ShowWindow{
      {old.axis, at_of(old, width, x0 - left()), at_of(old, width, x1 - left())}});
}

void Drawing::scroll() {
  const Rect labels{at_.labels.min, {at_.labels.max.x, at_.lanes.max.y}};
  const auto by = static_cast<std::int64_t>(ui_.pointer().wheel);
  if (by == 0 || !ui_.hovers(labels)) return;
  const auto last = static_cast<std::int64_t>(model_.lanes.size() - at_.lanes_shown);
  const auto first = static_cast<std::int64_t>(at_.first_lane);
  out_.emplace_back(action::ScrollLanes{std::clamp<std::int64_t>(first - by, 0, last)});
}

void Drawing::hear() {
  const Rect both{at_.ruler.min, at_.lanes.max};
  scroll();
  zoom(both);
  pan();
  zoom_to_dragged();
  if (ui_.drag("timeline/ruler", at_.ruler)) {
    const std::int64_t at = at_of(state_.window, at_.lanes.width(), ui_.pointer().at.x - left());
    out_.emplace_back(action::Scrub{state_.window.axis, std::max<std::int64_t>(at, 0)});
  }
}

}  // namespace

TimelineGeometry timeline_geometry(const Rect& area, float s, const UiState& state,
                                   const TimelineModel* model) {
  TimelineGeometry out;
  Rect inside = inset(area, 5 * s);
  cut_top(inside, 22 * s);
  if (state.legend) cut_bottom(inside, 20 * s);
  const float labels = std::min(92 * s, inside.width() / 5);
  Rect map = cut_top(inside, 26 * s);
  cut_left(map, labels);
  out.minimap = map;
  cut_top(inside, 3 * s);
  out.labels = cut_left(inside, labels);
  out.ruler = cut_top(inside, 17 * s);
  out.lanes = inside;
  if (model == nullptr || model->lanes.empty()) return out;
  const std::size_t count = model->lanes.size();
  const float fair = inside.height() / static_cast<float>(count);
  out.lane_height = std::floor(std::clamp(fair, 17 * s, 26 * s));
  out.lanes_shown =
      std::min(count, static_cast<std::size_t>(std::max(1.0F, inside.height() / out.lane_height)));
  out.first_lane = std::min(static_cast<std::size_t>(std::max<std::int64_t>(state.scroll_lanes, 0)),
                            count - out.lanes_shown);
  return out;
}

void draw_timeline(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                   Actions& out) {
  std::string headline = shown.timeline.headline;
  if (shown.timeline.arcs_hidden > 0) {
    headline += fmt::format("; zoom in (w) to see {} messages", shown.timeline.arcs_hidden);
  }
  if (!state.hidden_lanes.empty()) {
    headline += fmt::format("; {} hidden (H)",
                            counted(static_cast<std::int64_t>(state.hidden_lanes.size()), "lane"));
  }
  static_cast<void>(draw_frame(ui, area, {PanelId::kTimeline, "Timeline", headline}, state, out));
  const TimelineGeometry at = timeline_geometry(area, ui.px(1), state, &shown.timeline);
  Drawing drawing(ui, at, shown, state, out);
  drawing.mark_range();
  drawing.minimap();
  drawing.ruler();
  drawing.lanes();
  drawing.cursor();
  drawing.hear();
}

}  // namespace logarium::viz
