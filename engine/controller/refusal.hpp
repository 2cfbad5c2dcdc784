#pragma once
// Which APIs the controller serves, and the answer that refuses a whole request to one of them:
// NOT_CONTROLLER from a controller that is not active, and the like. The shapes are the protocol's
// (engine/protocol/error_response.hpp).

#include <string>

#include "engine/base/message.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium::controller {

// Whether the controller serves this API.
[[nodiscard]] bool is_controller_api(std::int16_t api_key);

// REQUIRES: is_controller_api(request.api_key()).
[[nodiscard]] MessageRef refuse(const Message& request, protocol::ErrorCode code,
                                const std::string& message);

}  // namespace logarium::controller
