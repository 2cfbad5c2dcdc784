#pragma once
// Where the replicas of new partitions go: striped over racks, and over the brokers of each rack,
// from a random start (the semantics of Kafka's StripedReplicaPlacer). The first replica of a
// partition is on an unfenced broker; within a rack unfenced brokers come before fenced ones; no
// broker is named twice. Leaders spread evenly over racks, and over brokers of a rack.

#include <cstdint>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "engine/metadata/image.hpp"

namespace logarium::controller {

// One list of replicas per partition, first the preferred leader. Brokers in controlled shutdown
// are not used. Error: the replication factor is not positive or above the number of brokers, or
// every broker is fenced.
[[nodiscard]] Result<std::vector<metadata::Nodes>> place_replicas(const metadata::Image& image,
                                                                  std::int32_t partitions,
                                                                  std::int32_t replication_factor,
                                                                  Random& random);

}  // namespace logarium::controller
