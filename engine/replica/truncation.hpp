#pragma once
// Where a follower cuts its log when the leader says that it diverges (KIP-279, KIP-595).

#include "engine/log/log.hpp"

namespace logarium::replica {

// The leader's history of epoch `leader.epoch` (the largest it knows at or below the follower's
// last) ends at `leader.end`. The follower keeps what both have of that epoch; when it does not
// know the epoch, it goes back to the end of its own next smaller one and is asked again.
[[nodiscard]] Offset truncation_target(const log::Log& log, const log::EpochEnd& leader);

}  // namespace logarium::replica
