#pragma once
// Which replica a consumer should read from (KIP-392, Kafka's RackAwareReplicaSelector).

#include <string>

#include "engine/replica/brokers.hpp"
#include "engine/replica/leader.hpp"

namespace logarium::replica {

struct ReaderPlace {
  std::string rack;
  Offset offset;  // what it wants to read next
};

// In the reader's rack: the leader when it is there, else the ISR member that holds the offset and
// is the most caught up. Nobody there: the leader.
[[nodiscard]] NodeId select_replica(const Leader& leader, const Brokers& brokers,
                                    const ReaderPlace& reader);

}  // namespace logarium::replica
