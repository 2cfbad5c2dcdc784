#include "engine/protocol/messages/describe_cluster.hpp"

#include <algorithm>

#include "engine/server/handlers/handlers.hpp"
#include "engine/server/handlers/view.hpp"

namespace logarium::server {
namespace {

using protocol::DescribeClusterRequest;
using protocol::DescribeClusterResponse;
using protocol::ErrorCode;

// KIP-919's EndpointType.
constexpr std::int8_t kBrokers = 1;
constexpr std::int8_t kControllers = 2;
// KIP-1073: the first version that can ask for fenced brokers.
constexpr std::int16_t kFencedVersion = 2;

MessageRef refuse(ErrorCode error, std::string message) {
  auto response = std::make_shared<DescribeClusterResponse>();
  response->error_code = error;
  response->error_message = std::move(message);
  return response;
}

void add_brokers(const HandlerContext& context, bool fenced_too,
                 DescribeClusterResponse& response) {
  for (const auto& [id, broker] : context.image->brokers()) {
    const metadata::Listener* at = broker->listener(context.listener);
    if (at == nullptr || (broker->fenced && !fenced_too)) continue;
    response.brokers.push_back({id.value(), at->host, at->port, broker->rack, broker->fenced});
  }
}

void add_controllers(const HandlerContext& context, DescribeClusterResponse& response) {
  for (const auto& [id, endpoint] : context.setup.voters) {
    response.brokers.push_back({id.value(), endpoint.host, endpoint.port, std::nullopt, false});
  }
}

}  // namespace

MessageRef answer_describe_cluster(const HandlerContext& context, const rpc::Request& request) {
  const auto& body = protocol::as<DescribeClusterRequest>(request.body);
  const bool old = request.api_version == 0;
  if (body.endpoint_type != kBrokers && body.endpoint_type != kControllers) {
    return refuse(old ? ErrorCode::kInvalidRequest : ErrorCode::kUnsupportedEndpointType,
                  "Unsupported endpoint type " + std::to_string(body.endpoint_type));
  }
  const bool controllers = body.endpoint_type == kControllers;
  if (controllers ? !context.serves.controller : !context.serves.broker) {
    return refuse(old ? ErrorCode::kInvalidRequest : ErrorCode::kMismatchedEndpointType,
                  std::string("The request was sent to an endpoint of type ") +
                      (controllers ? "BROKER" : "CONTROLLER") + ", but we wanted one of type " +
                      (controllers ? "CONTROLLER" : "BROKER"));
  }
  auto response = std::make_shared<DescribeClusterResponse>();
  response->endpoint_type = body.endpoint_type;
  response->cluster_id = context.setup.cluster_id;
  if (body.include_cluster_authorized_operations) {
    response->cluster_authorized_operations = kClusterOperations;
  }
  if (controllers) {
    add_controllers(context, *response);
  } else if (context.image) {
    const bool fenced = request.api_version >= kFencedVersion && body.include_fenced_brokers;
    add_brokers(context, fenced, *response);
  }
  // Brokers tell some broker, as in Metadata; a node that is not in the list would confuse.
  const std::optional<NodeId> told =
      controllers ? context.controller : std::optional(context.setup.node_id);
  const bool listed =
      told && std::any_of(response->brokers.begin(), response->brokers.end(),
                          [&](const auto& node) { return node.broker_id == told->value(); });
  response->controller_id = listed ? told->value() : -1;
  return response;
}

}  // namespace logarium::server
