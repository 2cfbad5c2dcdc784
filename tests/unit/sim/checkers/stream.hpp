#pragma once
// A stream of notes as a cluster would tell them, fed to all checkers: nodes 0.. are the brokers
// 1.., then a few controllers 1001.., then two clients. Each call is one event, a millisecond after
// the one before.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/checkers/catalogue.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/world/world.hpp"
#include "tests/unit/sim/checkers/orders.hpp"

namespace logarium::checkers {

class Stream {
 public:
  static constexpr int kBrokers = 3;
  static constexpr int kControllers = 3;
  static constexpr std::uint32_t kProducer = 6;
  static constexpr std::uint32_t kConsumer = 7;

  Stream() : checkers_(all_checkers()) {
    for (int i = 0; i < kBrokers; ++i) {
      state_.add_node(NodeIndex(static_cast<std::uint32_t>(i)), NodeId(i + 1),
                      world::NodeKind::kBroker);
    }
    for (int i = 0; i < kControllers; ++i) {
      state_.add_node(NodeIndex(static_cast<std::uint32_t>(kBrokers + i)), NodeId(1001 + i),
                      world::NodeKind::kController);
    }
    state_.add_node(NodeIndex(kProducer), NodeId(0), world::NodeKind::kClient);
    state_.add_node(NodeIndex(kConsumer), NodeId(0), world::NodeKind::kClient);
    for (std::uint32_t i = 0; i < 8; ++i) tell(i, note::ProcessStarted{Incarnation(1)});
  }

  // One event of one node.
  template <class... Notes>
  void tell(std::uint32_t node, const Notes&... notes) {
    time_ = time_ + milliseconds(1);
    const ClusterState::At at{++event_, time_, NodeIndex(node)};
    std::vector<bool> saw(checkers_.size());
    for (const Note& note : {Note(notes)...}) {
      state_.apply(at, note);
      for (std::size_t i = 0; i < checkers_.size(); ++i) {
        if (!checkers_[i]->interests().has(note.index())) continue;
        checkers_[i]->on_note(state_, at, note, findings_);
        saw[i] = checkers_[i]->judges_whole_events();
      }
    }
    for (std::size_t i = 0; i < checkers_.size(); ++i) {
      if (saw[i]) checkers_[i]->after_event(state_, at, findings_);
    }
  }
  void wait(Duration duration) { time_ = time_ + duration; }

