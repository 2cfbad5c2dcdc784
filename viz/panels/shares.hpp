#pragma once
// Shares: how the window is divided among the panels, by preset; a person drags the edges between
// them. lay_out() makes rectangles of it.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace logarium::viz {

// In the order of F1 to F7 and of Tab.
enum class PanelId : std::uint8_t {
  kCluster,
  kReplicas,
  kTopics,
  kTimeline,
  kEvents,
  kViolations,
  kMetrics,
};
inline constexpr int kPanels = 7;

enum class Preset : std::uint8_t {
  kOverview,     // all panels
  kReplication,  // every partition's replicas large, the rest small
};

// The edges that can be dragged. A share is of what the edge divides.
enum class Split : std::uint8_t {
  kSide,        // width of events, violations and metrics
  kMetrics,     // height of the metrics, of that side
  kViolations,  // height of the violations, of what the metrics leave
  kTimeline,    // height of the timeline, of the rest
  kCluster,     // width of the cluster; with kReplication of cluster and replicas
  kLower,       // height of the partitions beside the cluster; with kReplication of the replicas
};
inline constexpr std::size_t kSplits = 6;
inline constexpr std::size_t kPresets = 2;
inline constexpr float kShareMin = 0.1F;
inline constexpr float kShareMax = 0.8F;

struct Shares {
  std::array<std::array<float, kSplits>, kPresets> of{
      {{0.285F, 0.30F, 0.42F, 0.44F, 0.37F, 0.34F}, {0.25F, 0.30F, 0.42F, 0.27F, 0.30F, 0.45F}}};

  [[nodiscard]] float at(Preset preset, Split split) const {
    return of[static_cast<std::size_t>(preset)][static_cast<std::size_t>(split)];
  }
  // Out of kShareMin to kShareMax is brought there.
  void set(Preset preset, Split split, float share);
  bool operator==(const Shares&) const = default;
};

// The panel becomes larger in both directions, by so much of what its edges divide; less than 0:
// smaller.
void grow(Shares& shares, Preset preset, PanelId panel, float by);

// "overview-timeline": in paths, scripts and the file of settings.
[[nodiscard]] std::string_view split_name(Preset preset, Split split);
struct SplitOfPreset {
  Preset preset = Preset::kOverview;
  Split split = Split::kSide;
};
[[nodiscard]] std::optional<SplitOfPreset> find_split(std::string_view name);

}  // namespace logarium::viz
