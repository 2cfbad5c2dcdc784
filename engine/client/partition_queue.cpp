#include "engine/client/partition_queue.hpp"

#include <algorithm>
#include <limits>

#include "engine/base/state_visitor.hpp"

namespace logarium::client {
namespace {

constexpr std::int64_t kSequences = std::int64_t{1} << 31;

}  // namespace

Sequence advance(Sequence sequence, std::int32_t records) {
  const std::int64_t next = (std::int64_t{sequence.value()} + records) % kSequences;
  return Sequence(static_cast<std::int32_t>(next));
}

bool precedes(Sequence a, Sequence b) {
  const std::int64_t ahead = (std::int64_t{b.value()} - a.value() + kSequences) % kSequences;
  return ahead != 0 && ahead < kSequences / 2;
}

std::int64_t OutBatch::size_bytes() const {
  return static_cast<std::int64_t>(built ? built->size_bytes() : builder.size_bytes());
}

bool OutBatch::has_sequence() const {
  return built && built->base_sequence != protocol::kNoSequence;
}

void OutBatch::stamp(const ProducerIdentity& identity, Sequence sequence) {
  ENSURE(built.has_value());
  built->producer_id = identity.id;
  built->producer_epoch = identity.epoch;
  built->base_sequence = sequence;
  built->crc = built->computed_crc();
}

bool PartitionQueue::has_sent_batches() const {
  return !on_wire.empty() || (!waiting.empty() && waiting.front().has_sequence());
}

std::optional<Sequence> PartitionQueue::first_unsettled() const {
  std::optional<Sequence> first;
  const auto consider = [&first](const OutBatch& batch) {
    if (!batch.has_sequence()) return;
    if (!first || precedes(batch.built->base_sequence, *first)) first = batch.built->base_sequence;
  };
  for (const OutBatch& batch : on_wire) consider(batch);
  for (const OutBatch& batch : waiting) {
    if (!batch.has_sequence()) break;
    consider(batch);
  }
  return first;
}

bool PartitionQueue::is_next(Sequence sequence) const {
  return sequence == (last_acked ? advance(*last_acked, 1) : Sequence(0));
}

// Asked of batches that linger: the newest.
bool PartitionQueue::waits(std::uint64_t number) const {
  for (std::size_t i = waiting.size(); i > 0; --i) {
    if (waiting[i - 1].number == number) return true;
  }
  return false;
}

// Asked of the oldest.
bool PartitionQueue::holds(std::uint64_t number) const {
  const auto same = [number](const OutBatch& batch) { return batch.number == number; };
  if (std::any_of(on_wire.begin(), on_wire.end(), same)) return true;
  for (const OutBatch& batch : waiting) {
    if (same(batch)) return true;
  }
  return false;
}

std::optional<OutBatch> PartitionQueue::take_from_wire(std::uint64_t number) {
  for (auto at = on_wire.begin(); at != on_wire.end(); ++at) {
    if (at->number != number) continue;
    OutBatch batch = std::move(*at);
    on_wire.erase(at);
    return batch;
  }
  return std::nullopt;
}

void PartitionQueue::put_back(OutBatch batch) {
  std::size_t at = 0;
  if (batch.has_sequence()) {
    const Sequence sequence = batch.built->base_sequence;
    while (at < waiting.size() && waiting[at].has_sequence() &&
           precedes(waiting[at].built->base_sequence, sequence)) {
      ++at;
    }
  }
  if (at == 0) {
    waiting.push_front(std::move(batch));
  } else {
    waiting.insert(at, std::move(batch));
  }
}

void PartitionQueue::restart_sequences(const ProducerIdentity& to) {
  ENSURE(on_wire.empty());
  identity = to;
  Sequence sequence{0};
  for (OutBatch& batch : waiting) {
    if (!batch.has_sequence()) break;
    batch.stamp(to, sequence);
    batch.sequence_reset = true;
    sequence = advance(sequence, batch.records());
  }
  next_sequence = sequence;
  last_acked.reset();
  unresolved.reset();
  rewrite = false;
}

void ProducerIdentity::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "epoch", epoch);
}

void OutBatch::describe(StateVisitor& v) const {
  visit(v, "number", number);
  visit(v, "command", command);
  visit(v, "created", created);
  visit(v, "tags", tags);
  visit(v, "bytes", size_bytes());
  visit(v, "content", built ? built->content() : 0);
  visit(v, "sequence", built ? built->base_sequence : protocol::kNoSequence);
  visit(v, "reserved bytes", reserved_bytes);
  visit(v, "attempts", attempts);
  visit(v, "retry at", retry_at);
  visit(v, "full", full);
  visit(v, "sequence reset", sequence_reset);
  visit(v, "maybe in log", maybe_in_log);
}

void PartitionQueue::describe(StateVisitor& v) const {
  visit(v, "topic", topic);
  visit(v, "partition", partition);
  visit(v, "waiting", waiting);
  visit(v, "on wire", on_wire);
  visit(v, "listed", listed);
  visit(v, "identity", identity);
  visit(v, "next sequence", next_sequence);
  visit(v, "last acked", last_acked);
  visit(v, "last acked offset", last_acked_offset);
  visit(v, "unresolved", unresolved);
  visit(v, "rewrite", rewrite);
}

}  // namespace logarium::client
