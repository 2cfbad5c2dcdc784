#pragma once
// Sends: what producers' notes say of the batches that they sent, and what brokers' notes say of
// those they wrote as leaders or refused. Batches are known by their content: a batch that is sent
// anew under another producer epoch keeps it.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/checkers/content_map.hpp"
#include "sim/checkers/verdict.hpp"
#include "sim/world/types.hpp"

namespace logarium::checkers {

using world::NodeIndex;

struct SentBatch {
  NodeIndex producer;
  bool idempotent = false;
  std::uint64_t order = 0;  // of the first sending, per producer and partition, from 1
  std::uint64_t event = 0;  // of the first sending
  std::uint64_t acked = 0;  // event; 0: not
  // Where and in which epoch a leader wrote it last; none before it did.
  Offset base{-1};
  LeaderEpoch written_in{-1};
  // Whether it was on its way at that event: neither order nor uniqueness is promised of it when
  // the leader's memory of the producer was lost then.
  [[nodiscard]] bool in_flight(std::uint64_t at) const {
    return event < at && (acked == 0 || at < acked);
  }
};

class Sends {
 public:
  void sent(NodeIndex node, std::uint64_t event, const note::BatchSent& note);
  void acked(std::uint64_t event, const note::BatchAcked& note);
  // REQUIRES: as a leader.
  void appended(const note::Appended& note);
  void opened(NodeIndex node, const note::ReplicaOpened& note);
  void answered(NodeIndex node, std::uint64_t event, const note::ProduceAnswered& note);

  // Null when no producer told of the content. Valid until the next note.
  [[nodiscard]] const SentBatch* find(std::uint64_t content) const { return sent_.find(content); }
  // Whether the batch was on its way when a leader refused a sequence that it had forgotten. A
  // leader that loaded its producers from disk knows only the last batch of each (a producer
  // snapshot holds no more), so the retry of an earlier one is out of sequence to it. The producer
  // then takes a new epoch and sends what is in flight in that partition anew (KIP-360), although
  // it may be in the log.
  [[nodiscard]] bool sent_anew(PartitionRef partition, const SentBatch& batch) const;
  // Whether that may be so of any batch.
  [[nodiscard]] bool any_sent_anew(PartitionRef partition) const {
    return refused_.contains(partition);
  }

 private:
  ContentMap<SentBatch> sent_;
  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> orders_;
  std::map<std::pair<NodeIndex, PartitionRef>, bool> loaded_;   // opened with records in it
  std::map<PartitionRef, std::vector<std::uint64_t>> refused_;  // events, in order
};

}  // namespace logarium::checkers
