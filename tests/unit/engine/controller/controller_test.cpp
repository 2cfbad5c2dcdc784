#include "engine/base/state_visitor.hpp"
#include "engine/controller/topics.hpp"
#include "engine/protocol/messages/allocate_producer_ids.hpp"
#include "engine/protocol/messages/alter_partition.hpp"
#include "tests/unit/engine/controller/bench.hpp"

namespace logarium::controller {
namespace {

using protocol::BrokerHeartbeatRequest;
using protocol::ErrorCode;

MessageRef create(const std::string& name, std::int32_t partitions, std::int16_t factor) {
  auto request = std::make_shared<protocol::CreateTopicsRequest>();
  request->topics.push_back({name, partitions, factor});
  return request;
}

TEST_CASE("a new cluster's log begins with the features in force") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  CHECK(bench.committed->features().at("metadata.version") == 25);
  CHECK(bench.committed->features().at("eligible.leader.replicas.version") == 1);
  CHECK(bench.count_notes("controller active") == 1);
}

TEST_CASE("an answer waits until its records are committed") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  bench.join(1);
  const rpc::RequestId id = bench.send(create("orders", 2, 1), 7);
  CHECK(bench.answer_to(id) == nullptr);
  CHECK(bench.committed->topic("orders") == nullptr);
  CHECK(bench.controller.image().topic("orders") != nullptr);
  // A second one is decided on what the first one decided, though it is not committed.
  const rpc::RequestId again = bench.send(create("orders", 2, 1), 7);
  CHECK(bench.answer_to(again) == nullptr);
  bench.commit_all();
  CHECK(bench.answer<protocol::CreateTopicsResponse>(id).topics[0].error_code == ErrorCode::kNone);
  CHECK(bench.answer<protocol::CreateTopicsResponse>(again).topics[0].error_code ==
        ErrorCode::kTopicAlreadyExists);
  CHECK(bench.committed->topic("orders") != nullptr);
  CHECK(bench.count_notes("topic created") == 1);
  CHECK(bench.count_notes("replica placed") == 2);
  CHECK(bench.count_notes("partition committed") == 2);
  bench.check_replay();
}

TEST_CASE("on loss of leadership waiting requests get NOT_CONTROLLER and their records are void") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  bench.join(1);
  const rpc::RequestId id = bench.send(create("orders", 1, 1), 7);
  bench.deactivate();
  CHECK(bench.answer<protocol::CreateTopicsResponse>(id).topics[0].error_code ==
        ErrorCode::kNotController);
  CHECK(bench.core.timers.size() == 0);
  // A controller that is not active refuses.
  const rpc::RequestId refused = bench.send(create("orders", 1, 1), 7);
  CHECK(bench.answer<protocol::CreateTopicsResponse>(refused).topics[0].error_code ==
        ErrorCode::kNotController);
  bench.fail_over();
  CHECK(bench.controller.image().topic("orders") == nullptr);
  const auto created = bench.call<protocol::CreateTopicsResponse>(create("orders", 1, 1), 7);
  CHECK(created.topics[0].error_code == ErrorCode::kNone);
  bench.check_replay();
}

TEST_CASE("what a predecessor appended and this node commits is noted when it becomes active") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  bench.join(1);
  bench.send(create("orders", 2, 1), 7);
  // Elected again before the batch is committed, and not active yet.
  bench.deactivate();
  bench.effects.clear();
  bench.controller.leader_changed(NodeId(0));  // this very node
  bench.commit_all();
  CHECK(bench.count_notes("topic created") == 0);
  bench.epoch = bench.epoch.next();
  bench.activate();
  CHECK(bench.count_notes("topic created") == 1);
  CHECK(bench.count_notes("partition committed") == 2);
  bench.check_replay();
}

TEST_CASE("what another leader committed is noted by that leader only") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  bench.join(1);
  bench.send(create("orders", 2, 1), 7);
  bench.deactivate();
  bench.effects.clear();
  bench.controller.leader_changed(NodeId(7));
  bench.commit_all();
  bench.controller.leader_changed(NodeId(0));
  bench.activate();
  CHECK(bench.count_notes("topic created") == 0);
  CHECK(bench.count_notes("broker registered") == 0);
}

TEST_CASE("a controller tells each assignment once, with the partition's first change") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  bench.join(1);
  bench.join(2);
  bench.send(create("orders", 1, 2), 7);
  bench.commit_all();
  CHECK(bench.count_notes("replica placed") == 2);
  bench.fail_over();
  bench.commit_all();
  bench.effects.clear();
  for (int i = 0; i < 10; ++i) {
    bench.advance(seconds(2));
    bench.commit_all();
  }
  CHECK(bench.count_notes("broker fenced") == 2);
  CHECK(bench.count_notes("partition committed") >= 2);
  CHECK(bench.count_notes("replica placed") == 2);
}

