#pragma once
// Replica lanes: one partition's logs, one lane per replica on a common axis of offsets. Runs of
// records of one leader epoch are spans; what is committed, only written, or about to be cut is
// told apart.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/labels.hpp"

namespace logarium::viz {

enum class RecordState : std::uint8_t {
  kCommitted,    // below the replica's high watermark
  kUncommitted,  // at or above it
  kDiverging,    // the leader has something else there, or nothing: will be cut
};

// Records [from, to) of one leader epoch and one state.
struct RecordSpan {
  Offset from, to;
  LeaderEpoch epoch;
  RecordState state = RecordState::kCommitted;
};

struct ReplicaLane {
  std::uint32_t node = 0;
  std::string name;  // "b2"
  std::string role;  // "leader", "in sync", "out of sync", "down", "fenced", "no replica"
  bool leads = false;
  bool in_isr = false;
  bool down = false;
  bool known = false;  // its log was ever told of
  Offset log_start, high_watermark, log_end, synced_end;
  std::int64_t behind = 0;              // records that the leader has and this log lacks
  std::vector<RecordSpan> spans;        // in order, without gaps
  std::string summary;                  // "HW 1208  LEO 1214"
  std::int64_t high_watermark_lag = 0;  // records by which it knows less committed than the leader
  std::int64_t unsynced = 0;            // records that a power loss would take
  std::string fetched;  // of a follower: "12 ms ago", when it last asked the leader for records
  std::string lag;      // "3 records, 12 ms": behind, and since when; empty when it is not
};

struct ReplicasModel {
  std::string partition;            // "orders-3"
  std::string headline;             // "leader b2, leader epoch 7, ISR b2 b4, ELR none"
  Offset from, to;                  // of the axis: all logs lie within
  std::vector<ReplicaLane> lanes;   // the leader first, then in assignment order
  std::vector<LeaderEpoch> epochs;  // that occur, ascending; for the legend
};

// Nothing when the view does not know the partition.
[[nodiscard]] std::optional<ReplicasModel> make_replicas(const trace::View& view,
                                                         const Labels& labels, PartitionRef ref);
// The lanes as text: numbers, then the epochs with their ranges.
[[nodiscard]] std::string dump(const ReplicasModel& model);

}  // namespace logarium::viz
