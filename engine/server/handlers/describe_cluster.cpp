#include "engine/protocol/messages/describe_cluster.hpp"
#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {

MessageRef answer_describe_cluster(const HandlerContext& context, const rpc::Request&) {
  auto response = std::make_shared<protocol::DescribeClusterResponse>();
  response->cluster_id = context.setup.cluster_id;
  response->controller_id = context.controller ? context.controller->value() : -1;
  if (!context.image) return response;
  for (const auto& [id, broker] : context.image->brokers()) {
    if (broker->fenced || broker->listeners.empty()) continue;
    protocol::DescribeClusterResponse::DescribeClusterBroker entry;
    entry.broker_id = id.value();
    entry.host = broker->listeners.front().host;
    entry.port = broker->listeners.front().port;
    entry.rack = broker->rack;
    response->brokers.push_back(std::move(entry));
  }
  return response;
}

}  // namespace logarium::server
