#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/content_map.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Properties R14 and R15: the batches of an idempotent producer stand in the ghost in the order in
// which they were first sent, each once. Two properties, so two small classes.

// Follows each partition's ghost as it grows and hands every new batch out once; what stands where
// a cut took others is new.
class GhostReader {
 public:
  template <class Visit>
  void read(const PartitionState& partition, Visit&& visit) {
    if (places_.size() <= partition.index) places_.resize(partition.index + 1);
    Place& place = places_[partition.index];
    for (; place.cuts < partition.cuts.size(); ++place.cuts) {
      const Offset from = partition.cuts[place.cuts].from;
      place.next = std::min(place.next, entries_below(partition.ghost, from));
    }
    for (; place.next < partition.ghost.size(); ++place.next) visit(partition.ghost[place.next]);
  }

 private:
  struct Place {
    std::size_t next = 0;
    std::size_t cuts = 0;  // that were taken into account
  };
  std::vector<Place> places_;  // by PartitionState::index
};

// What both look at: each batch of an idempotent producer, once, when it stands in the ghost.
template <class Self>
class ProducerChecker : public CheckerOf<Self> {
 public:
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    if (moved.role != note::Role::kLeader || moved.partition == kMetadataPartition) return;
    const PartitionState& partition = *state.find(moved.partition);
    const Sends& sends = state.sends();
    ghost_.read(partition, [&](const LogEntry& entry) {
      const SentBatch* batch = sends.find(entry.content);
      if (batch == nullptr || !batch->idempotent) return;
      const bool anew = sends.sent_anew(partition.ref, *batch);
      static_cast<Self&>(*this).judge({partition, entry, *batch, anew, at, findings});
    });
  }

 protected:
  struct Case {
    const PartitionState& partition;
    const LogEntry& entry;
    const SentBatch& batch;
    bool anew;  // was on its way when a leader had forgotten the producer
    const ClusterState::At& at;
    Findings& findings;
  };

 private:
  GhostReader ghost_;
};

class ProducerOrder final : public ProducerChecker<ProducerOrder> {
 public:
  [[nodiscard]] Property property() const override { return kProducerOrder; }
  void judge(const Case& c) {
    std::uint64_t& last = last_[{c.batch.producer, c.partition.ref}];
    if (c.batch.order < last && !c.anew && !concerned_by_cut(c)) {
      report(c.findings, c.at,
             {fmt::format("batches of one idempotent producer stand in {} in another order than "
                          "they were sent",
                          name_of(c.partition.ref)),
              fmt::format("batch {} before batch {}", c.batch.order, last),
              fmt::format("batch {} at offset {}, after batch {}", c.batch.order,
                          c.entry.base.value(), last),
              records_of(c.partition)});
    }
    last = std::max(last, c.batch.order);
  }

 private:
  // A log that lost records lost what it knew of their producers too: a batch that was in flight
  // then may be taken behind a later one, and one that was cut may come back when its replica lost
  // its power before the cut was durable. That records were lost at all is R3's business.
  static bool concerned_by_cut(const Case& c) {
    const auto& cuts = c.partition.cuts;
    return std::any_of(cuts.begin(), cuts.end(), [&](const GhostCut& cut) {
      const bool here = cut.from <= c.entry.base && c.entry.base < cut.reach;
      return (c.batch.event < cut.event && here) || c.batch.in_flight(cut.event);
    });
  }

  std::map<std::pair<NodeIndex, PartitionRef>, std::uint64_t> last_;
};

class Idempotence final : public ProducerChecker<Idempotence> {
 public:
  [[nodiscard]] Property property() const override { return kIdempotence; }
  void judge(const Case& c) {
    Place* seen = seen_.find(c.entry.content);
    if (seen == nullptr) return seen_.insert(c.entry.content, {c.entry.base, c.at.event});
    const Place before = std::exchange(*seen, {c.entry.base, c.at.event});
    // The first one may be gone: a cut took it.
    const bool gone = std::any_of(
        c.partition.cuts.begin(), c.partition.cuts.end(),
        [&](const GhostCut& cut) { return cut.event > before.event && cut.from <= before.base; });
    if (gone || c.anew) return;
    report(c.findings, c.at,
           {fmt::format("a batch of an idempotent producer was committed twice in {}",
                        name_of(c.partition.ref)),
            fmt::format("once, at offset {}", before.base.value()),
            fmt::format("again at offset {}", c.entry.base.value()), records_of(c.partition)});
  }

 private:
  // Where a batch was seen in the ghost last.
  struct Place {
    Offset base;
    std::uint64_t event = 0;
  };
  ContentMap<Place> seen_;
};

}  // namespace

std::unique_ptr<Checker> make_producer_order() { return std::make_unique<ProducerOrder>(); }
std::unique_ptr<Checker> make_idempotence() { return std::make_unique<Idempotence>(); }

}  // namespace logarium::checkers
