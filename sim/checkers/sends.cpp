#include "sim/checkers/sends.hpp"

#include <algorithm>
#include <set>

#include "engine/protocol/error_code.hpp"
#include "sim/checkers/cluster_state.hpp"

namespace logarium::checkers {

void Sends::sent(NodeIndex node, std::uint64_t event, const note::BatchSent& note) {
  if (note.attempt != 1) {
    if (SentBatch* batch = sent_.find(note.content)) batch->sequence = note.sequence;
    return;
  }
  const std::uint64_t order = ++orders_[{node, note.partition}];
  sent_.insert(note.content, {.producer = node,
                              .idempotent = note.sequence.value() >= 0,
                              .order = order,
                              .event = event,
                              .sequence = note.sequence});
}

void Sends::acked(std::uint64_t event, const note::BatchAcked& note) {
  SentBatch* batch = sent_.find(note.content);
  if (batch != nullptr && batch->acked == 0) batch->acked = event;
}

void Sends::appended(const note::Appended& note) {
  SentBatch* batch = sent_.find(note.content);
  if (batch == nullptr) return;
  batch->base = note.base;
  batch->written_in = note.leader_epoch;
  batch->written_as = batch->sequence;
}

void Sends::opened(NodeIndex node, const note::ReplicaOpened& note) {
  loaded_[{node, note.partition}] = note.log_end > note.log_start;
}

void Sends::answered(NodeIndex node, std::uint64_t event, const note::ProduceAnswered& note,
                     const LogEntries* log) {
  const auto code = static_cast<protocol::ErrorCode>(note.error);
  if (code != protocol::ErrorCode::kOutOfOrderSequenceNumber &&
      code != protocol::ErrorCode::kUnknownProducerId) {
    return;
  }
  std::vector<Refusal>& refused = refused_[note.partition];
  if (loaded_[{node, note.partition}]) {
    refused.push_back({event, std::nullopt});
    return;
  }
  if (log == nullptr) return;
  std::set<NodeIndex> seen;
  for (std::size_t i = 0; i < log->size(); ++i) {
    const SentBatch* batch = find((*log)[i].content);
    if (batch == nullptr || !batch->idempotent || !seen.insert(batch->producer).second) continue;
    if (batch->written_as > Sequence(0)) refused.push_back({event, batch->producer});
  }
}

bool Sends::sent_anew(PartitionRef partition, const SentBatch& batch) const {
  const auto at = refused_.find(partition);
  if (at == refused_.end()) return false;
  const std::vector<Refusal>& refused = at->second;
  auto next = std::upper_bound(
      refused.begin(), refused.end(), batch.event,
      [](std::uint64_t event, const Refusal& refusal) { return event < refusal.event; });
  for (; next != refused.end() && batch.in_flight(next->event); ++next) {
    if (!next->producer || *next->producer == batch.producer) return true;
  }
  return false;
}

}  // namespace logarium::checkers
