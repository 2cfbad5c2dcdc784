// Numbers under Kafka's names, at the bookmark and now, and as columns over the timeline's window.

#include <fmt/format.h>

#include <algorithm>

#include "viz/panels/shown.hpp"

namespace logarium::viz {
namespace {

struct MetricCells {
  Rect name, was, now, delta;
};

MetricCells cells_of_metric(Ui& ui, Rect row) {
  MetricCells out;
  out.delta = cut_right(row, std::min(ui.px(64), row.width() / 6));
  out.now = cut_right(row, std::min(ui.px(64), row.width() / 5));
  out.was = cut_right(row, std::min(ui.px(64), row.width() / 4));
  out.name = row;
  return out;
}

void draw_row(Ui& ui, const Rect& place, const MetricRow& row, std::uint32_t number,
              const UiState& state, Actions& out) {
  if (state.metric == number) ui.brush.fill(place, colour::kSelected, 2);
  const MetricCells at = cells_of_metric(ui, inset(place, ui.px(1)));
  const auto& fonts = ui.brush.theme().fonts;
  const Colour ink = row.alarming ? colour::kAlarm : colour::kText;
  ui.text(at.name, row.alarming ? "\u25B2 " + row.name : row.name, ink, Align::kLeft, fonts.small);
  ui.text(at.was, row.was_text, colour::kFaint, Align::kRight, fonts.mono);
  ui.text(at.now, row.now_text, ink, Align::kRight, fonts.mono);
  const bool same = row.was_text == row.now_text;
  ui.text(at.delta, same ? "" : row.delta_text, colour::kSky, Align::kRight, fonts.mono);
  if (ui.thing("metrics/" + row.name, place, row.group + ", " + row.name + ": " + row.meaning)) {
    out.emplace_back(action::SelectMetric{number});
  }
}

void draw_plot(Ui& ui, Rect place, const MetricPlot& plot, float cursor_part) {
  ImFont* small = ui.brush.theme().fonts.small;
  Rect head = cut_top(place, ui.px(16));
  ui.text(cut_right(head, ui.px(70)), plot.top_text, colour::kFaint, Align::kRight, small);
  ui.text(head, plot.name, colour::kFaint, Align::kLeft, small);
  ui.brush.fill(place, colour::kBackground);
  const double top = plot.top > 0 ? plot.top : 1;
  const auto y_of = [&](float value) {
    const double part = std::clamp(static_cast<double>(value) / top, 0.0, 1.0);
    return std::round(place.max.y - ui.px(1) -
                      static_cast<float>(part) * (place.height() - ui.px(3)));
  };
  if (plot.columns.empty()) {
    ui.text(place, "no such numbers in this run", colour::kFaint, Align::kCentre, small);
    return;
  }
  const float width = place.width() / static_cast<float>(plot.columns.size());
  for (std::size_t i = 0; i < plot.columns.size(); ++i) {
    const MetricColumn& column = plot.columns[i];
    const float x = place.min.x + width * static_cast<float>(i);
    const float y1 = y_of(column.low) + ui.px(1);
    ui.brush.fill({{x, std::min(y_of(column.high), y1 - ui.px(1))}, {x + width, y1}},
                  colour::kOrange);
  }
  if (cursor_part >= 0 && cursor_part <= 1) {
    const float x = std::round(place.min.x + place.width() * cursor_part);
    ui.brush.line({x, place.min.y}, {x, place.max.y}, colour::kText, 1);
  }
}

// What happened within the chosen range; takes its lines off the top.
void draw_range(Ui& ui, Rect& inside, const RangeModel& range) {
  for (const std::string& line : range.lines) {
    const Rect place = cut_top(inside, ui.px(17));
    ui.brush.fill(place, colour::with_alpha(colour::kYellow, 22));
    ui.text(place, line, colour::kText, Align::kLeft, ui.brush.theme().fonts.small);
    static_cast<void>(ui.thing(fmt::format("metrics/range-{}", &line - range.lines.data()), place,
                               "The range (r, or Ctrl and drag); Esc forgets it"));
  }
}

}  // namespace

void draw_metrics(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                  Actions& out) {
  const MetricsModel& model = shown.metrics;
  Rect inside = draw_frame(ui, area, {PanelId::kMetrics, "Metrics", model.headline}, state, out);
  ui.brush.list().PushClipRect(inside.min, inside.max, true);
  const float row = ui.px(17);
  if (shown.range) draw_range(ui, inside, *shown.range);
  // In little room the numbers of a range come before a plot.
  const bool tight = shown.range && inside.height() < ui.px(260);
  const std::size_t room =
      tight ? 0 : static_cast<std::size_t>(std::max(1.0F, inside.height() / ui.px(170)));
  const std::size_t plots = std::min(model.plots.size(), room);
  const float plot_height = std::min(ui.px(84), inside.height() * 0.45F);
  Rect below = cut_bottom(inside, plot_height * static_cast<float>(plots) + ui.px(2));
  const MetricCells head = cells_of_metric(ui, cut_top(inside, row));
  ImFont* small = ui.brush.theme().fonts.small;
  ui.text(head.was, shown.range ? "start" : "was", colour::kFaint, Align::kRight, small);
  ui.text(head.now, shown.range ? "range" : "now", colour::kFaint, Align::kRight, small);
  ui.text(head.delta, "change", colour::kFaint, Align::kRight, small);
  const auto fitting = static_cast<std::size_t>(std::max(0.0F, inside.height() / row));
  const std::size_t first = state.metric >= fitting && fitting > 0 ? state.metric + 1 - fitting : 0;
  for (std::size_t i = first; i < std::min(first + fitting, model.rows.size()); ++i) {
    draw_row(ui, cut_top(inside, row), model.rows[i], static_cast<std::uint32_t>(i), state, out);
  }
  const TimeWindow& window = state.window;
  const float cursor = static_cast<float>(axis_now(state) - window.from) /
                       static_cast<float>(std::max<std::int64_t>(1, window.to - window.from));
  for (std::size_t i = 0; i < plots; ++i) {
    draw_plot(ui, inset(cut_top(below, plot_height), ui.px(2)), model.plots[i], cursor);
  }
  ui.brush.list().PopClipRect();
}

}  // namespace logarium::viz
