#include <fmt/format.h>

#include <map>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R13; Vanlightly kip_966 ConsistentRead, for read_uncommitted consumers. A leader that
// has not heard of its successor yet may still commit and serve what every in-sync replica has; the
// successor then commits it too. So a read beyond the ghost waits until the ghost has grown there.
class ReadConsistency final : public CheckerOf<ReadConsistency> {
 public:
  [[nodiscard]] Property property() const override { return kReadConsistency; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::Delivered, note::HighWatermarkMoved>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* read = std::get_if<note::Delivered>(&note)) {
      const PartitionState* partition = state.find(read->partition);
      if (partition == nullptr) return;
      const Read one{*read, at};
      const bool judged = judge(*partition, one, findings);
      if (!judged && !partition->deleted) early_[read->partition].push_back(one);
      return;
    }
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    if (early_.empty()) return;
    const auto waiting = early_.find(moved.partition);
    if (waiting == early_.end()) return;
    const PartitionState& partition = *state.find(moved.partition);
    std::erase_if(waiting->second,
                  [&](const Read& read) { return judge(partition, read, findings); });
    if (waiting->second.empty()) early_.erase(waiting);
  }
  void at_end(const ClusterState& state, const world::World&, const Moment&,
              Findings& findings) override {
    for (const auto& [ref, reads] : early_) {
      const PartitionState& partition = *state.find(ref);
      if (partition.deleted) continue;
      // A cut may have come since, after which nothing was committed any more.
      for (const Read& read : reads) {
        if (!judge(partition, read, findings)) tell(partition, read, nullptr, findings);
      }
    }
  }

 private:
  struct Read {
    note::Delivered note;
    ClusterState::At at;
  };

  // False while the ghost does not reach the read. A broker may serve what it had committed before
  // it hears of a cut: that its record was lost is judged by R3 and R4.
  bool judge(const PartitionState& partition, const Read& read, Findings& findings) const {
    const Offset base = read.note.base;
    if (holds(partition.ghost, read.note)) return true;
    for (const GhostCut& cut : partition.cuts) {
      if (holds(cut.lost, read.note)) return true;
      // Beyond what was known to be committed when the cut took all from there on.
      if (cut.event > read.at.event && base >= cut.to) return true;
    }
    const std::size_t i = entry_at(partition.ghost, base);
    if (i == partition.ghost.size()) return base < partition.ghost_start;  // removed meanwhile
    tell(partition, read, &partition.ghost[i], findings);
    return true;
  }
  static bool holds(const LogEntries& entries, const note::Delivered& read) {
    const std::size_t i = entry_at(entries, read.base);
    return i < entries.size() && entries[i].content == read.content;
  }
  void tell(const PartitionState& partition, const Read& read, const LogEntry* other,
            Findings& findings) const {
    report(findings, read.at,
           {fmt::format("a consumer read offset {} of {}, which {}", read.note.base.value(),
                        name_of(partition.ref),
                        other != nullptr ? "holds another record" : "was never committed"),
            "committed records only, each at its own offset",
            other != nullptr ? fmt::format("content {:016x} instead of {:016x}", read.note.content,
                                           other->content)
                             : fmt::format("committed up to {}", partition.ghost_end.value()),
            records_of(partition)});
  }

  std::map<PartitionRef, std::vector<Read>> early_;
};

}  // namespace

std::unique_ptr<Checker> make_read_consistency() { return std::make_unique<ReadConsistency>(); }

}  // namespace logarium::checkers
