#pragma once
// History: what lasted in a run and from when to when, lane by lane: faults, who controlled, which
// server was down or fenced, who led which partition. Made once from a run's highlights; the
// timeline shows a part of it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "sim/trace/summary.hpp"
#include "viz/model/labels.hpp"
#include "viz/model/story.hpp"

namespace logarium::viz {

enum class LaneKind : std::uint8_t {
  kPlannedFaults,
  kFaults,      // that took effect
  kController,  // who is the active one
  kServer,
  kClient,
  kPartition,  // who leads it
};

enum class SpanKind : std::uint8_t {
  kPlanned,   // a fault as the scenario plans it
  kFault,     // a fault that goes on
  kMoment,    // a fault that strikes once
  kReign,     // someone controls, or leads a partition
  kNobody,    // no controller, no leader
  kDown,      // a process does not run
  kStarting,  // starting, or reading its logs
  kFenced,    // runs, and the controller does not count on it
  kStopping,  // in controlled shutdown
  kEvents,    // folded events
  kEvent,     // one event
};

// From one event to another; both ends by number and by time. A planned fault has times alone.
struct Stay {
  SpanKind kind = SpanKind::kReign;
  std::uint64_t first = 0, last = 0;
  Instant from, to;
  bool open = false;  // goes on beyond the end of the run
  int row = 0;        // where stays of a lane overlap
  std::string text;
};

struct LaneHistory {
  std::string id;
  LaneKind kind = LaneKind::kServer;
  std::string title;
  std::optional<std::uint32_t> node;
  std::vector<Stay> stays;  // by beginning
  int rows = 1;
};

struct History {
  std::vector<LaneHistory> lanes;  // faults, controller, servers, clients
  std::map<PartitionRef, LaneHistory> partitions;
};

// `ready` is when the story's own time began; without it planned faults are left out.
[[nodiscard]] History make_history(const trace::Summary& summary, const Labels& labels,
                                   const Story& story, std::optional<Instant> ready);

}  // namespace logarium::viz
