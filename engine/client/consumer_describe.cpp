// Consumer, its state field by field.

#include "engine/base/state_visitor.hpp"
#include "engine/client/consumer.hpp"

namespace logarium::client {

void Consumer::Partition::describe(StateVisitor& v) const {
  visit(v, "name", name);
  visit(v, "topic id", topic_id);
  visit(v, "state", state);
  visit(v, "generation", generation);
  visit(v, "reset kind", reset.kind);
  visit(v, "reset value", reset.value);
  visit(v, "reset cause", reset_cause);
  visit(v, "position", position);
  visit(v, "offset epoch", offset_epoch);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "preferred", preferred);
  visit(v, "preferred until", preferred_until);
  visit(v, "session", session);
  visit(v, "asked offset", asked_offset);
  visit(v, "asked generation", asked_generation);
  visit(v, "asking", asking);
  visit(v, "dirty", dirty);
  visit(v, "unsettled", unsettled);
  visit(v, "in changed", in_changed);
  visit(v, "retry at", retry_at);
  visit(v, "failures", failures);
}

void Consumer::Fetched::describe(StateVisitor& v) const {
  visit(v, "slot", slot);
  visit(v, "generation", generation);
  visit(v, "from", from);
  visit(v, "next", next);
  v.open_list("batches", batches.size());
  for (const protocol::Batch& batch : batches) visit(v, "", batch.identity());
  v.close();
}

void Consumer::Question::describe(StateVisitor& v) const {
  visit(v, "number", number);
  v.open_list("about", about.size());
  for (const About& entry : about) {
    v.open_struct("");
    visit(v, "slot", entry.slot);
    visit(v, "generation", entry.generation);
    visit(v, "leader epoch", entry.leader_epoch);
    v.close();
  }
  v.close();
}

void Consumer::Waiting::describe(StateVisitor& v) const {
  visit(v, "command", id);
  visit(v, "deadline", deadline);
}

void Consumer::describe(StateVisitor& v) const {
  visit(v, "partitions", partitions_);
  visit(v, "free slots", free_slots_);
  visit(v, "sessions", sessions_);
  visit(v, "dirty", dirty_);
  visit(v, "unsettled", unsettled_);
  visit(v, "questions", questions_);
  visit(v, "fetched", fetched_);
  visit(v, "errors", errors_.size());
  visit(v, "waiting", waiting_);
  visit(v, "next generation", next_generation_);
  visit(v, "next question", next_question_);
  if (names_only_) visit(v, "names only", names_only_);
}

}  // namespace logarium::client
