#include "viz/panels/shares.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace logarium::viz {
namespace {

constexpr std::array<std::array<std::string_view, kSplits>, kPresets> kSplitNames{{
    {"overview-side", "overview-metrics", "overview-violations", "overview-timeline",
     "overview-cluster", "overview-lower"},
    {"replication-side", "replication-metrics", "replication-violations", "replication-timeline",
     "replication-cluster", "replication-lower"},
}};

// Which edges a panel pushes when it grows: with 1 the share grows, with -1 it shrinks.
using Pushes = std::vector<std::pair<Split, float>>;
Pushes pushes_of(Preset preset, PanelId panel) {
  const bool overview = preset == Preset::kOverview;
  switch (panel) {
    case PanelId::kCluster:
      return {{Split::kCluster, 1.0F}, {overview ? Split::kTimeline : Split::kLower, -1.0F}};
    case PanelId::kReplicas:
      return overview ? Pushes{{Split::kCluster, -1.0F}, {Split::kLower, -1.0F}}
                      : Pushes{{Split::kCluster, 1.0F}, {Split::kLower, 1.0F}};
    case PanelId::kTopics:
      return {{Split::kCluster, -1.0F},
              {overview ? Split::kLower : Split::kTimeline, overview ? 1.0F : -1.0F}};
    case PanelId::kTimeline:
      return {{Split::kTimeline, 1.0F}, {Split::kSide, -1.0F}};
    case PanelId::kEvents:
      return {{Split::kSide, 1.0F}, {Split::kViolations, -1.0F}, {Split::kMetrics, -1.0F}};
    case PanelId::kViolations:
      return {{Split::kSide, 1.0F}, {Split::kViolations, 1.0F}};
    case PanelId::kMetrics:
      return {{Split::kSide, 1.0F}, {Split::kMetrics, 1.0F}};
  }
  return {};
}

}  // namespace

void Shares::set(Preset preset, Split split, float share) {
  // What is no number is brought to the least, too.
  of[static_cast<std::size_t>(preset)][static_cast<std::size_t>(split)] =
      share >= kShareMin ? std::min(share, kShareMax) : kShareMin;
}

void grow(Shares& shares, Preset preset, PanelId panel, float by) {
  for (const auto& [split, sign] : pushes_of(preset, panel)) {
    shares.set(preset, split, shares.at(preset, split) + sign * by);
  }
}

std::string_view split_name(Preset preset, Split split) {
  return kSplitNames[static_cast<std::size_t>(preset)][static_cast<std::size_t>(split)];
}

std::optional<SplitOfPreset> find_split(std::string_view name) {
  for (std::size_t preset = 0; preset < kPresets; ++preset) {
    for (std::size_t split = 0; split < kSplits; ++split) {
      if (kSplitNames[preset][split] == name) {
        return SplitOfPreset{static_cast<Preset>(preset), static_cast<Split>(split)};
      }
    }
  }
  return std::nullopt;
}

}  // namespace logarium::viz
