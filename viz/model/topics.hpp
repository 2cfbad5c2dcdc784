#pragma once
// Topic overview: a row per partition, the ones in trouble first; for hundreds of partitions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/labels.hpp"

namespace logarium::viz {

// From best to worst.
enum class Health : std::uint8_t {
  kWell,             // all replicas in sync, led by the preferred one
  kNotPreferred,     // all in sync, led by another
  kUnderReplicated,  // fewer in sync than assigned
  kUnderMinIsr,      // acks=all is refused
  kLeaderDown,       // its leader does not run, and the controller has not noticed: unavailable
  kLeaderless,       // no leader: unavailable
};
[[nodiscard]] std::string_view word(Health health);

struct PartitionRow {
  PartitionRef ref;
  std::string name;
  Health health = Health::kWell;
  std::optional<std::uint32_t> leader;  // node
  std::string leader_name;              // "b2", "none"
  LeaderEpoch leader_epoch;
  int in_sync = 0;
  int assigned = 0;
  int eligible = 0;                // members of the ELR
  Offset high_watermark, log_end;  // of the leader's log
  std::int64_t behind = 0;         // of the slowest replica
};

struct TopicsModel {
  std::string headline;            // "312 partitions: 3 under-replicated, 1 without a leader"
  std::vector<PartitionRow> rows;  // the worst first, then by name and number
};

// `min_isr` tells a partition's min.insync.replicas; without it, 1.
[[nodiscard]] TopicsModel make_topics(const trace::View& view, const Labels& labels,
                                      const std::map<Uuid, int>& min_isr);
[[nodiscard]] std::string dump(const TopicsModel& model);

}  // namespace logarium::viz
