#pragma once
// What the machines of a broker's replica manager share and what a step lends them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/node.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/config/topic_config.hpp"
#include "engine/log/config.hpp"
#include "engine/replica/brokers.hpp"

namespace logarium::replica {

// Fixed for the life of the process.
struct Setup {
  NodeId self;
  std::shared_ptr<const BrokerConfig> config;
  TopicConfig topic_defaults;
  Rules rules;
  std::vector<std::string> listeners{};  // see Options

  [[nodiscard]] std::string_view listener_name(std::uint16_t place) const {
    return place < listeners.size() ? std::string_view(listeners[place]) : std::string_view();
  }
  [[nodiscard]] Duration lag_max() const { return milliseconds(config->replica_lag_time_max_ms); }
  // KIP-392: the leader sends consumers to a replica in their rack.
  [[nodiscard]] bool selects_replicas() const { return !config->replica_selector_class.empty(); }
};

// A topic as its replicas on this broker see it; shared by them and replaced when it changes.
struct TopicInfo {
  Uuid id;
  std::string name;
  log::ConfigRef log;
  std::int64_t min_insync_replicas = 1;
};
using TopicInfoRef = std::shared_ptr<const TopicInfo>;

// What a partition may look at during one step.
struct Scene {
  StepContext& step;
  const Setup& setup;
  const Brokers& brokers;
};

}  // namespace logarium::replica
