// Producer, its state field by field.

#include "engine/base/state_visitor.hpp"
#include "engine/client/producer.hpp"

namespace logarium::client {

void Producer::InLine::describe(StateVisitor& v) const {
  visit(v, "command", command);
  visit(v, "call", call->hash());
  visit(v, "topic", topic);
  visit(v, "next", next);
  visit(v, "deadline", deadline);
}

void Producer::TopicState::describe(StateVisitor& v) const {
  visit(v, "name", name);
  visit(v, "partitioner", partitioner);
  visit(v, "slots", slots);
}

void Producer::Lane::describe(StateVisitor& v) const {
  visit(v, "node", node);
  visit(v, "ready", ready);
  visit(v, "in flight", in_flight);
  visit(v, "woken at", woken_at);
}

void Producer::SentRequest::describe(StateVisitor& v) const {
  visit(v, "number", number);
  visit(v, "node", node);
  v.open_list("batches", batches.size());
  for (const SentBatch& batch : batches) {
    v.open_struct("");
    visit(v, "slot", batch.slot);
    visit(v, "number", batch.number);
    v.close();
  }
  v.close();
}

void Producer::Due::describe(StateVisitor& v) const {
  visit(v, "when", when);
  visit(v, "order", order);
  visit(v, "slot", slot);
  visit(v, "number", number);
}

void Producer::Expiry::describe(StateVisitor& v) const {
  visit(v, "when", when);
  visit(v, "slot", slot);
  visit(v, "number", number);
}

void Producer::describe(StateVisitor& v) const {
  visit(v, "topics", topics_);
  visit(v, "partitions", partitions_);
  visit(v, "line", line_);
  visit(v, "lanes", lanes_);
  visit(v, "strays", strays_);
  visit(v, "due", due_);
  visit(v, "expiry", expiry_);
  visit(v, "requests", requests_);
  visit(v, "flushes", flushes_);
  visit(v, "closing", closing_);
  visit(v, "identity", identity_);
  visit(v, "id asked", id_asked_);
  visit(v, "id failures", id_failures_);
  visit(v, "id allowed at", id_allowed_at_);
  visit(v, "doubtful", doubtful_);
  visit(v, "bump required", bump_required_);
  visit(v, "fatal", fatal_);
  visit(v, "memory used", memory_used_);
  visit(v, "outstanding", outstanding_);
  visit(v, "next batch", next_batch_);
  visit(v, "next request", next_request_);
  visit(v, "next due", next_due_);
}

}  // namespace logarium::client
