#pragma once
// What a live cluster (or this process's part of one) shall look like, as plain data: made from the
// command line (quick_cluster) or from server.properties files, carried out by Cluster.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/base/result.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/live/disk.hpp"
#include "engine/server/setup.hpp"

namespace logarium::live {

// logarium.log.tail.unreplicated.bytes where nothing else is said: some batches of the largest size
// that clients send, per partition and only until the followers have them.
inline constexpr std::int64_t kTailUnreplicatedBytes = std::int64_t{16} * 1024 * 1024;

struct ListenerPlan {
  std::string name = "PLAINTEXT";  // unique within the node
  server::Roles serves;            // what is served there: broker, controller or both
  Endpoint bind;                   // an empty host means all addresses, port 0 any free port
  // What others are told; empty host: the bound address, or this machine's name for all addresses;
  // port 0: the bound port.
  Endpoint advertised;
};

struct NodePlan {
  NodeId id;
  server::Roles roles;
  std::string directory;
  // A broker has at least one that serves as a broker, a controller one that serves as a
  // controller.
  std::vector<ListenerPlan> listeners;
  // inter.broker.listener.name; empty: the first that serves as a broker.
  std::string inter_broker_listener;
  ServerConfig config;
};

struct ClusterPlan {
  std::vector<NodePlan> nodes;  // of this process
  // controller.quorum.voters; empty: the controllers among `nodes`, wherever they listen.
  std::map<NodeId, Endpoint> voters;
  // Empty: what the directories say, else one derived from the voters, else a fresh one.
  std::string cluster_id;
  Durability durability = Durability::kDevice;
  // How long a stop waits for the controller to let brokers go; then they end as by kill -9.
  // Kafka's BrokerServer.shutdown waits as long.
  std::chrono::milliseconds stop_patience = std::chrono::minutes(5);
  // Where the inputs of every node are recorded; empty: nowhere.
  std::string record;
  std::string fingerprint;  // of the program's sources, for the recording
  // What was read and has no effect here, for the log.
  std::vector<std::string> remarks;
};

struct QuickCluster {
  std::int32_t brokers = 3;
  std::uint16_t port = 9092;  // of the first broker, the others follow; 0: any free ports
  std::string host = "127.0.0.1";
  std::string data;  // below it one directory per broker, node-1, ...
  Properties config;
};
// `brokers` combined nodes with ids from 1, the controllers at free ports of their own. They elect
// without waiting, and the controller writes at once what Kafka gathers for 25 ms. Error: a config
// that is wrong.
[[nodiscard]] Result<ClusterPlan> plan_quick_cluster(const QuickCluster& options);

}  // namespace logarium::live
