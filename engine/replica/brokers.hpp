#pragma once
// What this broker knows of the registered brokers: enough to judge whether a replica may be in an
// ISR (KIP-841, KIP-903) and which replica is near a consumer (KIP-392). A plain value, refreshed
// from the metadata image; it does not know endpoints.

#include <map>
#include <optional>
#include <string>

#include "engine/base/ids.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

struct BrokerView {
  BrokerEpoch epoch;
  bool fenced = false;
  bool shutting_down = false;  // in controlled shutdown
  std::string rack;            // empty: none
  bool operator==(const BrokerView&) const = default;

  void describe(StateVisitor& v) const {
    visit(v, "epoch", epoch), visit(v, "fenced", fenced);
    visit(v, "shutting down", shutting_down), visit(v, "rack", rack);
  }
};

class Brokers {
 public:
  // Null when the broker is not registered.
  [[nodiscard]] const BrokerView* find(NodeId node) const {
    const auto at = views_.find(node);
    return at == views_.end() ? nullptr : &at->second;
  }
  // Returns whether anything changed. An empty view unregisters the broker.
  bool set(NodeId node, const std::optional<BrokerView>& view) {
    if (!view) return views_.erase(node) > 0;
    const auto [at, added] = views_.try_emplace(node, *view);
    if (added) return true;
    if (at->second == *view) return false;
    at->second = *view;
    return true;
  }
  // Registered, not fenced, not in controlled shutdown.
  [[nodiscard]] bool active(NodeId node) const {
    const BrokerView* view = find(node);
    return view != nullptr && !view->fenced && !view->shutting_down;
  }
  [[nodiscard]] const std::map<NodeId, BrokerView>& all() const { return views_; }
  void describe(StateVisitor& v) const { visit(v, "views", views_); }

 private:
  std::map<NodeId, BrokerView> views_;
};

}  // namespace logarium::replica
