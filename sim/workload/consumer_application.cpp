#include "sim/workload/consumer_application.hpp"

#include <typeinfo>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/records.hpp"
#include "sim/workload/record_value.hpp"

namespace logarium::workload {

using client::PollError;
using client::SeekTarget;

ConsumerApplication::ConsumerApplication(const ConsumerLoad& load, Random random)
    : load_(load), random_(random) {
  for (const TopicPartition& partition : load_.partitions) {
    places_.push_back({partition, std::nullopt, std::nullopt});
  }
}

void ConsumerApplication::started(const Now&, Calls& out) {
  auto assign = std::make_shared<client::Assign>();
  for (const Place& place : places_) {
    SeekTarget from = load_.from;
    if (place.next) {
      from.kind = SeekTarget::Kind::kOffset;
      from.value = place.next->value();
      from.offset_epoch = place.epoch;
    }
    assign->partitions.push_back({place.partition, from});
  }
  out.add(CommandId(next_command_++), std::move(assign));
  poll(out);
}

void ConsumerApplication::ended(const Now&) { next_poll_ = kNever; }

void ConsumerApplication::poll(Calls& out) {
  auto call = std::make_shared<client::Poll>();
  call->wait = load_.poll_wait;
  out.add(CommandId(next_command_++), std::move(call));
  next_poll_ = kNever;
}

void ConsumerApplication::wake(const Now& now, Calls& out) {
  if (next_poll_ <= now.monotonic) poll(out);
}

ConsumerApplication::Place* ConsumerApplication::place_of(const TopicPartition& partition) {
  for (Place& place : places_) {
    if (place.partition == partition) return &place;
  }
  return nullptr;
}

void ConsumerApplication::read(const client::PolledBatch& batch, Instant at) {
  protocol::RecordReader reader(batch.batch);
  protocol::RecordView record;
  while (reader.next(record)) {
    if (record.offset < batch.from || record.offset >= batch.next) continue;
    const auto uid = record.value ? read_value(*record.value) : std::nullopt;
    if (uid) {
      history_.add_read(*uid);
    } else {
      history_.add_corrupt();
    }
  }
  if (reader.error()) history_.add_corrupt();
  history_.end_batch(batch.ref, batch.from, batch.next, at);
  if (Place* place = place_of(batch.partition)) {
    place->next = batch.next;
    place->epoch.reset();
    if (batch.batch.partition_leader_epoch.value() >= 0) {
      place->epoch = batch.batch.partition_leader_epoch;
    }
  }
}

// What a careful application without a reset policy does: go to the first offset known to differ,
// else to the beginning. Nothing is skipped; something may be read twice.
void ConsumerApplication::recover(const PollError& error, Calls& out) {
  ++errors_;
  if (error.kind == PollError::Kind::kFatal) return;
  auto seek = std::make_shared<client::Seek>();
  seek->partition = error.partition;
  seek->to.kind = SeekTarget::Kind::kBeginning;
  if (error.divergent) {
    seek->to.kind = SeekTarget::Kind::kOffset;
    seek->to.value = error.divergent->value();
  }
  out.add(CommandId(next_command_++), std::move(seek));
}

void ConsumerApplication::on_answer(const Now& now, CommandId, const CommandResultRef& result,
                                    Calls& out) {
  const CommandResult* given = result.get();
  if (given == nullptr || typeid(*given) != typeid(client::PollResult)) return;
  const auto* polled = static_cast<const client::PollResult*>(given);
  history_.begin_poll();
  for (const client::PolledBatch& batch : polled->batches) read(batch, now.monotonic);
  for (const PollError& error : polled->errors) recover(error, out);
  if (load_.think_time.ns > 0) {
    next_poll_ = now.monotonic + load_.think_time;
  } else {
    poll(out);
  }
}

std::unique_ptr<Application> ConsumerApplication::clone() const {
  return std::make_unique<ConsumerApplication>(*this);
}

void ConsumerApplication::Place::describe(StateVisitor& v) const {
  visit(v, "partition", partition);
  visit(v, "next", next);
  visit(v, "epoch", epoch);
}

void ConsumerApplication::describe(StateVisitor& v) const {
  visit(v, "history", history_);
  visit(v, "places", places_);
  visit(v, "next poll", next_poll_);
  visit(v, "errors", errors_);
  visit(v, "next command", next_command_);
}

}  // namespace logarium::workload
