#include <fmt/format.h>

#include <map>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/content_map.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Properties R14 and R15: the batches of an idempotent producer stand in the ghost in the order in
// which they were first sent, each once. Two properties, so two small classes; each remembers of
// the sent batches just what it needs.

// Follows each partition's ghost as it grows and hands every new batch out once.
class GhostReader {
 public:
  template <class Visit>
  void read(const PartitionState& partition, Visit&& visit) {
    std::size_t& next = next_[partition.ref];
    if (next > partition.ghost.size()) next = partition.ghost.size();  // a cut took some back
    for (; next < partition.ghost.size(); ++next) visit(partition.ghost[next]);
  }

 private:
  std::map<PartitionRef, std::size_t> next_;
};

class ProducerOrder final : public CheckerOf<ProducerOrder> {
 public:
  [[nodiscard]] Property property() const override { return kProducerOrder; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BatchSent, note::HighWatermarkMoved>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* sent = std::get_if<note::BatchSent>(&note)) {
      if (sent->attempt != 1) return;
      const std::uint64_t order = ++orders_[{at.node, sent->partition}];
      sent_.insert(sent->content, {at.node, sent->sequence.value() >= 0, order});
      return;
    }
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    if (moved.role != note::Role::kLeader || moved.partition == kMetadataPartition) return;
    const PartitionState& partition = *state.find(moved.partition);
    ghost_.read(partition, [&](const LogEntry& entry) {
      const SentBatch* batch = sent_.find(entry.content);
      if (batch == nullptr || !batch->idempotent) return;
      std::uint64_t& last = last_[{batch->producer, moved.partition}];
      if (batch->order < last) {
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
  };
  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> orders_;
  ContentMap<SentBatch> sent_;
  GhostReader ghost_;
  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> last_;
};

class Idempotence final : public CheckerOf<Idempotence> {
 public:
  [[nodiscard]] Property property() const override { return kIdempotence; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BatchSent, note::HighWatermarkMoved>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* sent = std::get_if<note::BatchSent>(&note)) {
      if (sent->attempt != 1) return;
      sent_.insert(sent->content, {sent->sequence.value() >= 0, false, Offset(0)});
      return;
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
    bool seen = false;  // in a ghost
    Offset first;       // where, when it was seen first
  };
  ContentMap<SentBatch> sent_;
  GhostReader ghost_;
};

}  // namespace

std::unique_ptr<Checker> make_producer_order() { return std::make_unique<ProducerOrder>(); }
std::unique_ptr<Checker> make_idempotence() { return std::make_unique<Idempotence>(); }

}  // namespace logarium::checkers
