#pragma once
// Operations on ReplicaSet: bit i stands for the i-th replica of a partition's assignment.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/ensure.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"

namespace logarium::replica {

inline constexpr std::size_t kReplicasMax = 32;

[[nodiscard]] constexpr ReplicaSet only(std::size_t i) { return ReplicaSet(1U << i); }
[[nodiscard]] constexpr bool contains(ReplicaSet set, std::size_t i) {
  return (set.value() & (1U << i)) != 0;
}
[[nodiscard]] constexpr ReplicaSet join(ReplicaSet a, ReplicaSet b) {
  return ReplicaSet(a.value() | b.value());
}
[[nodiscard]] constexpr ReplicaSet minus(ReplicaSet a, ReplicaSet b) {
  return ReplicaSet(a.value() & ~b.value());
}
[[nodiscard]] constexpr bool is_empty(ReplicaSet set) { return set.value() == 0; }
[[nodiscard]] constexpr std::int64_t count(ReplicaSet set) { return std::popcount(set.value()); }

// Place of `node` in the assignment.
[[nodiscard]] inline std::optional<std::size_t> position_of(const std::vector<NodeId>& replicas,
                                                            NodeId node) {
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if (replicas[i] == node) return i;
  }
  return std::nullopt;
}
// The members as a set; nodes outside the assignment are left out.
[[nodiscard]] inline ReplicaSet to_set(const std::vector<NodeId>& replicas,
                                       const std::vector<NodeId>& members) {
  ReplicaSet set;
  for (const NodeId node : members) {
    if (const auto at = position_of(replicas, node)) set = join(set, only(*at));
  }
  return set;
}
// The members in assignment order.
[[nodiscard]] inline std::vector<NodeId> to_nodes(const std::vector<NodeId>& replicas,
                                                  ReplicaSet set) {
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if (contains(set, i)) nodes.push_back(replicas[i]);
  }
  return nodes;
}

}  // namespace logarium::replica
