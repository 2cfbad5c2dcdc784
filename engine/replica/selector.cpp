#include "engine/replica/selector.hpp"

namespace logarium::replica {

NodeId select_replica(const Leader& leader, const Brokers& brokers, const ReaderPlace& reader) {
  const NodeId self = leader.replicas()[leader.self()];
  const auto in_rack = [&](NodeId node) {
    const BrokerView* broker = brokers.find(node);
    return broker != nullptr && broker->rack == reader.rack;
  };
  if (in_rack(self)) return self;
  NodeId best = self;
  const RemoteReplica* best_state = nullptr;
  for (std::size_t i = 0; i < leader.replicas().size(); ++i) {
    if (i == leader.self() || !in_rack(leader.replicas()[i])) continue;
    if (!contains(leader.isr().committed(), i)) continue;
    const RemoteReplica& state = leader.remotes()[i];
    if (!state.log_end || *state.log_end < reader.offset) continue;
    if (!state.log_start || *state.log_start > reader.offset) continue;
    const bool better = best_state == nullptr || *state.log_end > *best_state->log_end ||
                        (*state.log_end == *best_state->log_end &&
                         state.last_caught_up > best_state->last_caught_up);
    if (!better) continue;
    best = leader.replicas()[i];
    best_state = &state;
  }
  return best;
}

}  // namespace logarium::replica
