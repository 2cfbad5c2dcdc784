#pragma once
// What a server process is started with: identity, roles, addresses, configs and rules.

#include <map>
#include <string>

#include "engine/base/effect.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/input.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/metadata/image.hpp"

namespace logarium::server {

// Kafka's process.roles.
struct Roles {
  bool broker = false;
  bool controller = false;
};

struct ServerSetup final : NodeSetup {
  NodeId node_id;
  Roles roles;
  // Kafka's cluster.id, the same for all processes of a cluster.
  std::string cluster_id;
  // Where this process listens; advertised to clients and to the other servers.
  Endpoint listener;
  // controller.quorum.voters: node id and address of each voter.
  std::map<NodeId, Endpoint> voters;
  // server.properties: the broker's configs and the static topic defaults (log.segment.bytes, ...).
  ServerConfig config;
  Rules rules;
  // What metadata starts from. All nodes of a simulated cluster carry the same object, so that a
  // batch of the metadata log is applied once and its result shared (engine/metadata/image.hpp).
  metadata::ImageRef empty_image;
};

}  // namespace logarium::server
