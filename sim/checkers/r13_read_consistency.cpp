#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// SEMANTICS R13; Vanlightly kip_966 ConsistentRead, for read_uncommitted consumers.
class ReadConsistency final : public CheckerOf<ReadConsistency> {
 public:
  [[nodiscard]] Property property() const override { return kReadConsistency; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::Delivered>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& read = std::get<note::Delivered>(note);
    const PartitionState* partition = state.find(read.partition);
    if (partition == nullptr || partition->deleted) return;
    if (read.base < partition->ghost_start) return;  // removed since it was fetched
    const std::size_t i = entry_at(partition->ghost, read.base);
    const bool known = i < partition->ghost.size();
    if (known && partition->ghost[i].content == read.content) return;
    // What a cut took from the ghost after the broker had served it is judged by R3 and R4.
    for (const GhostCut& cut : partition->cuts) {
      if (read.base >= cut.from && read.base < cut.to) return;
    }
    report(findings, at,
           {fmt::format("a consumer read offset {} of {}, which {}", read.base.value(),
                        name_of(read.partition),
                        known ? "holds another record" : "was never committed"),
            "committed records only, each at its own offset",
            known ? fmt::format("content {:016x} instead of {:016x}", read.content,
                                partition->ghost[i].content)
                  : fmt::format("committed up to {}", partition->ghost_end.value()),
            recent_causes(*partition)});
  }
};

}  // namespace

std::unique_ptr<Checker> make_read_consistency() { return std::make_unique<ReadConsistency>(); }

}  // namespace logarium::checkers
