#include "sim/checkers/base_checker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logarium::checkers {

std::vector<Cause> recent_causes(const PartitionState& partition) {
  static constexpr std::size_t kMost = 8;
  std::vector<Cause> causes;
  const std::size_t count = partition.losses.size();
  for (std::size_t i = count - std::min(count, kMost); i < count; ++i) {
    causes.push_back(partition.losses[i].cause);
  }
  return causes;
}

bool out_of_sequence(const ClusterState& state, const PartitionState& partition, Offset offset) {
  if (partition.rewritten(offset)) return true;
  const std::size_t at = entry_at(partition.ghost, offset);
  if (at == partition.ghost.size()) return false;
  const SentBatch* batch = state.sends().find(partition.ghost[at].content);
  return batch != nullptr && state.sends().sent_anew(partition.ref, *batch);
}

std::string name_of(PartitionRef partition) {
  if (partition == kMetadataPartition) return "__cluster_metadata-0";
  return fmt::format("{}-{}", to_string(partition.topic), partition.partition.value());
}

std::string name_of(NodeId node) { return fmt::format("node {}", node.value()); }

}  // namespace logarium::checkers
