#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/content_map.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Properties R14 and R15: the batches of an idempotent producer stand in the ghost in the order in
// which they were first sent, each once. Two properties, so two small classes; each remembers of
// the sent batches just what it needs.

// Where Kafka promises no order and no uniqueness. A leader that loaded its producers from disk
// knows only the last batch of each (a producer snapshot holds no more), so the retry of an earlier
// one is out of sequence to it. The producer then takes a new epoch and sends what is in flight in
// that partition anew (KIP-360), although it may be in the log.
class Refusals {
 public:
  void opened(const ClusterState::At& at, const note::ReplicaOpened& note) {
    loaded_[{at.node, note.partition}] = note.log_end > note.log_start;
  }
  void answered(const ClusterState::At& at, const note::ProduceAnswered& note) {
    const auto code = static_cast<protocol::ErrorCode>(note.error);
    const bool refused = code == protocol::ErrorCode::kOutOfOrderSequenceNumber ||
                         code == protocol::ErrorCode::kUnknownProducerId;
    if (refused && loaded_[{at.node, note.partition}]) refused_[note.partition].push_back(at.event);
  }
  // Whether a batch may have been in flight when a producer was refused: sent before, and not
  // acknowledged yet (0: never).
  [[nodiscard]] bool concern(PartitionRef ref, std::uint64_t sent, std::uint64_t acked) const {
    const auto at = refused_.find(ref);
    if (at == refused_.end()) return false;
    const auto next = std::upper_bound(at->second.begin(), at->second.end(), sent);
    return next != at->second.end() && (acked == 0 || *next < acked);
  }

 private:
  std::map<std::pair<NodeIndex, PartitionRef>, bool> loaded_;
  std::map<PartitionRef, std::vector<std::uint64_t>> refused_;  // events, in order
};

// Follows each partition's ghost as it grows and hands every new batch out once.
class GhostReader {
 public:
  template <class Visit>
  void read(const PartitionState& partition, Visit&& visit) {
    if (next_.size() <= partition.index) next_.resize(partition.index + 1);
    std::size_t& next = next_[partition.index];
    if (next > partition.ghost.size()) next = partition.ghost.size();  // a cut took some back
    for (; next < partition.ghost.size(); ++next) visit(partition.ghost[next]);
  }

 private:
  std::vector<std::size_t> next_;  // by PartitionState::index
};

class ProducerOrder final : public CheckerOf<ProducerOrder> {
 public:
  [[nodiscard]] Property property() const override { return kProducerOrder; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BatchSent, note::BatchAcked, note::HighWatermarkMoved,
                       note::ReplicaOpened, note::ProduceAnswered>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* sent = std::get_if<note::BatchSent>(&note)) {
      if (sent->attempt != 1) return;
      const std::uint64_t order = ++orders_[{at.node, sent->partition}];
      sent_.insert(sent->content, {at.node, sent->sequence.value() >= 0, order, at.event, 0});
      return;
    }
    if (const auto* acked = std::get_if<note::BatchAcked>(&note)) {
      SentBatch* batch = sent_.find(acked->content);
      if (batch != nullptr && batch->acked == 0) batch->acked = at.event;
      return;
    }
    if (const auto* opened = std::get_if<note::ReplicaOpened>(&note)) {
      return refusals_.opened(at, *opened);
    }
    if (const auto* answered = std::get_if<note::ProduceAnswered>(&note)) {
      return refusals_.answered(at, *answered);
    }
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    if (moved.role != note::Role::kLeader || moved.partition == kMetadataPartition) return;
    const PartitionState& partition = *state.find(moved.partition);
    ghost_.read(partition, [&](const LogEntry& entry) {
      const SentBatch* batch = sent_.find(entry.content);
      if (batch == nullptr || !batch->idempotent) return;
      std::uint64_t& last = last_[{batch->producer, moved.partition}];
      if (batch->order < last && !refusals_.concern(moved.partition, batch->event, batch->acked) &&
          !concerned_by_cut(partition, *batch)) {
        report(findings, at,
               {fmt::format("batches of one idempotent producer stand in {} in another order than "
                            "they were sent",
                            name_of(moved.partition)),
                fmt::format("batch {} before batch {}", batch->order, last),
                fmt::format("batch {} at offset {}, after batch {}", batch->order,
                            entry.base.value(), last)});
      }
      last = std::max(last, batch->order);
    });
  }

 private:
  struct SentBatch {
    NodeIndex producer;
    bool idempotent = false;
    std::uint64_t order = 0;  // of the first sending, per producer and partition
    std::uint64_t event = 0;  // of the first sending
    std::uint64_t acked = 0;  // event; 0: not
  };
  // A log that lost records lost what it knew of their producers too: a batch that was in flight
  // then may be taken behind a later one, and one that was cut may come back when its replica lost
  // its power before the cut was durable. That records were lost at all is R3's business.
  static bool concerned_by_cut(const PartitionState& partition, const SentBatch& batch) {
    return std::any_of(partition.cuts.begin(), partition.cuts.end(),
                       [&batch](const GhostCut& cut) { return cut.event > batch.event; });
  }

  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> orders_;
  ContentMap<SentBatch> sent_;
  Refusals refusals_;
  GhostReader ghost_;
  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> last_;
};

class Idempotence final : public CheckerOf<Idempotence> {
 public:
  [[nodiscard]] Property property() const override { return kIdempotence; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BatchSent, note::BatchAcked, note::HighWatermarkMoved,
                       note::ReplicaOpened, note::ProduceAnswered>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* sent = std::get_if<note::BatchSent>(&note)) {
      if (sent->attempt != 1) return;
      sent_.insert(sent->content, {sent->sequence.value() >= 0, false, Offset(0), at.event, 0});
      return;
    }
    if (const auto* acked = std::get_if<note::BatchAcked>(&note)) {
      SentBatch* batch = sent_.find(acked->content);
      if (batch != nullptr && batch->acked == 0) batch->acked = at.event;
      return;
    }
    if (const auto* opened = std::get_if<note::ReplicaOpened>(&note)) {
      return refusals_.opened(at, *opened);
    }
    if (const auto* answered = std::get_if<note::ProduceAnswered>(&note)) {
      return refusals_.answered(at, *answered);
    }
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    if (moved.role != note::Role::kLeader || moved.partition == kMetadataPartition) return;
    const PartitionState& partition = *state.find(moved.partition);
    ghost_.read(partition, [&](const LogEntry& entry) {
      SentBatch* batch = sent_.find(entry.content);
      if (batch == nullptr || !batch->idempotent) return;
      if (!batch->seen) {
        batch->seen = true;
        batch->first = entry.base;
        return;
      }
      if (!partition.cuts.empty()) return;
      if (refusals_.concern(moved.partition, batch->event, batch->acked)) return;
      report(findings, at,
             {fmt::format("a batch of an idempotent producer was committed twice in {}",
                          name_of(moved.partition)),
              fmt::format("once, at offset {}", batch->first.value()),
              fmt::format("again at offset {}", entry.base.value())});
    });
  }

 private:
  struct SentBatch {
    bool idempotent = false;
    bool seen = false;        // in a ghost
    Offset first;             // where, when it was seen first
    std::uint64_t event = 0;  // of the first sending
    std::uint64_t acked = 0;  // event; 0: not
  };
  ContentMap<SentBatch> sent_;
  Refusals refusals_;
  GhostReader ghost_;
};

}  // namespace

std::unique_ptr<Checker> make_producer_order() { return std::make_unique<ProducerOrder>(); }
std::unique_ptr<Checker> make_idempotence() { return std::make_unique<Idempotence>(); }

}  // namespace logarium::checkers
