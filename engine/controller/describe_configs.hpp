#pragma once
// DescribeConfigs (KIP-133, KIP-226): the configs of topics and brokers as an image and a server's
// own file give them. Any server may answer it; it needs no active controller.

#include "engine/config/broker_config.hpp"
#include "engine/metadata/image.hpp"
#include "engine/protocol/messages/describe_configs.hpp"

namespace logarium::controller {

// `self` is who answers: a broker knows its own file only, and refuses other brokers' static
// configs with INVALID_REQUEST. The empty broker name stands for the cluster's dynamic defaults.
[[nodiscard]] std::shared_ptr<protocol::DescribeConfigsResponse> describe_configs(
    const metadata::Image& image, const ServerConfig& config, NodeId self,
    const protocol::DescribeConfigsRequest& request);

}  // namespace logarium::controller
