#pragma once
// Nodes of the small clusters that tests and benchmarks build by hand in a simulated world: servers
// "n1", "n2", ... (brokers) and "n1001", ... (controllers), each with one listener on port 9092,
// and clients that know some of the brokers.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "engine/client/client_node.hpp"
#include "engine/server/server_node.hpp"
#include "sim/workload/application.hpp"
#include "sim/world/world.hpp"

namespace logarium::test {

inline Endpoint endpoint_of(std::int32_t id) { return {"n" + std::to_string(id), 9092}; }

// A server that is configured as `shared`, which lacks only what is its own. It is not started.
inline world::NodeIndex add_server(world::World& world, std::int32_t id,
                                   const server::ServerSetup& shared) {
  auto setup = std::make_shared<server::ServerSetup>(shared);
  world::NodeOptions node;
  node.name = endpoint_of(id).host;
  node.id = NodeId(id);
  node.kind = id > 1000 ? world::NodeKind::kController : world::NodeKind::kBroker;
  setup->node_id = node.id;
  setup->roles.controller = id > 1000;
  setup->roles.broker = id <= 1000;
  setup->listeners = server::only_listener(endpoint_of(id), setup->roles);
  node.prototype = std::make_shared<server::ServerNode>();
  node.setup = setup;
  return world.add_node(node);
}

// A client that begins with the brokers 1 to `brokers`. It is not started.
inline world::NodeIndex add_client(world::World& world, const std::string& name,
                                   client::ClientConfigVariant config,
                                   std::unique_ptr<workload::Application> application,
                                   std::int32_t brokers = 3, const Rules& rules = {}) {
  auto setup = std::make_shared<client::ClientSetup>();
  setup->config = std::move(config);
  setup->rules = rules;
  for (std::int32_t id = 1; id <= brokers; ++id) setup->bootstrap.push_back(endpoint_of(id));
  world::NodeOptions node;
  node.name = name;
  node.kind = world::NodeKind::kClient;
  node.prototype = std::make_shared<client::ClientNode>();
  node.setup = setup;
  const world::NodeIndex index = world.add_node(node);
  world.attach(index, std::move(application));
  return index;
}

}  // namespace logarium::test
