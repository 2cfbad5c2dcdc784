#include "engine/protocol/messages/find_coordinator.hpp"

#include "engine/protocol/error_response.hpp"
#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {
namespace {

using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;

constexpr std::int8_t kGroup = 0;
constexpr std::int8_t kTransaction = 1;

}  // namespace

// No broker coordinates anything yet, as when Kafka's internal topics have no leader: whoever asks
// is told to ask again. The API is offered all the same, since librdkafka sends lz4 only to brokers
// that know it.
MessageRef answer_find_coordinator(const HandlerContext&, const rpc::Request& request) {
  const auto& body = protocol::as<FindCoordinatorRequest>(request.body);
  const bool known = body.key_type == kGroup || body.key_type == kTransaction;
  const ErrorCode error = known ? ErrorCode::kCoordinatorNotAvailable : ErrorCode::kInvalidRequest;
  return protocol::error_response(body, request.api_version, error);
}

}  // namespace logarium::server
