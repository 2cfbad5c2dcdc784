#pragma once
// Delta: exactly what a batch changed in an image, each thing once, with the state before and
// after the batch. A missing `before` is a creation, a missing `after` a removal.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/definition.hpp"
#include "engine/metadata/broker.hpp"
#include "engine/metadata/partition.hpp"

namespace logarium::metadata {

// Kafka's ConfigResource.Type, as in ConfigRecord and DescribeConfigs.
enum class ResourceType : std::int8_t { kTopic = 2, kBroker = 4 };

// What a config belongs to. The name of a broker is its id; "" stands for all brokers.
struct ConfigResource {
  ResourceType type = ResourceType::kTopic;
  std::string name;
  auto operator<=>(const ConfigResource&) const = default;
};
using PropertiesPtr = std::shared_ptr<const Properties>;

template <class Key, class Value>
struct Change {
  Key key;
  std::shared_ptr<const Value> before, after;
  [[nodiscard]] bool created() const { return before == nullptr; }
  [[nodiscard]] bool removed() const { return after == nullptr; }
};

struct Delta {
  // Topics created or removed, in key order as everything here. A created topic's `after` is the
  // topic with its partitions; the partitions of created and removed topics are listed below too.
  std::vector<Change<Uuid, Topic>> topics;
  std::vector<Change<PartitionRef, Partition>> partitions;
  std::vector<Change<NodeId, Broker>> brokers;
  std::vector<Change<NodeId, ControllerNode>> controllers;
  std::vector<Change<ConfigResource, Properties>> configs;
  bool features_changed = false;
  bool producer_ids_changed = false;

  [[nodiscard]] bool empty() const {
    return topics.empty() && partitions.empty() && brokers.empty() && controllers.empty() &&
           configs.empty() && !features_changed && !producer_ids_changed;
  }
};
using DeltaRef = std::shared_ptr<const Delta>;

}  // namespace logarium::metadata
