#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R8.
class LogShape final : public CheckerOf<LogShape> {
 public:
  [[nodiscard]] Property property() const override { return kLogShape; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::Appended>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& appended = std::get<note::Appended>(note);
    const PartitionState& partition = *state.find(appended.partition);
    const ReplicaState* replica = partition.replica(state.node(at.node).id);
    if (replica == nullptr) return;
    const std::size_t count = replica->entries.size();
    if (appended.base >= appended.next) tell(findings, at, appended, "an empty or negative batch");
    if (count >= 2) {
      const LogEntry& before = replica->entries[count - 2];
      if (before.next > appended.base) tell(findings, at, appended, "offsets that overlap");
      if (before.leader_epoch > appended.leader_epoch) {
        tell(findings, at, appended, "a leader epoch below that of the batch before");
      }
    }
    if (appended.partition == kMetadataPartition) return;
    if (replica->leader_epoch.value() >= 0 && appended.leader_epoch > replica->leader_epoch) {
      tell(findings, at, appended, "a batch of a leader epoch that the replica does not know");
    }
  }

 private:
  void tell(Findings& findings, const ClusterState::At& at, const note::Appended& appended,
            const char* seen) const {
    report(findings, at,
           {fmt::format("the batch [{}, {}) of leader epoch {} does not fit the log of {}",
                        appended.base.value(), appended.next.value(), appended.leader_epoch.value(),
                        name_of(appended.partition)),
            "offsets that increase and leader epochs that do not fall", seen});
  }
};

}  // namespace

std::unique_ptr<Checker> make_log_shape() { return std::make_unique<LogShape>(); }

}  // namespace logarium::checkers
