#include "viz/panels/tour.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace logarium::viz {
namespace {

constexpr float kWidth = 400;
constexpr float kHeight = 136;

constexpr std::array<TourCaption, kTourSteps> kCaptions{{
    {PanelId::kTimeline, "Time",
     "All panels show one instant of the run: the white line. Drag the ruler to move it, or step "
     "with Left and Right; n goes to the next thing that stands out. The line on top is the whole "
     "run."},
    {PanelId::kCluster, "Who runs, who leads",
     "A box per broker: its border and its word say how it is. A star leads the partition that "
     "the panel beside it shows, and the row below is the quorum of controllers."},
    {PanelId::kReplicas, "How far each replica is",
     "One partition's log on every replica. Solid records are committed, outlined ones not yet, "
     "hatched ones will be cut. The white flag is the high watermark."},
    {PanelId::kTopics, "All partitions",
     "Those in trouble come first. A click on one shows its replicas; a click anywhere selects in "
     "all panels at once."},
    {PanelId::kEvents, "What happened",
     "One line per event around this instant. / types a filter: kind=ELECT part=orders-0. Below "
     "stands what the event changed."},
    {PanelId::kViolations, "What went wrong",
     "Which property was violated and how it came about, step by step; v goes there. ? prints all "
     "keys, Ctrl+P finds every command, T shows this tour again."},
}};

}  // namespace

const TourCaption& tour_caption(int step) { return kCaptions[static_cast<std::size_t>(step)]; }

Rect tour_place(const Layout& layout, float s, int step) {
  const Rect& panel = layout.of(tour_caption(step).panel);
  const Rect screen{{layout.bar.min.x, layout.bar.min.y},
                    {layout.bar.max.x, layout.of(PanelId::kMetrics).max.y}};
  const float w = std::min(kWidth * s, screen.width());
  const float h = std::min(kHeight * s, screen.height());
  // Above the panel where there is room, else below it, else over its middle.
  const float gap = 8 * s;
  float y = panel.centre().y - h / 2;
  if (panel.max.y + gap + h <= screen.max.y) y = panel.max.y + gap;
  if (panel.min.y - gap - h >= screen.min.y) y = panel.min.y - gap - h;
  const float x = std::clamp(panel.centre().x - w / 2, screen.min.x, screen.max.x - w);
  return {{std::round(x), std::round(y)}, {std::round(x) + w, std::round(y) + h}};
}

void draw_tour(Ui& ui, const Layout& layout, int step, Actions& out) {
  const TourCaption& caption = tour_caption(step);
  ui.brush.outline(inset(layout.of(caption.panel), ui.px(1)), colour::kYellow, 3, 3);
  const Rect area = tour_place(layout, ui.px(1), step);
  ui.brush.fill(area, colour::kRaised, 4);
  ui.brush.outline(area, colour::kYellow, 1.5F, 4);
  Rect inside = inset(area, ui.px(9));
  Rect head = cut_top(inside, ui.px(20));
  ui.text(cut_right(head, ui.px(50)), fmt::format("{} of {}", step + 1, kTourSteps), colour::kFaint,
          Align::kRight);
  ui.text(head, caption.title, colour::kYellow);
  Rect foot = cut_bottom(inside, ui.px(24));
  const bool last = step + 1 == kTourSteps;
  if (ui.button("tour/next", cut_right(foot, ui.px(80)), {last ? "Done" : "Next", "Enter"})) {
    out.emplace_back(action::StepTour{1});
  }
  cut_right(foot, ui.px(6));
  if (step > 0 && ui.button("tour/back", cut_right(foot, ui.px(60)), {"Back", "Up"})) {
    out.emplace_back(action::StepTour{-1});
  }
  cut_right(foot, ui.px(6));
  if (!last && ui.button("tour/close", cut_right(foot, ui.px(60)), {"Close", "Esc"})) {
    out.emplace_back(action::Open{Overlay::kNone});
  }
  ui.text(foot, "Enter goes on, Esc closes", colour::kFaint, Align::kLeft,
          ui.brush.theme().fonts.small);
  ui.brush.paragraph(inside, caption.text, colour::kText);
}

}  // namespace logarium::viz
