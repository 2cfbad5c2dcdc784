#pragma once
// Dynamic configs of topics and brokers: IncrementalAlterConfigs (KIP-339).

#include "engine/controller/decision.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"

namespace logarium::controller {

// Each resource is altered as a whole or not at all. When min.insync.replicas changes, the ELRs
// that were chosen under the old value are emptied, since the high watermark may move on without
// their members (KIP-966).
[[nodiscard]] Decision alter_configs(const View& view,
                                     const protocol::IncrementalAlterConfigsRequest& request);

}  // namespace logarium::controller
