#include "engine/controller/partition_change.hpp"
#include "engine/controller/notes.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

using metadata::Nodes;
using metadata::Recovery;
using note::ElectionKind;

constexpr PartitionRef kFirst{kOrders, PartitionIndex(0)};

struct Fencing {
  std::string what;
  PartitionSpec before;
  std::vector<std::int32_t> fenced_before;
  std::int32_t min_isr;
  bool unclean_allowed;
  std::int32_t fenced;
  // Expected.
  std::int32_t leader;
  Nodes isr, elr, last_known;
  bool leader_epoch_bumped;
  ElectionKind kind;
};

std::vector<Fencing> fencing_table() {
  return {
      {"a follower leaves: no new epoch",
       {nodes({1, 2, 3}), nodes({1, 2, 3}), 1},
       {},
       1,
       false,
       2,
       1,
       nodes({1, 3}),
       {},
       {},
       false,
       ElectionKind::kKeep},
      {"the leader leaves: next in assignment order",
       {nodes({1, 2, 3}), nodes({3, 2, 1}), 1},
       {},
       1,
       false,
       1,
       2,
       nodes({3, 2}),
       {},
       {},
       true,
       ElectionKind::kClean},
      {"below min ISR the leaver goes to the ELR",
       {nodes({1, 2, 3}), nodes({1, 2}), 1},
       {3},
       2,
       false,
       1,
       2,
       nodes({2}),
       nodes({1}),
       {},
       true,
       ElectionKind::kClean},
      {"the last member leaves: ELR and last known leader",
       {nodes({1, 2, 3}), nodes({1}), 1},
       {2, 3},
       1,
       false,
       1,
       -1,
       {},
       nodes({1}),
       nodes({1}),
       true,
       ElectionKind::kNoLeader},
  };
}

std::vector<Fencing> last_resort_table() {
  return {
      {"an ELR member leads when the ISR is empty",
       {nodes({1, 2, 3}), nodes({1}), 1, nodes({3})},
       {2},
       2,
       false,
       1,
       3,
       nodes({3}),
       nodes({1}),
       {},
       true,
       ElectionKind::kElr},
      {"unclean: any active replica",
       {nodes({1, 2, 3}), nodes({1}), 1},
       {2},
       1,
       true,
       1,
       3,
       nodes({3}),
       {},
       {},
       true,
       ElectionKind::kUnclean},
  };
}

void check_fencing(const std::vector<Fencing>& table) {
  for (const Fencing& row : table) {
    INFO(row.what);
    Lab lab;
    for (std::int32_t id = 1; id <= 3; ++id) lab.broker(id);
    for (const std::int32_t id : row.fenced_before) lab.fence(id);
    lab.orders(row.before);
    lab.topic_config("min.insync.replicas", std::to_string(row.min_isr));
    if (row.unclean_allowed) lab.topic_config("unclean.leader.election.enable", "true");
    lab.apply(fence_broker(lab.view(), NodeId(row.fenced)));
    const metadata::Partition& after = lab.partition();
    CHECK(after.leader.value_or(NodeId(-1)) == NodeId(row.leader));
    CHECK(after.isr == row.isr);
    CHECK(after.elr == row.elr);
    CHECK(after.last_known_elr == row.last_known);
    CHECK(after.leader_epoch == LeaderEpoch(row.leader_epoch_bumped ? 6 : 5));
    CHECK(after.partition_epoch == PartitionEpoch(11));
    const auto& change = lab.last_delta->partitions.at(0);
    CHECK(election_kind(*lab.image, change.before.get(), after) == row.kind);
    const bool unclean = row.kind == ElectionKind::kUnclean;
    CHECK((after.recovery == Recovery::kRecovering) == unclean);
    lab.check_invariants();
  }
}

TEST_CASE("when a broker is fenced its partitions elect in this order") {
  check_fencing(fencing_table());
  check_fencing(last_resort_table());
}

TEST_CASE("without ELR the last member of the ISR stays in it") {
  Lab lab;
  lab.rules.switch_off(Rule::kElr);
  lab.broker(1);
  lab.orders({nodes({1}), nodes({1}), 1});
  lab.apply(fence_broker(lab.view(), NodeId(1)));
  CHECK(lab.partition().isr == nodes({1}));
  CHECK_FALSE(lab.partition().leader.has_value());
  CHECK(lab.partition().elr.empty());
}

metadata::Partition unfenced_with(const PartitionSpec& spec, const Rules& rules) {
  Lab lab;
  lab.rules = rules;
  for (std::int32_t id = 1; id <= 3; ++id) lab.broker(id);
  for (std::int32_t id = 1; id <= 3; ++id) lab.fence(id);
  lab.orders(spec);
  lab.topic_config("min.insync.replicas", "2");
  protocol::BrokerHeartbeatRequest request;
  request.broker_id = 2;
  request.broker_epoch = 102;
  request.current_metadata_offset = 1000;
  lab.apply(heartbeat(lab.view(), lab.sessions, request).decision);
  CHECK(lab.image->active(NodeId(2)));
  return lab.partition();
}

