#pragma once
// From a plan to a world: server nodes, client nodes with their applications, the admin client,
// links, disks and clocks. Nothing runs yet; the Driver (driver.hpp) starts it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/plan.hpp"
#include "sim/world/world.hpp"

namespace logarium::scenario {

// Who is who in a world built from a plan. Names: "broker-1", "controller-1001", "producer-1",
// "consumer-1", "admin".
struct Roster {
  std::vector<world::NodeIndex> brokers;      // with the role broker, by id
  std::vector<world::NodeIndex> controllers;  // voters, by id; the same nodes when combined
  std::vector<world::NodeIndex> servers;      // each process once
  std::vector<world::NodeIndex> clients;      // producers and consumers, without admin
  world::NodeIndex admin;
  std::map<world::NodeIndex, std::size_t> client_of;  // index into the model's clients
  std::map<world::NodeIndex, std::string> racks;
  std::map<NodeId, world::NodeIndex> by_id;  // servers
  std::map<std::string, world::NodeIndex> by_name;
};
using RosterRef = std::shared_ptr<const Roster>;

struct Built {
  world::World world;
  RosterRef roster;
};

// The plan's world. With `wire`, messages go through bytes although the scenario does not ask; with
// a codec they go through that one instead of Kafka's format (tests plant faults with it).
struct BuildOptions {
  bool wire = false;
  std::shared_ptr<const world::WireCodec> codec = nullptr;
};
[[nodiscard]] Built build(const Plan& plan, const BuildOptions& options = {});

}  // namespace logarium::scenario
