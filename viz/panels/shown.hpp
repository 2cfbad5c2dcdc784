#pragma once
// Shown: everything that one frame shows, made before drawing begins: the models of the instant,
// and what is said of the run as a whole. Panels read it and nothing else.

#include <string>
#include <vector>

#include "viz/model/cluster.hpp"
#include "viz/model/events.hpp"
#include "viz/model/metrics.hpp"
#include "viz/model/replicas.hpp"
#include "viz/model/timeline.hpp"
#include "viz/model/topics.hpp"
#include "viz/model/violations.hpp"
#include "viz/panels/action.hpp"
#include "viz/widgets/ui.hpp"

namespace logarium::viz {

// What the top bar says of the run.
struct RunFacts {
  std::string name;   // of the scenario
  std::string story;  // what the scenario tells; may be empty
  std::uint64_t seed = 0;
  std::string verdict;  // "pass", "fail", "inconclusive"; "running" while it goes on
  std::string trouble;  // what keeps the viewer from showing the run; empty: nothing
  bool failed = false;  // a property was violated or a record lost
  bool live = false;    // a simulator runs it now
  bool over = true;
};

struct Shown {
  RunFacts run;
  const Labels* labels = nullptr;  // never null while drawing
  ClusterModel cluster;
  std::optional<ReplicasModel> replicas;  // of the selected partition, else of the first
  std::optional<PartitionRef> partition;  // the one that `replicas` shows
  TopicsModel topics;
  // With Preset::kReplication, of the rows of `topics` from the first one that is shown.
  std::vector<ReplicasModel> lanes;
  TimelineModel timeline;
  std::size_t lanes_fit = 0;             // of the timeline's lanes, in its panel
  std::optional<std::int64_t> hover_at;  // the hovered event, on the timeline's axis
  std::optional<RangeModel> range;       // the chosen one
  EventsModel events;
  std::optional<EventDetail> detail;  // of the event that led to the instant
  std::optional<FilterError> filter_error;
  ViolationsModel violations;
  MetricsModel metrics;
};

// A panel: its place and its frame; explains.hpp says what is seen in it. Every panel draws within
// `area` only.
struct PanelLook {
  PanelId id = PanelId::kCluster;
  std::string_view title;     // "Cluster"
  std::string_view headline;  // what the panel comes to at this instant
};
// Draws the frame and the title line; returns what is left inside. A click focuses the panel.
[[nodiscard]] Rect draw_frame(Ui& ui, const Rect& area, const PanelLook& look, const UiState& state,
                              Actions& out);

// The mark of what the mouse is over, here or in another panel.
void mark_hovered(Ui& ui, const Rect& row);

using Panel = void(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                   Actions& out);
Panel draw_top_bar;
Panel draw_cluster;
Panel draw_replicas;
Panel draw_topics;
Panel draw_timeline;
Panel draw_events;
Panel draw_violations;
Panel draw_metrics;

}  // namespace logarium::viz