  // Partition orders-0 on brokers 1, 2, 3, led by 1 in leader epoch 0, min.insync.replicas 2.
  void lead_orders() {
    const auto placed = [](std::int32_t position) {
      return note::ReplicaPlaced{kOrders, position, kBrokers, NodeId(position + 1)};
    };
    tell(3, placed(0), placed(1), placed(2));
    for (std::int32_t i = 0; i < kBrokers; ++i) {
      tell(3, note::BrokerRegistered{NodeId(i + 1), BrokerEpoch(i + 1)},
           note::BrokerUnfenced{NodeId(i + 1), BrokerEpoch(i + 1)});
    }
    commit(1, 0, 0);
    TopicPromise promise;
    promise.min_insync_replicas = 2;
    state_.set_promise(kOrders.topic, promise);
    for (std::uint32_t i = 0; i < kBrokers; ++i) open(i, 0, 0);
    become(0, 0, 0);
  }
  void commit(int leader, int leader_epoch, int partition_epoch, std::uint32_t isr = 7,
              note::ElectionKind election = note::ElectionKind::kClean, std::uint32_t elr = 0) {
    tell(3, note::PartitionCommitted{kOrders, NodeId(leader), LeaderEpoch(leader_epoch),
                                     PartitionEpoch(partition_epoch), ReplicaSet(isr),
                                     ReplicaSet(elr), election});
  }
  void open(std::uint32_t node, std::int64_t end, std::int64_t high_watermark) {
    tell(node, note::ReplicaOpened{kOrders, Offset(0), Offset(end), Offset(high_watermark), 0});
  }
  // Broker `leader` leads, the other two follow.
  void become(std::uint32_t leader, int leader_epoch, int partition_epoch) {
    for (std::uint32_t i = 0; i < kBrokers; ++i)
      become_one(i, leader, leader_epoch, partition_epoch);
  }
  void become_one(std::uint32_t node, std::uint32_t leader, int leader_epoch, int partition_epoch) {
    const Offset end = log_end(node);
    if (node == leader) {
      tell(node, note::BecameLeader{kOrders, LeaderEpoch(leader_epoch),
                                    PartitionEpoch(partition_epoch), end});
    } else {
      tell(node,
           note::BecameFollower{kOrders, NodeId(static_cast<std::int32_t>(leader) + 1),
                                LeaderEpoch(leader_epoch), PartitionEpoch(partition_epoch), end});
    }
  }
  [[nodiscard]] Offset log_end(std::uint32_t node) const {
    const PartitionState* partition = state_.find(kOrders);
    const ReplicaState* replica =
        partition == nullptr ? nullptr : partition->replica(state_.node(NodeIndex(node)).id);
    return replica == nullptr ? Offset(0) : replica->log_end;
  }
  // One record at the end of the node's log.
  void append(std::uint32_t node, std::uint64_t content, int leader_epoch = 0,
              note::Role role = note::Role::kFollower) {
    const Offset base = log_end(node);
    tell(node,
         note::Appended{kOrders, base, base + 1, LeaderEpoch(leader_epoch), role, content, 0});
  }
  // A record on all three brokers, written by the leader.
  void replicate(std::uint64_t content, int leader_epoch = 0, std::uint32_t leader = 0) {
    append(leader, content, leader_epoch, note::Role::kLeader);
    for (std::uint32_t i = 0; i < kBrokers; ++i) {
      if (i != leader) append(i, content, leader_epoch);
    }
  }
  void raise(std::uint32_t node, std::int64_t high_watermark, int leader_epoch = 0,
             note::Role role = note::Role::kLeader) {
    tell(node, note::HighWatermarkMoved{kOrders, Offset(high_watermark), LeaderEpoch(leader_epoch),
                                        role, 0});
  }
  void truncate(std::uint32_t node, std::int64_t to) {
    tell(node, note::Truncated{kOrders, log_end(node), Offset(to),
                               note::TruncateCause::kDivergingEpoch, 0});
  }
  void stop(std::uint32_t node, note::EndCause cause) {
    tell(node, note::ProcessEnded{Incarnation(1), cause});
  }
  void ack(std::int64_t base, std::uint64_t content, std::int16_t acks = -1) {
    tell(kProducer, note::BatchAcked{kOrders, Offset(base), 1, acks, content});
  }

  // The end of the run in this world; healed at `healed`.
  void end(const world::World& world, Moment moment) {
    moment.event = event_;
    moment.time = time_;
    for (const auto& checker : checkers_) checker->at_end(state_, world, moment, findings_);
  }
  void end() { end(world::World({}), {}); }

  [[nodiscard]] std::size_t count(std::string_view id) const {
    std::size_t found = 0;
    for (const Violation& violation : findings_.violations()) found += violation.property.id == id;
    return found;
  }
  // "R1: node 2 holds other records ..." of the first violation; empty when there is none.
  [[nodiscard]] std::string first() const {
    if (findings_.violations().empty()) return {};
    const Violation& violation = findings_.violations().front();
    return std::string(violation.property.id) + ": " + violation.explanation;
  }
  [[nodiscard]] const Findings& findings() const { return findings_; }
  [[nodiscard]] ClusterState& state() { return state_; }
  [[nodiscard]] Instant now() const { return time_; }

 private:
  ClusterState state_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  Findings findings_;
  std::uint64_t event_ = 0;
  Instant time_{0};
};

// A property with a stream that keeps it and one that breaks it.
struct PropertyCase {
  const char* id;
  const char* what;  // goes wrong in `broken`
  void (*clean)(Stream&);
  void (*broken)(Stream&);
};

// Each property passes its clean stream, and finds its violation in the broken one.
inline void check_each(std::span<const PropertyCase> cases) {
  for (const PropertyCase& one : cases) {
    DYNAMIC_SECTION(one.id << ": " << one.what) {
      Stream clean;
      one.clean(clean);
      CHECK(clean.first() == "");
      Stream broken;
      one.broken(broken);
      CHECK(broken.count(one.id) > 0);
    }
  }
}

}  // namespace logarium::checkers
