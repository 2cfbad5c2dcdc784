// Budget: which copies count as lost or distrusted, by what the notes tell.

#include "sim/scenario/budget.hpp"

#include "tests/unit/sim/scenario/small_run.hpp"

namespace logarium::scenario {
namespace {

using test::small;
using world::NodeIndex;

constexpr Uuid kTopic{3, 4};
constexpr PartitionRef kFirst{kTopic, PartitionIndex(0)};
constexpr PartitionRef kSecond{kTopic, PartitionIndex(1)};

// Three brokers and the budget of a topic with min.insync.replicas 2, told of as a cluster would.
struct Told {
  Plan plan;
  Built built;
  Watch watch;
  Budget budget;

  static Plan keeping() {
    Model model = small("");
    model.budget = BudgetKind::kKeep;
    return resolve(model, 1);
  }
  Told() : plan(keeping()), built(build(plan)), budget(plan) {
    watch.set_topic_id("t", kTopic);
    for (std::int32_t id = 1; id <= 3; ++id) registers(id, id);
    place(kFirst);
  }
  [[nodiscard]] NodeIndex node(std::int32_t id) const { return built.roster->by_id.at(NodeId(id)); }
  void tell(NodeIndex index, const Note& note) {
    watch.on_note(index, note);
    budget.on_note(index, note, *built.roster, watch);
  }
  void by_controller(const Note& note) { tell(built.roster->controllers[0], note); }
  void registers(std::int32_t id, std::int64_t epoch) {
    by_controller(note::BrokerRegistered{NodeId(id), BrokerEpoch(epoch)});
  }
  void isr(PartitionRef partition, int epoch, std::uint32_t places) {
    by_controller(note::PartitionCommitted{partition, NodeId(1), LeaderEpoch(0),
                                           PartitionEpoch(epoch), ReplicaSet(places), ReplicaSet(),
                                           note::ElectionKind::kKeep});
  }
  void place(PartitionRef partition) {
    for (std::int32_t i = 0; i < 3; ++i) {
      by_controller(note::ReplicaPlaced{partition, i, 3, NodeId(i + 1)});
    }
    isr(partition, 0, 7);
  }
  void crash(std::int32_t id) {
    tell(node(id), note::ProcessEnded{Incarnation(1), note::EndCause::kCrash});
  }
  void wipe(std::int32_t id) {
    crash(id);
    tell(node(id), note::DiskWiped{1});
    budget.struck(ActionKind::kWipe, node(id), *built.roster, watch);
  }
  void start(std::int32_t id) { tell(node(id), note::ProcessStarted{Incarnation(2)}); }
  [[nodiscard]] bool allows(ActionKind kind, std::int32_t id) const {
    return budget.allows(kind, node(id), *built.roster, watch, {});
  }
};

}  // namespace

TEST_CASE("a registration that is told again makes no copy sound") {
  for (const std::int64_t epoch : {3, 4}) {
    Told told;
    told.crash(3);
    CHECK_FALSE(told.allows(ActionKind::kWipe, 2));
    told.start(3);
    told.registers(3, epoch);
    // The ISR loses it and takes it back.
    told.isr(kFirst, 1, 3);
    CHECK_FALSE(told.allows(ActionKind::kWipe, 2));
    told.isr(kFirst, 2, 7);
    CHECK(told.allows(ActionKind::kWipe, 2) == (epoch == 4));
  }
}

TEST_CASE("what a broker is given after its disk was emptied counts as lost") {
  Told told;
  told.wipe(3);
  told.place(kSecond);
  told.start(3);
  // The older partition is sound again, the other one not.
  CHECK_FALSE(told.allows(ActionKind::kCrash, 2));
  told.registers(3, 4);
  told.isr(kFirst, 1, 3);
  told.isr(kFirst, 2, 7);
  CHECK_FALSE(told.allows(ActionKind::kCrash, 2));
  told.isr(kSecond, 1, 3);
  told.isr(kSecond, 2, 7);
  CHECK(told.allows(ActionKind::kCrash, 2));
}

TEST_CASE("what a broker is given after it crashed is distrusted, and nothing of it is lost") {
  Told told;
  told.crash(3);
  told.place(kSecond);
  CHECK(told.allows(ActionKind::kCrash, 2));
  told.start(3);
  told.registers(3, 4);
  told.isr(kFirst, 1, 3);
  told.isr(kFirst, 2, 7);
  CHECK_FALSE(told.allows(ActionKind::kWipe, 2));
  told.isr(kSecond, 1, 3);
  told.isr(kSecond, 2, 7);
  CHECK(told.allows(ActionKind::kWipe, 2));
  // And what it is given from now on is as good as any.
  told.place({kTopic, PartitionIndex(2)});
  CHECK(told.allows(ActionKind::kWipe, 2));
}

}  // namespace logarium::scenario
