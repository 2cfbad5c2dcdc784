#pragma once
// Timeline: lanes of what went on when, from the whole run down to single events. Positions are
// pixels from the left edge of the lanes; what would be narrower than 3 pixels is folded into one
// span with a count, so that no more is drawn than can be seen.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/event_kind.hpp"
#include "viz/model/filter.hpp"
#include "viz/model/history.hpp"
#include "viz/model/run_index.hpp"

namespace logarium::viz {

// By true time, or all events with equal distance, where bursts become readable.
enum class TimeAxis : std::uint8_t { kTime, kEvents };

// What the lanes show: nanoseconds, or numbers of events.
struct TimeWindow {
  TimeAxis axis = TimeAxis::kTime;
  std::int64_t from = 0, to = 0;  // from < to
  bool operator==(const TimeWindow&) const = default;
};
[[nodiscard]] TimeWindow whole_run(const RunIndex& index, TimeAxis axis);
// The same stretch of the run by the other axis.
[[nodiscard]] Result<TimeWindow> on_axis(const RunIndex& index, const TimeWindow& window,
                                         TimeAxis axis);

struct TimeSpan {
  SpanKind kind = SpanKind::kEvent;
  float x0 = 0, x1 = 0;                      // clipped to the lanes' width
  std::uint64_t first = 0, last = 0;         // events, first <= last; equal for a moment
  std::uint64_t count = 1;                   // folded ones
  EventKind event_kind = EventKind::kTimer;  // of events: the most telling one
  bool counted = false;  // far out, events that were counted only: no kind is known of them
  // Of folded events: how dense they are, against the densest in sight; by square roots, 0 to 1.
  float height = 1;
  bool open = false;   // goes on beyond the end of the run
  bool dim = false;    // the filter does not let it through
  std::string text;    // "crash b3"; empty for events
  int row = 0;         // of a lane where spans overlap, from 0
  std::string detail;  // tooltip: more words, from when to when
};

struct Lane {
  std::string id;  // "faults", "controller", "b2", "orders-3": stable, for pinning and hiding
  LaneKind kind = LaneKind::kServer;
  std::string title;
  std::optional<std::uint32_t> node;
  std::vector<TimeSpan> spans;   // what lasted, in order of their beginning
  std::vector<TimeSpan> events;  // single ones or folded, left to right, without overlap
  bool pinned = false;
  int rows = 1;  // that its spans take
};

enum class ArcState : std::uint8_t { kDelivered, kUnderWay, kLost };
// A message from one lane to another.
struct Arc {
  std::size_t from_lane = 0, to_lane = 0;
  float x0 = 0, x1 = 0;
  ArcState state = ArcState::kDelivered;
  bool response = false;
  bool dim = false;
  std::uint64_t sent = 0, received = 0;  // events; received is 0 for a lost one
  std::string text;                      // "Fetch request b4 -> b2, 0.5 ms"
};

struct RulerTick {
  float x = 0;
  std::string text;  // "12.48", "#8400"; empty for a small one
};

// The whole run in one line.
struct Minimap {
  std::vector<float> density;          // per pixel, 0 to 1, by logarithms
  std::vector<float> bookmarks;        // x
  std::vector<float> violations;       // x
  std::vector<TimeSpan> faults;        // that took effect
  float window_x0 = 0, window_x1 = 0;  // what the lanes show
  float cursor = 0;
};

struct TimelineModel {
  TimeWindow window;
  std::string headline;  // "12.380 s to 12.520 s, 1,204 events"
  std::vector<Lane> lanes;
  std::vector<Arc> arcs;          // when few enough events are in sight
  std::uint64_t arcs_hidden = 0;  // so many messages lie in sight that none are drawn
  std::vector<RulerTick> ruler;
  float cursor = 0;  // may lie outside
  std::vector<float> violations;
  std::vector<float> bookmarks;  // in sight
  Minimap minimap;
};

struct TimelineRequest {
  TimeWindow window;
  float width = 1000;               // of the lanes, pixels
  std::uint64_t cursor = 0;         // event
  std::vector<std::string> pinned;  // ids of lanes, come first
  std::vector<std::string> hidden;
  std::vector<std::uint64_t> bookmarks;  // events
  std::vector<PartitionRef> partitions;  // that get lanes of their own
  // Events and arcs are looked at one by one while so many are in sight; beyond, counts alone.
  std::uint64_t events_max = 20'000;
  std::size_t arcs_max = 2'000;
  std::size_t minimap_width = 1000;
};

inline constexpr float kFoldBelow = 3;  // pixels

[[nodiscard]] Result<TimelineModel> make_timeline(const RunIndex& index, const Filter& filter,
                                                  const TimelineRequest& request);
// Lanes with their spans by event numbers and times, not pixels.
[[nodiscard]] std::string dump(const TimelineModel& model);

// Between pixels and the run.
[[nodiscard]] float x_of(const TimeWindow& window, float width, std::int64_t at);
[[nodiscard]] std::int64_t at_of(const TimeWindow& window, float width, float x);

}  // namespace logarium::viz
