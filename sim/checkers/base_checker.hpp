#pragma once
// What every checker shares: its copy and the wording of a violation.

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "sim/checkers/checker.hpp"

namespace logarium::checkers {

// The last causes that touched a partition, oldest first, at most eight.
[[nodiscard]] std::vector<Cause> recent_causes(const PartitionState& partition);
// What a violation may come from: its causes, and the partition when it is about which records that
// holds.
struct Origin {
  std::vector<Cause> causes;
  const PartitionState* records_of = nullptr;
};
[[nodiscard]] Origin causes_in(const PartitionState& partition);
[[nodiscard]] Origin records_of(const PartitionState& partition);

struct Words {
  std::string explanation, expected, seen;
  Origin origin = {};
};
// A violation; nothing when it is about records that a rotten disk changed unseen (Misread). What
// was lost by that, R3 and R4 say.
void tell(const Property& property, const ClusterState::At& at, Findings& findings, Words words);

[[nodiscard]] inline ClusterState::At moment_of(const Moment& moment, NodeIndex node) {
  return {moment.event, moment.time, node};
}

template <class Self>
class CheckerOf : public Checker {
 public:
  [[nodiscard]] std::unique_ptr<Checker> clone() const override {
    return std::make_unique<Self>(static_cast<const Self&>(*this));
  }
  // A member function that Self does not override is one of Checker, by its type.
  [[nodiscard]] bool judges_whole_events() const final {
    constexpr bool notes = !std::is_same_v<decltype(&Self::on_note), decltype(&Checker::on_note)>;
    constexpr bool named =
        !std::is_same_v<decltype(&Self::interests), decltype(&Checker::interests)>;
    constexpr bool whole =
        !std::is_same_v<decltype(&Self::after_event), decltype(&Checker::after_event)>;
    static_assert(notes == named, "on_note() is called for the notes that interests() names");
    static_assert(!whole || notes, "after_event() follows on_note() of the same event");
    return whole;
  }

 protected:
  void report(Findings& findings, const ClusterState::At& at, Words words) const {
    tell(property(), at, findings, std::move(words));
  }
};

// Whether an idempotent producer's record may stand at this offset out of order, or at another one
// besides: a cut took what stood here, or the record was on its way when a leader had forgotten the
// producer.
[[nodiscard]] bool out_of_sequence(const ClusterState& state, const PartitionState& partition,
                                   Offset offset);

// "TOPICID-0", "node 2": how properties name things.
[[nodiscard]] std::string name_of(PartitionRef partition);
[[nodiscard]] std::string name_of(NodeId node);

}  // namespace logarium::checkers
