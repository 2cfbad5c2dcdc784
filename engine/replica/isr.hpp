#pragma once
// Isr: a leader's view of its in-sync replicas, with at most one change on its way to the
// controller (KIP-497).
//
//   from           event                                to
//   Committed      a follower caught up                 PendingExpand
//   Committed      followers lag or left                PendingShrink
//   Pending*       AlterPartition succeeded, metadata   Committed (the new ISR)
//   Pending*       INELIGIBLE_REPLICA, not attempted    Committed (the old ISR)
//   Pending*       other refusals                       stays, until metadata brings the truth
//
// The *maximal* ISR is the largest set that the controller may already have committed: with a
// replica that is being added, and still with replicas that are being removed.

#include <variant>

#include "engine/replica/replica_set.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::replica {

class Isr {
 public:
  struct Committed {
    ReplicaSet isr;
    bool operator==(const Committed&) const = default;
  };
  struct PendingExpand {
    ReplicaSet isr;  // last committed
    ReplicaSet added;
    bool operator==(const PendingExpand&) const = default;
  };
  struct PendingShrink {
    ReplicaSet isr;  // last committed
    ReplicaSet removed;
    bool operator==(const PendingShrink&) const = default;
  };
  using State = std::variant<Committed, PendingExpand, PendingShrink>;

  Isr() = default;
  explicit Isr(ReplicaSet committed) : state_(Committed{committed}) {}

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] ReplicaSet committed() const;
  [[nodiscard]] ReplicaSet maximal() const;
  // What was asked for: the ISR after the pending change; the committed one without a change.
  [[nodiscard]] ReplicaSet proposed() const;
  [[nodiscard]] bool in_flight() const { return !std::holds_alternative<Committed>(state_); }

  // Whether replicas that are being removed go on counting until the controller has agreed.
  enum class Leaving { kCount, kAreGone };

  // REQUIRES: !in_flight(), and that the change is one.
  void propose_expand(ReplicaSet added);
  void propose_shrink(ReplicaSet removed, Leaving leaving = Leaving::kCount);
  // The controller committed this ISR.
  void commit(ReplicaSet isr) { state_ = Committed{isr}; }
  // The controller refused the pending change for good.
  void revert() { state_ = Committed{committed()}; }

  bool operator==(const Isr&) const = default;
  void describe(StateVisitor& v) const;

 private:
  State state_;
};

}  // namespace logarium::replica
