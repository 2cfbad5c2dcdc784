#include "engine/protocol/messages/find_coordinator.hpp"

#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {
namespace {

using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;
using protocol::FindCoordinatorResponse;

constexpr std::int8_t kGroup = 0;
constexpr std::int8_t kTransaction = 1;
constexpr std::int16_t kBatchVersion = 4;  // KIP-699

}  // namespace

// No broker coordinates anything yet, as when Kafka's internal topics have no leader: whoever asks
// is told to ask again. The API is offered all the same, since librdkafka sends lz4 only to brokers
// that know it.
MessageRef answer_find_coordinator(const HandlerContext&, const rpc::Request& request) {
  const auto& body = protocol::as<FindCoordinatorRequest>(request.body);
  const bool known = body.key_type == kGroup || body.key_type == kTransaction;
  const ErrorCode error = known ? ErrorCode::kCoordinatorNotAvailable : ErrorCode::kInvalidRequest;
  auto response = std::make_shared<FindCoordinatorResponse>();
  if (request.api_version < kBatchVersion) {
    response->error_code = error;
    response->node_id = -1;
    response->port = -1;
    return response;
  }
  for (const std::string& key : body.coordinator_keys) {
    response->coordinators.push_back({key, -1, "", -1, error, std::nullopt});
  }
  return response;
}

}  // namespace logarium::server
