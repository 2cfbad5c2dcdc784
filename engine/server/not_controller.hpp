#pragma once

#include "engine/base/message.hpp"

namespace logarium::server {

// Whether a controller's response says, at its top level or for each of its items, that the node
// asked is not the active controller (NOT_CONTROLLER).
[[nodiscard]] bool says_not_controller(const MessageRef& response);

}  // namespace logarium::server
