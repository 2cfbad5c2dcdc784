#include "sim/checkers/sends.hpp"

#include <algorithm>

#include "engine/protocol/error_code.hpp"

namespace logarium::checkers {

void Sends::sent(NodeIndex node, std::uint64_t event, const note::BatchSent& note) {
  if (note.attempt != 1) return;
  const std::uint64_t order = ++orders_[{node, note.partition}];
  sent_.insert(note.content, {node, note.sequence.value() >= 0, order, event});
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
}

void Sends::opened(NodeIndex node, const note::ReplicaOpened& note) {
  loaded_[{node, note.partition}] = note.log_end > note.log_start;
}

void Sends::answered(NodeIndex node, std::uint64_t event, const note::ProduceAnswered& note) {
  const auto code = static_cast<protocol::ErrorCode>(note.error);
  const bool refused = code == protocol::ErrorCode::kOutOfOrderSequenceNumber ||
                       code == protocol::ErrorCode::kUnknownProducerId;
  if (refused && loaded_[{node, note.partition}]) refused_[note.partition].push_back(event);
}

bool Sends::sent_anew(PartitionRef partition, const SentBatch& batch) const {
  const auto at = refused_.find(partition);
  if (at == refused_.end()) return false;
  const auto next = std::upper_bound(at->second.begin(), at->second.end(), batch.event);
  return next != at->second.end() && batch.in_flight(*next);
}

}  // namespace logarium::checkers
