#include "engine/base/state_visitor.hpp"
#include "sim/checkers/cluster_state.hpp"

namespace logarium::checkers {

void LogEntry::describe(StateVisitor& v) const {
  visit(v, "base", base);
  visit(v, "next", next);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "content", content);
  visit(v, "chain", chain);
}

void ReplicaState::describe(StateVisitor& v) const {
  visit(v, "node", node);
  visit(v, "open", open);
  visit(v, "leading", leading);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "partition epoch", partition_epoch);
  visit(v, "log start", log_start);
  visit(v, "log end", log_end);
  visit(v, "high watermark", high_watermark);
  visit(v, "synced end", synced_end);
  visit(v, "isr", isr);
  visit(v, "maximal isr", maximal_isr);
}

void PartitionState::describe(StateVisitor& v) const {
  visit(v, "partition", ref);
  visit(v, "replicas", replicas);
  visit(v, "leader", leader);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "partition epoch", partition_epoch);
  visit(v, "isr", isr);
  visit(v, "elr", elr);
  visit(v, "deleted", deleted);
  visit(v, "ghost start", ghost_start);
  visit(v, "ghost end", ghost_end);
  visit(v, "states", states);
}

void NodeState::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "up", up);
  visit(v, "incarnation", incarnation);
  visit(v, "broker state", broker_state);
  visit(v, "quorum role", quorum_role);
  visit(v, "quorum epoch", quorum_epoch);
  visit(v, "quorum leader", quorum_leader);
  visit(v, "metadata applied", metadata_applied);
  visit(v, "broker epoch", broker_epoch);
  visit(v, "fenced", fenced);
  visit(v, "in controlled shutdown", in_controlled_shutdown);
}

void Counts::describe(StateVisitor& v) const {
  visit(v, "acked", acked);
  visit(v, "failed", failed);
  visit(v, "consumed", consumed);
  visit(v, "leader changes", leader_changes);
  visit(v, "isr changes", isr_changes);
  visit(v, "elections", elections);
  visit(v, "unclean elections", unclean_elections);
  visit(v, "fenced", fenced);
  visit(v, "truncations", truncations);
  visit(v, "records truncated", records_truncated);
  visit(v, "votes refused", votes_refused);
  visit(v, "faults", faults);
  visit(v, "resets", resets);
  visit(v, "bytes lost", bytes_lost);
}

void ClusterState::describe(StateVisitor& v) const {
  visit(v, "partitions", partitions_);
  visit(v, "nodes", nodes_);
  visit(v, "counts", counts_);
}

}  // namespace logarium::checkers
