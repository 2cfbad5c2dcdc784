#pragma once
// AllocateProducerIds (KIP-730): a broker gets a block of producer ids that nobody ever gets again.

#include "engine/controller/decision.hpp"
#include "engine/protocol/messages/allocate_producer_ids.hpp"

namespace logarium::controller {

inline constexpr std::int32_t kProducerIdBlock = 1000;

[[nodiscard]] Decision allocate_producer_ids(const View& view,
                                             const protocol::AllocateProducerIdsRequest& request);

}  // namespace logarium::controller
