#include "engine/server/handlers/view.hpp"

namespace logarium::server {

std::vector<std::int32_t> ids_of(const metadata::Nodes& nodes) {
  std::vector<std::int32_t> ids;
  ids.reserve(nodes.size());
  for (const NodeId node : nodes) ids.push_back(node.value());
  return ids;
}

bool reachable(const metadata::Image& image, NodeId node, std::string_view listener) {
  const metadata::Broker* broker = image.broker(node);
  return broker != nullptr && !broker->fenced && broker->listener(listener) != nullptr;
}

std::vector<std::int32_t> offline_replicas(const metadata::Image& image,
                                           const metadata::Partition& partition,
                                           std::string_view listener) {
  std::vector<std::int32_t> offline;
  for (const NodeId node : partition.replicas) {
    if (!reachable(image, node, listener)) offline.push_back(node.value());
  }
  return offline;
}

const metadata::Broker* leader_at(const metadata::Image& image,
                                  const metadata::Partition& partition, std::string_view listener) {
  if (!partition.leader) return nullptr;
  const metadata::Broker* broker = image.broker(*partition.leader);
  return broker != nullptr && broker->listener(listener) != nullptr ? broker : nullptr;
}

}  // namespace logarium::server
