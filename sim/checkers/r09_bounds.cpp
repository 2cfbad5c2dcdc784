#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R9, without the last stable offset (there are no transactions yet).
class Bounds final : public CheckerOf<Bounds> {
 public:
  [[nodiscard]] Property property() const override { return kBounds; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved, note::LogStartMoved, note::ReplicaOpened,
                       note::Synced>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const PartitionRef ref = std::visit(
        [](const auto& fact) {
          if constexpr (requires { fact.partition; }) return fact.partition;
          return PartitionRef{};
        },
        note);
    const PartitionState& partition = *state.find(ref);
    const ReplicaState* replica = partition.replica(state.node(at.node).id);
    if (replica == nullptr || !replica->open) return;
    const bool ordered = replica->log_start <= replica->log_end &&
                         replica->high_watermark <= replica->log_end &&
                         replica->synced_end <= replica->log_end;
    if (!ordered) {
      report(findings, at,
             {fmt::format("the offsets of {} on {} are out of order", name_of(ref),
                          name_of(replica->id)),
              "log start <= high watermark <= log end, and synced end <= log end",
              fmt::format("log start {}, high watermark {}, synced end {}, log end {}",
                          replica->log_start.value(), replica->high_watermark.value(),
                          replica->synced_end.value(), replica->log_end.value())});
    }
    const auto* opened = std::get_if<note::ReplicaOpened>(&note);
    const bool ahead = opened != nullptr && partition.cuts.empty() && ref != kMetadataPartition &&
                       opened->high_watermark > partition.ghost_end &&
                       opened->high_watermark > opened->log_start;
    if (!ahead) return;
    report(findings, at,
           {fmt::format("{} opened {} with a checkpointed high watermark that was never reached",
                        name_of(replica->id), name_of(ref)),
            fmt::format("at most {}", partition.ghost_end.value()),
            fmt::format("{}", opened->high_watermark.value())});
  }
};

}  // namespace

std::unique_ptr<Checker> make_bounds() { return std::make_unique<Bounds>(); }

}  // namespace logarium::checkers
