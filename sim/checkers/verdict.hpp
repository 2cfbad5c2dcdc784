#pragma once
// What checkers say: a violation of a property, or a loss that the configuration and the faults
// explain. Both carry a chain of causes. Plain data; reports print it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "sim/world/types.hpp"

namespace logarium::checkers {

// A property: R1..R20 replication and log, Q1..Q5 quorum, C1..C4 controller, L1..L11 liveness,
// K1.. what clients observe. `meaning` is one sentence a user of Kafka understands.
struct Property {
  std::string_view id;
  std::string_view name;
  std::string_view meaning;
};

// One step of an explanation: what happened, where and when.
struct Cause {
  std::uint64_t event = 0;
  Instant time;
  world::NodeIndex node;
  std::string text;
};

struct Violation {
  Property property;
  std::uint64_t event = 0;
  Instant time;
  world::NodeIndex node;  // where it showed
  std::string explanation;
  std::string expected;
  std::string seen;
  std::vector<Cause> causes;
};

// Records that are gone for a reason that the protocol allows: acks=1, an unclean election that
// the configuration permits, power lost by as many replicas as min.insync.replicas promises.
struct ExplainedLoss {
  PartitionRef partition;
  Offset base, next;
  std::uint64_t event = 0;
  Instant time;
  std::string explanation;
  std::vector<Cause> causes;
  // Whether acks=1 alone acknowledged them, which promises nothing.
  bool acks_one = false;
};

}  // namespace logarium::checkers
