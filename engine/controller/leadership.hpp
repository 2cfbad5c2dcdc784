#pragma once
// Who leads: what happens to partitions when a broker comes or goes, elections on request
// (KIP-183, KIP-460), and the two periodic ones: back to preferred leaders, and unclean elections
// of partitions that stayed without a leader.

#include "engine/controller/partition_change.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"

namespace logarium::controller {

// Records by which the partitions follow a change of brokers: a fenced or unclean broker leaves
// their ISRs, an unfenced one may lead them. Partitions that need no change get none.
void change_partitions(const View& view, const std::vector<PartitionRef>& partitions,
                       const BrokerChange& change, std::vector<metadata::Record>& records);

[[nodiscard]] Decision elect_leaders(const View& view,
                                     const protocol::ElectLeadersRequest& request);

// At most this many elections are done in one pass of a periodic one.
inline constexpr std::size_t kElectionsPerPass = 1000;

// Preferred elections for brokers of which more than leader.imbalance.per.broker.percentage of
// the preferred partitions are led elsewhere.
[[nodiscard]] Decision balance_leaders(const View& view);
// Unclean elections for leaderless partitions of topics that allow them.
[[nodiscard]] Decision elect_uncleanly(const View& view);

}  // namespace logarium::controller
