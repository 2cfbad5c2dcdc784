#pragma once
// A request that arrived and waits for its answer.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/input.hpp"
#include "engine/base/message.hpp"
#include "engine/base/tagged.hpp"

namespace logarium::rpc {

// Numbers the requests that a node received, from 1; used once per incarnation.
using RequestId = Tagged<struct RequestIdTag, std::uint64_t>;

struct Request {
  RequestId id;
  MessageRef body;
  std::int16_t api_version = 0;
  std::shared_ptr<const std::string> client_id;
  ConnectionId connection;     // 0: from a machine of this very process
  std::uint16_t listener = 0;  // that took the connection; of no meaning in a local request
  // To be answered with this instead of handled (Received::injected_error).
  std::optional<std::int16_t> injected_error = {};
};

}  // namespace logarium::rpc
