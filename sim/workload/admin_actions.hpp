#pragma once
// Administrative requests in words: what scenarios' admin actions and topic lists become. Each
// gives the request of one client::AdminCall.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/input.hpp"
#include "engine/base/message.hpp"

namespace logarium::workload {

// A topic of a scenario.
struct TopicSpec {
  std::string name;
  std::int32_t partitions = 1;
  std::int16_t replication_factor = 1;
  std::map<std::string, std::string> config;
  // Replicas of each partition, preferred leader first; empty: the controller places them.
  std::vector<std::vector<NodeId>> assignment;
};

// The command that gives such a request to an admin client.
[[nodiscard]] CommandRef admin_command(MessageRef request);

[[nodiscard]] MessageRef create_topics(const std::vector<TopicSpec>& topics);
[[nodiscard]] MessageRef delete_topic(const std::string& topic);
// Raises the number of partitions to `total`.
[[nodiscard]] MessageRef create_partitions(const std::string& topic, std::int32_t total);
enum class Election : std::uint8_t { kPreferred, kUnclean };
[[nodiscard]] MessageRef elect_leader(const TopicPartition& partition, Election election);
// Moves the partition to these replicas, preferred leader first; empty cancels a reassignment.
[[nodiscard]] MessageRef reassign(const TopicPartition& partition,
                                  const std::optional<std::vector<NodeId>>& replicas);
[[nodiscard]] MessageRef list_reassignments();
// An empty value removes the entry.
[[nodiscard]] MessageRef alter_topic_config(const std::string& topic, const std::string& name,
                                            const std::optional<std::string>& value);
// Without a broker: the cluster-wide default.
[[nodiscard]] MessageRef alter_broker_config(std::optional<NodeId> broker, const std::string& name,
                                             const std::optional<std::string>& value);
// Without an offset: up to the high watermark.
[[nodiscard]] MessageRef delete_records(const TopicPartition& partition,
                                        std::optional<Offset> before);
[[nodiscard]] MessageRef unregister_broker(NodeId broker);
[[nodiscard]] MessageRef describe_cluster();
[[nodiscard]] MessageRef describe_topics(const std::vector<TopicSpec>& topics);

}  // namespace logarium::workload