TEST_CASE("another incarnation waits for the session of the first to end") {
  Bench bench;
  bench.activate();
  const std::int64_t epoch = bench.join(1, 1);
  // The same incarnation keeps its epoch (KAFKA-16952).
  CHECK(bench.enrol(1, 1).broker_epoch == epoch);
  CHECK_FALSE(bench.committed->broker(NodeId(1))->fenced);
  CHECK(bench.enrol(1, 2).error_code == ErrorCode::kDuplicateBrokerRegistration);
  bench.advance(seconds(8));
  CHECK(bench.enrol(1, 2).error_code == ErrorCode::kDuplicateBrokerRegistration);
  bench.advance(seconds(2));
  CHECK(bench.committed->broker(NodeId(1))->fenced);
  const protocol::BrokerRegistrationResponse registered = bench.enrol(1, 2);
  CHECK(registered.error_code == ErrorCode::kNone);
  CHECK(registered.broker_epoch > epoch);
  bench.check_replay();
}

TEST_CASE("rule check-incarnation off: another incarnation takes over a live session") {
  Options options;
  options.rules.switch_off(Rule::kCheckIncarnation);
  Bench bench(options);
  bench.activate();
  bench.join(1, 1);
  CHECK(bench.enrol(1, 2).error_code == ErrorCode::kNone);
}

TEST_CASE("silent brokers are fenced, one per pass, and heartbeats keep the others") {
  Bench bench;
  bench.activate();
  const std::int64_t first = bench.join(1);
  bench.join(2);
  bench.join(3);
  BrokerHeartbeatRequest alive;
  alive.broker_id = 1;
  alive.broker_epoch = first;
  alive.current_metadata_offset = 100;
  for (int i = 0; i < 6; ++i) {
    bench.advance(seconds(2));
    CHECK(bench.beat(alive).error_code == ErrorCode::kNone);
  }
  CHECK(bench.committed->active(NodeId(1)));
  CHECK_FALSE(bench.committed->active(NodeId(2)));
  CHECK_FALSE(bench.committed->active(NodeId(3)));
  CHECK(bench.count_notes("session expired") == 2);
  CHECK(bench.count_notes("broker fenced") == 2);
}

TEST_CASE("rule fence-stale-sessions off: nobody is fenced for silence") {
  Options options;
  options.rules.switch_off(Rule::kFenceStaleSessions);
  Bench bench(options);
  bench.activate();
  bench.join(1);
  bench.advance(seconds(60));
  CHECK(bench.committed->active(NodeId(1)));
}

TEST_CASE("a new controller gives every broker a fresh session") {
  Bench bench;
  bench.activate();
  bench.join(1);
  bench.advance(seconds(8));
  bench.fail_over();
  bench.advance(seconds(8));
  CHECK(bench.committed->active(NodeId(1)));
  bench.advance(seconds(2));
  CHECK_FALSE(bench.committed->active(NodeId(1)));
}

TEST_CASE("a heartbeat under another broker epoch is refused") {
  Bench bench;
  bench.activate();
  BrokerHeartbeatRequest request;
  request.broker_id = 1;
  CHECK(bench.beat(request).error_code == ErrorCode::kStaleBrokerEpoch);
  request.broker_epoch = bench.join(1) + 1;
  CHECK(bench.beat(request).error_code == ErrorCode::kStaleBrokerEpoch);
}

TEST_CASE("a broker is unfenced when it asks and has read its own registration") {
  for (const bool rule : {true, false}) {
    Options options;
    if (!rule) options.rules.switch_off(Rule::kUnfenceNeedsCaughtUpMetadata);
    Bench bench(options);
    bench.activate();
    BrokerHeartbeatRequest request;
    request.broker_id = 1;
    request.broker_epoch = bench.enrol(1, 1).broker_epoch;
    request.want_fence = true;
    request.current_metadata_offset = 1000;
    CHECK(bench.beat(request).is_fenced);
    request.want_fence = false;
    request.current_metadata_offset = request.broker_epoch - 1;
    const protocol::BrokerHeartbeatResponse early = bench.beat(request);
    CHECK_FALSE(early.is_caught_up);
    CHECK(early.is_fenced == rule);
    request.current_metadata_offset = request.broker_epoch;
    CHECK_FALSE(bench.beat(request).is_fenced);
  }
}

