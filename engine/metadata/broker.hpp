#pragma once
// What the cluster's metadata says about one registered broker or controller process.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/base/ids.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::metadata {

struct Listener {
  std::string name;  // "PLAINTEXT"
  std::string host;
  std::uint16_t port = 0;
  std::int16_t security_protocol = 0;
  [[nodiscard]] Endpoint endpoint() const { return {host, port}; }
  bool operator==(const Listener&) const = default;
  void describe(StateVisitor& v) const;
};

// The range of levels of a feature that a process supports.
struct FeatureRange {
  std::string name;
  std::int16_t low = 0, high = 0;
  bool operator==(const FeatureRange&) const = default;
  void describe(StateVisitor& v) const;
};

struct Broker {
  NodeId id;
  BrokerEpoch epoch;
  Uuid incarnation;
  std::vector<Listener> listeners;
  std::vector<FeatureRange> features;
  std::optional<std::string> rack;
  std::vector<Uuid> directories;  // those that are online
  bool fenced = true;
  bool in_controlled_shutdown = false;

  // By name; null when the broker has no such listener. An empty name means the first.
  [[nodiscard]] const Listener* listener(std::string_view wanted) const {
    for (const Listener& l : listeners) {
      if (wanted.empty() || l.name == wanted) return &l;
    }
    return nullptr;
  }

  // May lead and be in an ISR.
  [[nodiscard]] bool active() const { return !fenced && !in_controlled_shutdown; }
  bool operator==(const Broker&) const = default;
  void describe(StateVisitor& v) const;
};
using BrokerPtr = std::shared_ptr<const Broker>;

struct ControllerNode {
  NodeId id;
  Uuid incarnation;
  std::vector<Listener> listeners;
  std::vector<FeatureRange> features;
  bool operator==(const ControllerNode&) const = default;
  void describe(StateVisitor& v) const;
};
using ControllerPtr = std::shared_ptr<const ControllerNode>;

}  // namespace logarium::metadata
