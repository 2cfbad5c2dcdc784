#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R7 (and Q3 for the metadata log); Raft's Log Matching. A replica that appends a batch
// which another holds at the same offset in the same epoch holds the same records there, and below.
class LogMatching final : public CheckerOf<LogMatching> {
 public:
  [[nodiscard]] Property property() const override { return kLogMatching; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::Appended>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& appended = std::get<note::Appended>(note);
    if (appended.role == note::Role::kLeader) return;
    const PartitionState& partition = *state.find(appended.partition);
    const ReplicaState* own = partition.replica(state.node(at.node).id);
    if (own == nullptr || own->entries.empty()) return;
    const LogEntry& entry = own->entries.back();
    for (const ReplicaState& other : partition.states) {
      if (other.id == own->id) continue;
      const std::size_t i = entry_at(other.entries, entry.base);
      if (i == other.entries.size()) continue;
      const LogEntry& theirs = other.entries[i];
      if (theirs.base != entry.base || theirs.leader_epoch != entry.leader_epoch) continue;
      if (theirs.content == entry.content && theirs.chain == entry.chain) continue;
      report(findings, at,
             {fmt::format("{} and {} hold different records at or below offset {} of {}, both in "
                          "leader epoch {}",
                          name_of(own->id), name_of(other.id), entry.base.value(),
                          name_of(partition.ref), entry.leader_epoch.value()),
              "equal logs below an offset that both hold in the same epoch",
              theirs.content == entry.content ? "an earlier batch differs" : "this batch differs",
              records_of(partition)});
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_log_matching() { return std::make_unique<LogMatching>(); }

}  // namespace logarium::checkers