TEST_CASE("a stopping broker goes when it leads nothing and every active broker knows it") {
  for (const bool rule : {true, false}) {
    Options options;
    if (!rule) options.rules.switch_off(Rule::kShutdownWaitsForMetadata);
    Bench bench(options);
    bench.activate();
    BrokerHeartbeatRequest stopping;
    stopping.broker_id = 1;
    stopping.broker_epoch = bench.join(1);
    BrokerHeartbeatRequest other;
    other.broker_id = 2;
    other.broker_epoch = bench.join(2);
    static_cast<void>(bench.call<protocol::CreateTopicsResponse>(create("orders", 4, 2), 7));
    stopping.current_metadata_offset = other.current_metadata_offset = bench.log_end - 1;
    CHECK_FALSE(bench.beat(other).is_fenced);
    stopping.want_shut_down = true;
    CHECK_FALSE(bench.beat(stopping).should_shut_down);
    CHECK(bench.committed->broker(NodeId(1))->in_controlled_shutdown);
    const std::int64_t fixed = bench.log_end - 1;
    for (std::int32_t i = 0; i < 4; ++i) {
      const metadata::Topic* topic = bench.committed->topic("orders");
      CHECK(topic->partition(PartitionIndex(i))->leader == NodeId(2));
      CHECK(topic->partition(PartitionIndex(i))->isr == nodes({2}));
    }
    // Broker 2 has not read that far; later records do not move the target (KAFKA-14292).
    bench.advance(seconds(3));
    CHECK(bench.beat(stopping).should_shut_down == !rule);
    if (!rule) continue;
    other.current_metadata_offset = fixed;
    CHECK_FALSE(bench.beat(other).is_fenced);
    CHECK(bench.beat(stopping).should_shut_down);
    CHECK(bench.committed->broker(NodeId(1))->fenced);
    CHECK(bench.count_notes("shutdown granted") == 1);
    bench.check_replay();
  }
}

TEST_CASE("fenced brokers ask for shutdown and get it at once") {
  Bench bench;
  bench.activate();
  BrokerHeartbeatRequest request;
  request.broker_id = 1;
  request.broker_epoch = bench.enrol(1, 1).broker_epoch;
  request.want_shut_down = true;
  CHECK(bench.beat(request).should_shut_down);
}

TEST_CASE("while idle a NoOp record is written every metadata.max.idle.interval.ms") {
  Bench bench;
  bench.activate();
  bench.commit_all();
  const std::int64_t before = bench.log_end;
  bench.advance(seconds(5));
  CHECK(bench.log_end == before + 10);
}

TEST_CASE("nothing more is written while the quorum does not commit") {
  Bench bench;
  bench.activate();
  bench.send(create("orders", 1, 1), 7);
  const std::size_t waiting = bench.pending.size();
  for (int i = 0; i < 10; ++i) {
    // Fires the timers without committing.
    const Cookie cookie{Machine::kController, 1, 0, 0};
    StepContext ctx(bench.now, bench.core, bench.effects);
    rpc::Port port{ctx, bench.inbound, bench.outbound};
    bench.controller.on_timer(port, cookie);
    CHECK_FALSE(bench.controller.next_event().has_value());
  }
  CHECK(bench.pending.size() == waiting);
}

TEST_CASE("blocks of producer ids never overlap, over a failover too") {
  Bench bench;
  bench.activate();
  auto request = std::make_shared<protocol::AllocateProducerIdsRequest>();
  request->broker_id = 1;
  request->broker_epoch = bench.join(1);
  std::int64_t next = 0;
  for (int i = 0; i < 4; ++i) {
    if (i == 2) bench.fail_over();
    const auto block = bench.call<protocol::AllocateProducerIdsResponse>(request, 0);
    CHECK(block.error_code == ErrorCode::kNone);
    CHECK(block.producer_id_start == next);
    CHECK(block.producer_id_len == 1000);
    next += 1000;
  }
  request = std::make_shared<protocol::AllocateProducerIdsRequest>();
  CHECK(bench.call<protocol::AllocateProducerIdsResponse>(request, 0).error_code ==
        ErrorCode::kStaleBrokerEpoch);
}

TEST_CASE("unregistering removes the broker and its session") {
  Bench bench;
  bench.activate();
  bench.join(1);
  bench.join(2);
  static_cast<void>(bench.call<protocol::CreateTopicsResponse>(create("orders", 2, 2), 7));
  auto request = std::make_shared<protocol::UnregisterBrokerRequest>();
  request->broker_id = 1;
  CHECK(bench.call<protocol::UnregisterBrokerResponse>(request, 0).error_code == ErrorCode::kNone);
  CHECK(bench.committed->broker(NodeId(1)) == nullptr);
  CHECK(bench.call<protocol::UnregisterBrokerResponse>(request, 0).error_code ==
        ErrorCode::kBrokerIdNotRegistered);
  bench.advance(seconds(20));
  bench.check_replay();
}

TEST_CASE("a copy of the controller goes on alike") {
  Bench bench;
  bench.activate();
  bench.join(1);
  bench.send(create("orders", 3, 1), 7);
  Bench copy = bench;
  for (Bench* each : {&bench, &copy}) {
    each->commit_all();
    each->advance(seconds(3));
    static_cast<void>(each->call<protocol::CreateTopicsResponse>(create("more", 2, 1), 7));
  }
  CHECK(bench.committed->equals(*copy.committed));
  CHECK(state_hash(bench.controller) == state_hash(copy.controller));
}

}  // namespace
}  // namespace logarium::controller
