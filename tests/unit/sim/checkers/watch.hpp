#pragma once
// Watch: one checker with the cluster state it reads, told of notes one by one. Nodes 0 to 2 are
// the brokers 1 to 3, node 3 is a controller, node 4 a producer.

#include <memory>
#include <utility>

#include "sim/checkers/checker.hpp"
#include "sim/world/world.hpp"
#include "tests/unit/sim/checkers/orders.hpp"

namespace logarium::checkers {

inline constexpr std::uint32_t kController = 3;
inline constexpr std::uint32_t kProducer = 4;

class Watch {
 public:
  explicit Watch(std::unique_ptr<Checker> checker) : checker_(std::move(checker)) {
    for (std::uint32_t i = 0; i < 3; ++i) {
      state_.add_node(NodeIndex(i), NodeId(static_cast<std::int32_t>(i) + 1),
                      world::NodeKind::kBroker);
    }
    state_.add_node(NodeIndex(kController), NodeId(1001), world::NodeKind::kController);
    state_.add_node(NodeIndex(kProducer), NodeId(0), world::NodeKind::kClient);
  }
  // Each note is an event of its own.
  void tell(std::uint32_t node, const Note& note) {
    const ClusterState::At at{++event_, Instant{static_cast<std::int64_t>(event_)},
                              NodeIndex(node)};
    state_.apply(at, note);
    if (!checker_->interests().has(note.index())) return;
    checker_->on_note(state_, at, note, findings_);
    if (checker_->judges_whole_events()) checker_->after_event(state_, at, findings_);
  }
  void opened(std::uint32_t node, std::int64_t end, std::int64_t high_watermark = 0) {
    tell(node, note::ReplicaOpened{kOrders, Offset(0), Offset(end), Offset(high_watermark), 0});
  }
  // One record of its own content per offset.
  void appended(std::uint32_t node, std::int64_t base, note::Role role = note::Role::kFollower,
                std::int32_t epoch = 0) {
    const auto content = static_cast<std::uint64_t>(base + 1000 * epoch + 1);
    tell(node, note::Appended{kOrders, Offset(base), Offset(base + 1), LeaderEpoch(epoch), role,
                              content, 0});
  }
  void leads(std::uint32_t node, std::int32_t epoch) {
    tell(node, note::BecameLeader{kOrders, LeaderEpoch(epoch), PartitionEpoch(epoch), Offset(0)});
  }
  void raises(std::uint32_t node, std::int64_t to, std::int32_t epoch,
              note::Role role = note::Role::kLeader) {
    tell(node, note::HighWatermarkMoved{kOrders, Offset(to), LeaderEpoch(epoch), role, 0});
  }
  // -1: no leader.
  void committed(std::int32_t leader, std::int32_t epoch) {
    note::PartitionCommitted note{
        .partition = kOrders,
        .leader = NodeId(leader),
        .leader_epoch = LeaderEpoch(epoch),
        .partition_epoch = PartitionEpoch(epoch),
        .isr = ReplicaSet(7),
        .elr = ReplicaSet(0),
        .election = leader < 0 ? note::ElectionKind::kNoLeader : note::ElectionKind::kClean};
    tell(kController, note);
  }
  void crashes(std::uint32_t node) {
    tell(node, note::ProcessEnded{Incarnation(1), note::EndCause::kCrash});
  }
  void ends() {
    const Moment moment{++event_, Instant{static_cast<std::int64_t>(event_)}, true, Instant{0}};
    checker_->at_end(state_, world_, moment, findings_);
  }
  [[nodiscard]] std::uint64_t violations() const { return findings_.violation_count(); }
  [[nodiscard]] const PartitionState& orders() const { return *state_.find(kOrders); }

 private:
  static world::WorldOptions world_options() {
    world::WorldOptions options;
    options.seed = 1;
    return options;
  }

  std::unique_ptr<Checker> checker_;
  ClusterState state_;
  Findings findings_;
  world::World world_{world_options()};
  std::uint64_t event_ = 0;
};

}  // namespace logarium::checkers
