#include <algorithm>

#include "sim/checkers/checker.hpp"

namespace logarium::checkers {

void Findings::violation(Violation violation) {
  ++violation_count_;
  const bool told =
      violations_.size() >= kViolationsMax &&
      std::any_of(violations_.begin(), violations_.end(), [&](const Violation& other) {
        return other.property.id == violation.property.id;
      });
  if (!told) violations_.push_back(std::move(violation));
}

// Adjoining losses with one explanation are one loss, and what was told already is not told again
// (committed records that a leader lacks are found by R4 at once and by R3 at the end).
void Findings::explained(ExplainedLoss loss) {
  for (ExplainedLoss& told : explained_) {
    if (told.partition != loss.partition || told.explanation != loss.explanation) continue;
    if (loss.base >= told.base && loss.next <= told.next) return;
    if (loss.base != told.next) continue;
    explained_records_ += static_cast<std::uint64_t>(loss.next - loss.base);
    told.next = loss.next;
    return;
  }
  explained_records_ += static_cast<std::uint64_t>(loss.next - loss.base);
  if (explained_.size() < kExplainedMax) explained_.push_back(std::move(loss));
}

}  // namespace logarium::checkers
