#include "engine/live/plan.hpp"

namespace logarium::live {
namespace {

constexpr std::int32_t kVotersMax = 5;
constexpr std::chrono::seconds kStopPatience{10};

}  // namespace

Result<ClusterPlan> plan_quick_cluster(const QuickCluster& options) {
  ServerConfig start;
  start.broker.controller_quorum_append_linger_ms = 0;
  start.broker.logarium_log_directory.clear();
  start.broker.logarium_quorum_first_election_ms = 100;
  start.broker.logarium_lifecycle_retry_backoff_ms = 1;
  start.broker.logarium_registration_replace_silent = true;
  start.broker.logarium_log_tail_unreplicated_bytes = kTailUnreplicatedBytes;
  const auto config = parse_server_config(options.config, start);
  if (!config) return config.error();
  if (options.port != 0 && options.port + options.brokers - 1 > 0xffff) {
    return Error{"ports from " + std::to_string(options.port) + " on do not suffice for " +
                 std::to_string(options.brokers) + " brokers"};
  }
  ClusterPlan plan;
  // Its controllers are in this process and stop, too.
  plan.stop_patience = kStopPatience;
  for (std::int32_t i = 0; i < options.brokers; ++i) {
    NodePlan node;
    node.id = NodeId(i + 1);
    node.roles = {true, i < kVotersMax};
    node.directory = options.data + "/node-" + std::to_string(i + 1);
    const auto port = static_cast<std::uint16_t>(options.port == 0 ? 0 : options.port + i);
    // As Kafka has it, clients and the quorum do not meet at one listener.
    const server::Roles clients{.broker = true, .controller = false};
    node.listeners.push_back({"PLAINTEXT", clients, {options.host, port}, {}});
    if (node.roles.controller) {
      const server::Roles quorum{.broker = false, .controller = true};
      node.listeners.push_back({"CONTROLLER", quorum, {options.host, 0}, {}});
    }
    node.config = config.value();
    plan.nodes.push_back(std::move(node));
  }
  return plan;
}

}  // namespace logarium::live
