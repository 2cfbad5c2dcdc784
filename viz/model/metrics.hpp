#pragma once
// Metrics panel: numbers under the names that Kafka's own metrics have, at a bookmark and at the
// cursor, and as columns over the timeline's axis.

#include <cstdint>
#include <string>
#include <vector>

#include "viz/model/timeline.hpp"

namespace logarium::viz {

enum class MetricUnit : std::uint8_t { kCount, kRecords, kPerSecond, kMilliseconds };

// A number at two instants. A rate is the mean since a second before; with MetricsRequest::range,
// now is the mean between the two.
struct MetricRow {
  std::string name;   // "UnderReplicatedPartitions"
  std::string group;  // "kafka.server:type=ReplicaManager"
  std::string meaning;
  MetricUnit unit = MetricUnit::kCount;
  double was = 0, now = 0;                     // at the bookmark, at the cursor
  std::string was_text, now_text, delta_text;  // "0", "2", "+2"
  bool alarming = false;  // above 0 where it should be 0, or not 1 where it should be 1
};

// Least and greatest value per pixel column.
struct MetricColumn {
  float low = 0, high = 0;
};
struct MetricPlot {
  std::string name;
  MetricUnit unit = MetricUnit::kCount;
  std::vector<MetricColumn> columns;  // one per pixel of the width; empty: no such series
  double top = 0;                     // of the scale
  std::string top_text;
};

struct MetricsModel {
  std::string headline;  // "since the bookmark at 12.380 s"
  std::vector<MetricRow> rows;
  std::vector<MetricPlot> plots;
};

struct MetricsRequest {
  TimeWindow window;
  std::size_t width = 400;         // pixels
  std::vector<std::string> plots;  // names; empty: the usual ones
  // The rows tell of what lies between the two instants: rates and means are those of it.
  bool range = false;
};

// `was` may be the same as `now`.
[[nodiscard]] MetricsModel make_metrics(const RunIndex& index, const Snapshot& was,
                                        const Snapshot& now, const MetricsRequest& request);
[[nodiscard]] std::string dump(const MetricsModel& model);
// All there are, in order.
[[nodiscard]] std::vector<std::string> metric_names();

}  // namespace logarium::viz
