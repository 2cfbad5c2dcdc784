#include <fmt/format.h>

#include <map>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property Q5.
class EqualImages final : public CheckerOf<EqualImages> {
 public:
  [[nodiscard]] Property property() const override { return kEqualImages; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::MetadataApplied, note::ProcessStarted>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto* applied = std::get_if<note::MetadataApplied>(&note);
    if (applied == nullptr) {
      last_.erase(at.node);
      return;
    }
    const NodeId id = state.node(at.node).id;
    Offset& last = last_.try_emplace(at.node, applied->next).first->second;
    if (applied->next < last) {
      report(findings, at,
             {fmt::format("{} went back in the metadata", name_of(id)),
              fmt::format("at least {}", last.value()), fmt::format("{}", applied->next.value())});
    }
    last = applied->next;
    const auto [first, fresh] =
        hashes_.try_emplace({applied->next, applied->epoch}, applied->image_hash);
    if (fresh || first->second == applied->image_hash) return;
    report(findings, at,
           {fmt::format("{} has other metadata than another node at offset {}", name_of(id),
                        applied->next.value()),
            fmt::format("image {:016x}", first->second),
            fmt::format("image {:016x}", applied->image_hash)});
  }

 private:
  std::map<std::pair<Offset, QuorumEpoch>, std::uint64_t> hashes_;
  std::map<NodeIndex, Offset> last_;
};

}  // namespace

std::unique_ptr<Checker> make_equal_images() { return std::make_unique<EqualImages>(); }

}  // namespace logarium::checkers
