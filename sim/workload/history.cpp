#include "sim/workload/history.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium::workload {

std::uint32_t History::partition_index(PartitionRef partition) {
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    if (partitions_[i] == partition) return static_cast<std::uint32_t>(i);
  }
  partitions_.push_back(partition);
  return static_cast<std::uint32_t>(partitions_.size() - 1);
}

void History::begin_send(Uid uid, Instant at) {
  ENSURE(open_.empty() || uid == open_.back().uid + 1);
  open_.push_back({uid, at, false});
  ++begun_;
  digest_.add(uid);
}

void History::record(const OpenSend& open, const End& end, Instant at) {
  SendOp op;
  op.uid = open.uid;
  op.offset = end.offset;
  op.sent = open.sent;
  op.ended = at;
  op.error = end.error;
  op.outcome = end.outcome;
  if (end.partition) op.partition = partition_index(*end.partition);
  switch (end.outcome) {
    case SendOutcome::kAcked:
      ++acked_;
      break;
    case SendOutcome::kFailed:
      ++failed_;
      break;
    case SendOutcome::kUnknown:
      ++unknown_;
      break;
  }
  digest_.add(op.uid);
  digest_.add(op.offset ? op.offset->value() : -1);
  digest_.add(static_cast<std::uint64_t>(op.outcome));
  sends_.push_back(op);
}

void History::end_send(Uid uid, const End& end, Instant at) {
  if (open_.empty() || uid < open_.front().uid) return;
  const std::uint64_t index = uid - open_.front().uid;
  if (index >= open_.size() || open_[index].ended) return;
  open_[index].ended = true;
  record(open_[index], end, at);
  while (!open_.empty() && open_.front().ended) open_.pop_front();
}

void History::abandon_open(Instant at) {
  while (!open_.empty()) {
    const OpenSend open = open_.pop_front();
    if (!open.ended) record(open, End{}, at);
  }
}

void History::add_read(Uid uid) {
  uids_.push_back(uid);
  digest_.add(uid);
}

void History::end_batch(PartitionRef partition, Offset from, Offset next, Instant at) {
  PollOp op;
  op.at = at;
  op.from = from;
  op.next = next;
  op.first_uid = batch_start_;
  op.records = static_cast<std::uint32_t>(uids_.size() - batch_start_);
  op.partition = partition_index(partition);
  op.poll = polls_made_;
  polls_.push_back(op);
  batch_start_ = uids_.size();
  digest_.add(from.value());
  digest_.add(next.value());
}

void History::describe(StateVisitor& v) const {
  visit(v, "begun", begun_);
  visit(v, "acked", acked_);
  visit(v, "failed", failed_);
  visit(v, "unknown", unknown_);
  visit(v, "read", uids_.size());
  visit(v, "corrupt", corrupt_);
  visit(v, "polls", polls_made_);
  visit(v, "open", open_.size());
  visit(v, "digest", digest_.value());
}

}  // namespace logarium::workload
