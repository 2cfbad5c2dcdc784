#pragma once
// What a request's timeoutMs means to the controller (Kafka's ControllerApis and QuorumController):
// it bounds how long the request may wait until the controller looks at it, and not how long its
// records may take to commit; the answer comes with the commit, or with the loss of leadership.
// This controller looks at a request when it comes, so only a time that is over before it begins,
// zero or less, makes a difference.

#include "engine/base/message.hpp"
#include "engine/config/broker_config.hpp"

namespace logarium::controller {

// Whether the request is to be answered with REQUEST_TIMED_OUT: its timeoutMs is not positive, and
// it asks the controller for something. A request that names nothing, or only what is refused
// before the controller is asked (names given twice, __cluster_metadata, deletion where
// delete.topic.enable is off), is answered in any case. False for APIs without a timeoutMs.
[[nodiscard]] bool no_time_left(const Message& body, const ServerConfig& config);

}  // namespace logarium::controller
