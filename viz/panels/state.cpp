#include "viz/panels/state.hpp"

#include <array>

namespace logarium::viz {
namespace {

constexpr std::array<std::string_view, kPanels> kNames{
    "cluster", "replicas", "topics", "timeline", "events", "violations", "metrics"};

}  // namespace

std::string_view panel_name(PanelId panel) { return kNames[static_cast<std::size_t>(panel)]; }

std::optional<PanelId> find_panel(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<PanelId>(i);
  }
  return std::nullopt;
}

std::int64_t axis_now(const UiState& state) {
  return state.window.axis == TimeAxis::kTime ? state.time.ns
                                              : static_cast<std::int64_t>(state.event);
}

}  // namespace logarium::viz
