#include "viz/panels/layout.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace logarium::viz {
namespace {

constexpr float kGrip = 3;  // design pixels on either side of an edge

// Cuts shares off what is left, and notes the edges.
struct Divider {
  Layout& out;
  const UiState& state;
  float s;

  // Whole pixels, so that no line is blurred.
  [[nodiscard]] float size(float whole, Split split) const {
    return std::round(whole * state.shares.at(state.preset, split));
  }
  void edge(Split split, const Rect& whole, const Rect& cut, bool upright, bool from_end) const {
    const float grip = kGrip * s;
    Rect at = whole;
    if (upright) {
      const float x = from_end ? cut.min.x : cut.max.x;
      at = {{x - grip, whole.min.y + grip}, {x + grip, whole.max.y - grip}};
    } else {
      const float y = from_end ? cut.min.y : cut.max.y;
      at = {{whole.min.x + grip, y - grip}, {whole.max.x - grip, y + grip}};
    }
    out.splitters.push_back({split, at, whole, upright, from_end});
  }
  Rect right(Rect& rest, Split split) const {
    const Rect whole = rest;
    const Rect cut = cut_right(rest, size(rest.width(), split));
    edge(split, whole, cut, true, true);
    return cut;
  }
  Rect left(Rect& rest, Split split) const {
    const Rect whole = rest;
    const Rect cut = cut_left(rest, size(rest.width(), split));
    edge(split, whole, cut, true, false);
    return cut;
  }
  Rect bottom(Rect& rest, Split split) const {
    const Rect whole = rest;
    const Rect cut = cut_bottom(rest, size(rest.height(), split));
    edge(split, whole, cut, false, true);
    return cut;
  }
};

std::string path_of(Preset preset, Split split) {
  return "split/" + std::string(split_name(preset, split));
}

}  // namespace

float Splitter::share_at(ImVec2 point) const {
  const float length = upright ? whole.width() : whole.height();
  const float before = upright ? point.x - whole.min.x : point.y - whole.min.y;
  if (length <= 0) return kShareMin;
  return from_end ? 1 - before / length : before / length;
}

Layout lay_out(const Rect& screen, float s, const UiState& state) {
  Layout out;
  Rect rest = screen;
  out.bar = cut_top(rest, std::round(34 * s));
  if (state.legend) out.legend = cut_bottom(rest, std::round(24 * s));
  const auto place = [&out](PanelId panel, const Rect& rect) {
    out.panels[static_cast<std::size_t>(panel)] = rect;
  };
  const Divider divide{out, state, s};
  Rect side = divide.right(rest, Split::kSide);
  place(PanelId::kMetrics, divide.bottom(side, Split::kMetrics));
  place(PanelId::kViolations, divide.bottom(side, Split::kViolations));
  place(PanelId::kEvents, side);
  place(PanelId::kTimeline, divide.bottom(rest, Split::kTimeline));
  if (state.preset == Preset::kOverview) {
    place(PanelId::kCluster, divide.left(rest, Split::kCluster));
    place(PanelId::kTopics, divide.bottom(rest, Split::kLower));
    place(PanelId::kReplicas, rest);
    return out;
  }
  Rect left = divide.left(rest, Split::kCluster);
  place(PanelId::kReplicas, divide.bottom(left, Split::kLower));
  place(PanelId::kCluster, left);
  place(PanelId::kTopics, rest);
  return out;
}

void hear_splitters(Ui& ui, const Layout& layout, const UiState& state, Actions& out) {
  for (const Splitter& splitter : layout.splitters) {
    if (!ui.drag(path_of(state.preset, splitter.split), splitter.grip)) continue;
    out.emplace_back(
        action::SetShare{state.preset, splitter.split, splitter.share_at(ui.pointer().at)});
  }
}

void draw_splitters(Ui& ui, const Layout& layout, const UiState& state) {
  for (const Splitter& splitter : layout.splitters) {
    const bool held = ui.held().path == path_of(state.preset, splitter.split);
    if (!held && !ui.hovers(splitter.grip)) continue;
    ImGui::SetMouseCursor(splitter.upright ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    ui.brush.fill(inset(splitter.grip, ui.px(2)), colour::kSky);
    if (!held)
      ui.set_tooltip(
          "Drag to divide the room anew; + and - do it for the panel in focus, = undoes");
  }
}

}  // namespace logarium::viz
