#pragma once
// The partitions of a topic in the making: placed by the controller or by hand.

#include <span>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/controller/decision.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium::controller {

// What went wrong with one item of a request.
struct Refusal {
  protocol::ErrorCode code = protocol::ErrorCode::kNone;
  std::string message;
};

struct Placement {
  Refusal refusal;
  std::vector<metadata::Nodes> replicas;  // by partition, from the first new index
};

// By the controller: striped over racks and brokers.
[[nodiscard]] Placement place(const View& view, std::int32_t partitions,
                              std::int32_t replication_factor, Random& random);
// By hand: brokers must be registered and distinct, each partition with the same number of
// replicas, at least one of them active.
[[nodiscard]] Placement check_manual(const View& view, std::vector<metadata::Nodes> replicas,
                                     std::size_t replication_factor);

// The records of partitions `first`, first + 1, ...: the ISR is who is active, the leader the first
// of it.
void add_partition_records(const View& view, Uuid topic, std::int32_t first,
                           std::span<const metadata::Nodes> replicas,
                           std::vector<metadata::Record>& records);

}  // namespace logarium::controller
