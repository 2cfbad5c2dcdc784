#pragma once
// Sends: what producers' notes say of the batches that they sent, and what brokers' notes say of
// those they wrote as leaders or refused. Batches are known by their content: a batch that is sent
// anew under another producer epoch keeps it.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/chunked.hpp"
#include "sim/checkers/content_map.hpp"
#include "sim/checkers/verdict.hpp"
#include "sim/world/types.hpp"

namespace logarium::checkers {

using world::NodeIndex;
struct LogEntry;

struct SentBatch {
  NodeIndex producer;
  bool idempotent = false;
  std::uint64_t order = 0;  // of the first sending, per producer and partition, from 1
  std::uint64_t event = 0;  // of the first sending
  std::uint64_t acked = 0;  // event; 0: not
  Sequence sequence{};      // of the last sending: a new producer epoch numbers anew
  // Where and in which epoch a leader wrote it last; none before it did.
  Offset base{-1};
  LeaderEpoch written_in{-1};
  Sequence written_as{};
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
  // `log` is what the answering leader has of the partition from offset 0 on; null when it does not
  // begin there.
  void answered(NodeIndex node, std::uint64_t event, const note::ProduceAnswered& note,
                const ChunkedVector<LogEntry>* log);

  // Null when no producer told of the content. Valid until the next note.
  [[nodiscard]] const SentBatch* find(std::uint64_t content) const { return sent_.find(content); }
  // Whether the batch was on its way when a leader refused a sequence for what it did not know of
  // the producer. The producer then takes a new epoch and sends what is in flight in that partition
  // anew (KIP-360), although it may be in the log, or stand there behind what was sent later.
  //  - A leader that loaded its producers from disk knows only the last batch of each (a producer
  //    snapshot holds no more), so the retry of an earlier one is out of sequence to it.
  //  - A leader that does not know the producer takes any sequence from it. When the producer's
  //    first batch was lost or refused on its way and the next one was not, the leader begins with
  //    that, and the retry of the first is out of sequence (KAFKA-15591 mends this for partitions
  //    without records only).
  [[nodiscard]] bool sent_anew(PartitionRef partition, const SentBatch& batch) const;
  // Whether that may be so of any batch.
  [[nodiscard]] bool any_sent_anew(PartitionRef partition) const {
    const auto at = refused_.find(partition);
    return at != refused_.end() && !at->second.empty();
  }

 private:
  struct Refusal {
    std::uint64_t event = 0;
    std::optional<NodeIndex> producer;  // whom it concerns; empty: every one
  };
  ContentMap<SentBatch> sent_;
  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> orders_;
  std::map<std::pair<NodeIndex, PartitionRef>, bool> loaded_;  // opened with records in it
  std::map<PartitionRef, std::vector<Refusal>> refused_;       // in order of their events
};

}  // namespace logarium::checkers
