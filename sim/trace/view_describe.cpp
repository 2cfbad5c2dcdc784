// How a view names its fields: for digests, first differences, JSON and text.

#include "engine/base/state_visitor.hpp"
#include "sim/trace/view.hpp"

namespace logarium::trace {

void EpochRange::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  visit(v, "start", start);
}

void LogView::describe(StateVisitor& v) const {
  visit(v, "node", node);
  visit(v, "open", open);
  visit(v, "leading", leading);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "log start", log_start);
  visit(v, "log end", log_end);
  visit(v, "high watermark", high_watermark);
  visit(v, "synced end", synced_end);
  visit(v, "caught up", caught_up);
  visit(v, "isr", isr);
  visit(v, "maximal isr", maximal_isr);
  visit(v, "epochs", epochs);
}

void PartitionView::describe(StateVisitor& v) const {
  visit(v, "partition", ref);
  visit(v, "replicas", replicas);
  visit(v, "leader", leader);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "partition epoch", partition_epoch);
  visit(v, "isr", isr);
  visit(v, "elr", elr);
  visit(v, "deleted", deleted);
  visit(v, "logs", logs);
}

void PositionView::describe(StateVisitor& v) const {
  visit(v, "partition", partition);
  visit(v, "next", next);
}

void InFlightView::describe(StateVisitor& v) const {
  visit(v, "partition", partition);
  visit(v, "content", content);
  visit(v, "records", records);
  visit(v, "attempt", attempt);
  visit(v, "sent", sent);
}

void HeardView::describe(StateVisitor& v) const {
  visit(v, "from", from);
  visit(v, "at", at);
}

void VoteView::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  visit(v, "candidate", candidate);
}

void CountsView::describe(StateVisitor& v) const {
  visit(v, "records in", records_in);
  visit(v, "requests", requests);
  visit(v, "failed produces", failed_produces);
  visit(v, "isr shrinks", isr_shrinks);
  visit(v, "isr expands", isr_expands);
  visit(v, "elections", elections);
  visit(v, "unclean elections", unclean_elections);
  visit(v, "controllers", controllers);
  visit(v, "truncations", truncations);
  visit(v, "falls", falls);
  visit(v, "batches acked", batches_acked);
  visit(v, "ack ns", ack_ns);
  visit(v, "messages lost", messages_lost);
}

void QuorumView::describe(StateVisitor& v) const {
  visit(v, "role", role);
  visit(v, "epoch", epoch);
  visit(v, "leader", leader);
}

void NodeView::describe(StateVisitor& v) const {
  visit(v, "up", up);
  visit(v, "since", since);
  visit(v, "ended", ended);
  visit(v, "incarnation", incarnation);
  visit(v, "broker state", broker_state);
  visit(v, "quorum", quorum);
  visit(v, "controls", controls);
  visit(v, "metadata next", metadata_next);
  visit(v, "vote", vote);
  visit(v, "broker epoch", broker_epoch);
  visit(v, "fenced", fenced);
  visit(v, "in controlled shutdown", in_controlled_shutdown);
  visit(v, "acked", acked);
  visit(v, "failed", failed);
  visit(v, "delivered", delivered);
  visit(v, "positions", positions);
  visit(v, "in flight", in_flight);
  visit(v, "heard", heard);
}

void FaultView::describe(StateVisitor& v) const {
  visit(v, "fault", fault);
  visit(v, "kind", kind);
  visit(v, "since", since);
  visit(v, "nodes", nodes);
  visit(v, "one way", one_way);
  visit(v, "from", from);
  visit(v, "to", to);
  visit(v, "untold", untold);
}

void View::describe(StateVisitor& v) const {
  visit(v, "event", event_);
  visit(v, "time", time_);
  visit(v, "nodes", nodes_);
  visit(v, "partitions", partitions_);
  visit(v, "faults", faults_);
  visit(v, "counts", counts_);
}

}  // namespace logarium::trace
