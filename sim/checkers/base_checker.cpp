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

Origin causes_in(const PartitionState& partition) { return {recent_causes(partition), nullptr}; }

Origin records_of(const PartitionState& partition) {
  return {recent_causes(partition), &partition};
}

void tell(const Property& property, const ClusterState::At& at, Findings& findings, Words words) {
  const PartitionState* partition = words.origin.records_of;
  if (partition != nullptr && partition->misread) return;
  findings.violation({property, at.event, at.time, at.node, std::move(words.explanation),
                      std::move(words.expected), std::move(words.seen),
                      std::move(words.origin.causes)});
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