TEST_CASE("an unfenced broker leads what waits for it") {
  PartitionSpec in_elr{nodes({1, 2, 3}), {}, -1, nodes({2})};
  CHECK(unfenced_with(in_elr, {}).leader == NodeId(2));
  CHECK(unfenced_with(in_elr, {}).recovery == Recovery::kRecovered);
  PartitionSpec other_in_elr{nodes({1, 2, 3}), {}, -1, nodes({3})};
  CHECK_FALSE(unfenced_with(other_in_elr, {}).leader.has_value());
}

TEST_CASE("the last known leader leads when ISR and ELR are empty, and only while it is alive") {
  PartitionSpec known{nodes({1, 2, 3}), {}, -1};
  known.last_known_elr = nodes({2});
  const metadata::Partition led = unfenced_with(known, {});
  CHECK(led.leader == NodeId(2));
  CHECK(led.isr == nodes({2}));
  CHECK(led.recovery == Recovery::kRecovering);
  CHECK(led.last_known_elr.empty());
  // KAFKA-19522: broker 1 is fenced.
  known.last_known_elr = nodes({1});
  CHECK_FALSE(unfenced_with(known, {}).leader.has_value());
}

TEST_CASE("rule elect-from-isr-only off: any active replica is taken") {
  Rules off;
  off.switch_off(Rule::kElectFromIsrOnly);
  PartitionSpec in_elr{nodes({1, 2, 3}), {}, -1, nodes({3})};
  const metadata::Partition led = unfenced_with(in_elr, off);
  CHECK(led.leader == NodeId(2));
  CHECK(led.isr == nodes({2}));
}

TEST_CASE("an unclean stop takes a broker out of the ELR, a clean one does not") {
  for (const std::int64_t previous : {101, 7}) {
    Lab lab;
    lab.broker(1);
    lab.orders({nodes({1}), nodes({1}), 1});
    lab.apply(fence_broker(lab.view(), NodeId(1)));
    CHECK(lab.partition().elr == nodes({1}));
    lab.sessions.set_standing(NodeId(1), Sessions::Standing::kFenced);
    protocol::BrokerRegistrationRequest request;
    request.broker_id = 1;
    request.incarnation_id = Uuid{5, 5};
    request.log_dirs = {Uuid{8, 1}};
    request.previous_broker_epoch = previous;
    const RegistrationContext context{"", lab.sessions, lab.now, BrokerEpoch(500)};
    lab.apply(register_broker(lab.view(), context, request));
    CHECK(lab.partition().elr == (previous == 101 ? nodes({1}) : Nodes{}));
    CHECK(lab.partition().last_known_elr == nodes({1}));
    lab.check_invariants();
  }
}

TEST_CASE("a preferred election moves to the first replica, and not to one outside the ISR") {
  Lab lab;
  for (std::int32_t id = 1; id <= 3; ++id) lab.broker(id);
  lab.orders({nodes({1, 2, 3}), nodes({1, 2}), 2});
  protocol::ElectLeadersRequest request;
  request.topic_partitions->push_back({"orders", {0, 4}});
  const Decision decision = elect_leaders(lab.view(), request);
  lab.apply(decision);
  CHECK(lab.partition().leader == NodeId(1));
  const auto& change = lab.last_delta->partitions.at(0);
  CHECK(election_kind(*lab.image, change.before.get(), lab.partition()) ==
        ElectionKind::kPreferred);
  const auto& results =
      response_of<protocol::ElectLeadersResponse>(decision).replica_election_results.at(0);
  CHECK(results.partition_result.at(0).error_code == protocol::ErrorCode::kNone);
  CHECK(results.partition_result.at(1).error_code == protocol::ErrorCode::kUnknownTopicOrPartition);
  const Decision again = elect_leaders(lab.view(), request);
  CHECK(response_of<protocol::ElectLeadersResponse>(again)
            .replica_election_results.at(0)
            .partition_result.at(0)
            .error_code == protocol::ErrorCode::kElectionNotNeeded);
  CHECK(kFirst.topic == kOrders);
}

TEST_CASE("leaders go back to preferred replicas when more than the borne share is elsewhere") {
  Lab lab;
  for (std::int32_t id = 1; id <= 2; ++id) lab.broker(id);
  lab.orders({nodes({1, 2}), nodes({1, 2}), 2});
  lab.config.broker.leader_imbalance_per_broker_percentage = 100;
  CHECK(balance_leaders(lab.view()).records.empty());
  lab.config.broker.leader_imbalance_per_broker_percentage = 10;
  lab.apply(balance_leaders(lab.view()));
  CHECK(lab.partition().leader == NodeId(1));
  CHECK(lab.index.imbalanced().empty());
}

TEST_CASE("the unclean scan elects only where the topic allows it") {
  for (const bool allowed : {false, true}) {
    Lab lab;
    for (std::int32_t id = 1; id <= 2; ++id) lab.broker(id);
    lab.fence(1);
    lab.orders({nodes({1, 2}), {}, -1, nodes({1})});
    if (allowed) lab.topic_config("unclean.leader.election.enable", "true");
    lab.apply(elect_uncleanly(lab.view()));
    CHECK(lab.partition().leader.has_value() == allowed);
  }
}

}  // namespace
}  // namespace logarium::controller
