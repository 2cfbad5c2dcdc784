#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R17.
class Retention final : public CheckerOf<Retention> {
 public:
  [[nodiscard]] Property property() const override { return kRetention; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::SegmentDeleted>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& deleted = std::get<note::SegmentDeleted>(note);
    if (deleted.cause == note::DeleteCause::kTruncation) return;
    if (deleted.partition == kMetadataPartition) return;
    const PartitionState& partition = *state.find(deleted.partition);
    if (deleted.next <= partition.ghost_end) return;
    report(findings, at,
           {fmt::format("retention deleted records of {} that were not committed",
                        name_of(deleted.partition)),
            fmt::format("only segments below {}", partition.ghost_end.value()),
            fmt::format("the segment [{}, {})", deleted.base.value(), deleted.next.value())});
  }
};

}  // namespace

std::unique_ptr<Checker> make_retention() { return std::make_unique<Retention>(); }

}  // namespace logarium::checkers
