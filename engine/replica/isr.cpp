#include "engine/replica/isr.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

ReplicaSet Isr::committed() const {
  return std::visit([](const auto& state) { return state.isr; }, state_);
}

ReplicaSet Isr::maximal() const {
  const auto* expand = std::get_if<PendingExpand>(&state_);
  return expand == nullptr ? committed() : join(expand->isr, expand->added);
}

ReplicaSet Isr::proposed() const {
  if (const auto* shrink = std::get_if<PendingShrink>(&state_)) {
    return minus(shrink->isr, shrink->removed);
  }
  return maximal();
}

void Isr::propose_expand(ReplicaSet added) {
  ENSURE(!in_flight());
  ENSURE(!is_empty(added));
  ENSURE(is_empty(ReplicaSet(added.value() & committed().value())));
  state_ = PendingExpand{committed(), added};
}

void Isr::propose_shrink(ReplicaSet removed, Leaving leaving) {
  ENSURE(!in_flight());
  ENSURE(!is_empty(removed));
  ENSURE(is_empty(minus(removed, committed())));
  const ReplicaSet counted = leaving == Leaving::kCount ? committed() : minus(committed(), removed);
  state_ = PendingShrink{counted, removed};
}

void Isr::describe(StateVisitor& v) const {
  visit(v, "state", static_cast<std::int64_t>(state_.index()));
  visit(v, "committed", committed());
  visit(v, "maximal", maximal());
  visit(v, "proposed", proposed());
}

}  // namespace logarium::replica
