#pragma once
// Watch: what a run's committed metadata says now, as far as targets and triggers need it: each
// partition's replicas, leader and ISR, the active controller. A fold of the notes, O(1) per note.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"
#include "sim/world/types.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::scenario {

class Watch {
 public:
  struct Partition {
    std::vector<NodeId> replicas;  // in the order of assignment
    std::optional<NodeId> leader;
    LeaderEpoch leader_epoch;
    std::vector<NodeId> isr;
    bool committed = false;
    void describe(StateVisitor& v) const;
  };
  using Partitions = std::map<PartitionRef, Partition>;

  // Notes of one node. True when the note changed what targets can name.
  bool on_note(world::NodeIndex node, const Note& note);
  [[nodiscard]] const Partitions& partitions() const { return partitions_; }
  // Null when nothing was committed about it yet.
  [[nodiscard]] const Partition* find(const std::string& topic, std::int32_t partition) const;
  // The topic's current id; empty before it is known.
  [[nodiscard]] std::optional<Uuid> topic_id(const std::string& topic) const;
  void set_topic_id(const std::string& topic, Uuid id) { topics_[topic] = id; }
  [[nodiscard]] const std::map<std::string, Uuid>& topics() const { return topics_; }
  // Notes tell of topics by id only; true once one came whose name is not known.
  [[nodiscard]] bool wants_names() const { return wants_names_; }
  void names_are_known() { wants_names_ = false; }
  [[nodiscard]] std::optional<world::NodeIndex> controller() const { return controller_; }
  void describe(StateVisitor& v) const;

 private:
  Partitions partitions_;
  std::map<std::string, Uuid> topics_;
  bool wants_names_ = false;
  std::optional<world::NodeIndex> controller_;
  QuorumEpoch controller_epoch_;
};

}  // namespace logarium::scenario
