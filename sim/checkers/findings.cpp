#include "sim/checkers/checker.hpp"

namespace logarium::checkers {

void Findings::violation(Violation violation) {
  ++violation_count_;
  if (violations_.size() < kViolationsMax) violations_.push_back(std::move(violation));
}

void Findings::explained(ExplainedLoss loss) {
  explained_records_ += static_cast<std::uint64_t>(loss.next - loss.base);
  if (explained_.size() < kExplainedMax) explained_.push_back(std::move(loss));
}

}  // namespace logarium::checkers
