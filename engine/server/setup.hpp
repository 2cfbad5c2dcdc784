#pragma once
// What a server process is started with: identity, roles, addresses, configs and rules.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// One entry of Kafka's listeners: where a process takes connections, and what it is to serve there.
// Kafka keeps clients and the quorum apart (controller.listener.names); a listener of a simulated
// combined process may serve both.
struct Listener {
  std::string name;     // "PLAINTEXT"; unique within the process
  Endpoint advertised;  // what Metadata and BrokerRegistration tell (advertised.listeners)
  Roles serves;
  std::int16_t security_protocol = 0;  // Kafka's SecurityProtocol: 0 is PLAINTEXT
};

struct ServerSetup final : NodeSetup {
  NodeId node_id;
  Roles roles;
  // Kafka's cluster.id, the same for all processes of a cluster.
  std::string cluster_id;
  // In the order in which a host numbers them (Accepted::listener). A broker has at least one that
  // serves as a broker, a controller one that serves as a controller.
  std::vector<Listener> listeners;
  // inter.broker.listener.name: where brokers reach each other; empty for the first listener that
  // serves as a broker.
  std::string inter_broker_listener;
  // controller.quorum.voters: node id and address of each voter.
  std::map<NodeId, Endpoint> voters;
  // server.properties: the broker's configs and the static topic defaults (log.segment.bytes, ...).
  ServerConfig config;
  Rules rules;
  // What metadata starts from. All nodes of a simulated cluster carry the same object, so that a
  // batch of the metadata log is applied once and its result shared (engine/metadata/image.hpp).
  metadata::ImageRef empty_image;
};

// The one listener of a process that has no more: it serves whatever the process does.
[[nodiscard]] inline std::vector<Listener> only_listener(Endpoint advertised, Roles roles) {
  return {{"PLAINTEXT", std::move(advertised), roles}};
}
// The name under which this broker looks for the others' endpoints.
[[nodiscard]] inline std::string_view inter_broker_listener(const ServerSetup& setup) {
  if (!setup.inter_broker_listener.empty()) return setup.inter_broker_listener;
  for (const Listener& listener : setup.listeners) {
    if (listener.serves.broker) return listener.name;
  }
  return "PLAINTEXT";
}

}  // namespace logarium::server
