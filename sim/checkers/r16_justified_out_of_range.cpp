#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R16.
class JustifiedOutOfRange final : public CheckerOf<JustifiedOutOfRange> {
 public:
  [[nodiscard]] Property property() const override { return kJustifiedOutOfRange; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::OutOfRange, note::PositionReset>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* answer = std::get_if<note::OutOfRange>(&note)) {
      if (answer->asked < answer->log_start || answer->asked > answer->log_end) return;
      report(findings, at,
             {fmt::format("a fetch of {} was answered OFFSET_OUT_OF_RANGE without cause",
                          name_of(answer->partition)),
              fmt::format("offset {} to be served from [{}, {}]", answer->asked.value(),
                          answer->log_start.value(), answer->log_end.value()),
              "OFFSET_OUT_OF_RANGE"});
      return;
    }
    const auto& reset = std::get<note::PositionReset>(note);
    if (reset.cause != note::ResetCause::kOutOfRange) return;
    const PartitionState* partition = state.find(reset.partition);
    if (partition == nullptr || partition->deleted) return;
    if (reset.from < partition->ghost_start || reset.from > partition->ghost_end) return;
    // A cut took the last record that the consumer had read, and new ones have come since.
    if (partition->rewritten(Offset(reset.from.value() - 1))) return;
    report(findings, at,
           {fmt::format("a consumer of {} lost its position although its records were there",
                        name_of(reset.partition)),
            fmt::format("to go on at offset {}", reset.from.value()),
            fmt::format("reset to {}; records from {} to {} were committed", reset.to.value(),
                        partition->ghost_start.value(), partition->ghost_end.value())});
  }
};

}  // namespace

std::unique_ptr<Checker> make_justified_out_of_range() {
  return std::make_unique<JustifiedOutOfRange>();
}

}  // namespace logarium::checkers
