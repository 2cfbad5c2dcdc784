#include <fmt/format.h>

#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R10; Kafka's RaftEventSimulationTest MonotonicHighWatermark.
class MonotonicHighWatermark final : public CheckerOf<MonotonicHighWatermark> {
 public:
  [[nodiscard]] Property property() const override { return kMonotonicHighWatermark; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    if (moved.role != note::Role::kLeader) return;
    const std::size_t index = state.find(moved.partition)->index;
    if (last_.size() <= index) last_.resize(index + 1);
    Last& last = last_[index];
    const bool same = last.node == at.node && last.leader_epoch == moved.leader_epoch &&
                      last.incarnation == state.node(at.node).incarnation;
    if (same && moved.high_watermark < last.high_watermark) {
      report(findings, at,
             {fmt::format("the high watermark of {} fell within leader epoch {}",
                          name_of(moved.partition), moved.leader_epoch.value()),
              fmt::format("at least {}", last.high_watermark.value()),
              fmt::format("{}", moved.high_watermark.value())});
    }
    last = {at.node, state.node(at.node).incarnation, moved.leader_epoch, moved.high_watermark};
  }

 private:
  struct Last {
    NodeIndex node;
    Incarnation incarnation;
    LeaderEpoch leader_epoch{-1};
    Offset high_watermark;
  };
  std::vector<Last> last_;  // by partition index
};

}  // namespace

std::unique_ptr<Checker> make_monotonic_high_watermark() {
  return std::make_unique<MonotonicHighWatermark>();
}

}  // namespace logarium::checkers
