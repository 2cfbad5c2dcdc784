#pragma once
// Whether committed records that are gone are a violation or an explained loss.

#include <string>
#include <vector>

#include "sim/checkers/cluster_state.hpp"

namespace logarium::checkers {

struct LossJudgement {
  bool explained = false;
  std::string reason;
  std::vector<Cause> causes;
};

// A loss is explained when, after the oldest lost record was written,
//  - an unclean election of this partition was committed and the topic allows it, or
//  - at least as many of its replicas lost stored bytes (power loss, wipe, damage found by
//    recovery) as min.insync.replicas promises, or
//  - the last known leader was elected because at least that many replicas stopped uncleanly
//    (KIP-966 cannot tell a crash that kept the page cache from one that did not), or
//  - recovery was deceived by a rotten disk (Misread).
// Anything else is a violation.
[[nodiscard]] LossJudgement judge(const PartitionState& partition, const GhostCut& cut);

}  // namespace logarium::checkers
