#include "engine/raft/accumulator.hpp"

#include <utility>

#include "engine/protocol/records.hpp"

namespace logarium::raft {

std::optional<std::int64_t> Accumulator::add(std::vector<Bytes> records) {
  std::int64_t bytes = 0;
  for (const Bytes& record : records) {
    protocol::NewRecord added;
    added.value = record.view();
    bytes += static_cast<std::int64_t>(protocol::BatchBuilder::upper_bound(added));
  }
  if (bytes > kBatchBytesMax) return std::nullopt;
  if (batches_.empty() || batches_.back().bytes + bytes > kBatchBytesMax) {
    if (batches_.size() >= kBatchesMax) return std::nullopt;
    batches_.emplace_back();
  }
  Collected& open = batches_.back();
  open.bytes += bytes;
  waiting_ += static_cast<std::int64_t>(records.size());
  for (Bytes& record : records) open.records.push_back(std::move(record));
  return waiting_;
}

std::vector<protocol::Batch> Accumulator::drain(Offset base, LeaderEpoch epoch,
                                                std::int64_t unix_ms) {
  std::vector<protocol::Batch> result;
  for (const Collected& collected : batches_) {
    protocol::BatchOptions options;
    options.base_offset = base;
    options.leader_epoch = epoch;
    protocol::BatchBuilder builder(options);
    for (const Bytes& record : collected.records) {
      protocol::NewRecord added;
      added.timestamp = unix_ms;
      added.value = record.view();
      builder.append(added);
    }
    result.push_back(builder.build());
    base = result.back().next_offset();
  }
  batches_.clear();
  waiting_ = 0;
  return result;
}

void Accumulator::Collected::describe(StateVisitor& v) const {
  visit(v, "records", records);
  visit(v, "bytes", bytes);
}

void Accumulator::describe(StateVisitor& v) const {
  visit(v, "batches", batches_);
  visit(v, "waiting", waiting_);
}

}  // namespace logarium::raft
