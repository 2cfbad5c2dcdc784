// What clients observe: histories of one producer and one consumer of orders-0.

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <vector>

#include "engine/client/client_node.hpp"
#include "engine/protocol/error_code.hpp"
#include "sim/workload/application.hpp"
#include "sim/workload/history.hpp"
#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;
using workload::History;
using workload::make_uid;

namespace {

// An application that did what a test says.
class Told final : public workload::Application {
 public:
  explicit Told(History history) : history_(std::move(history)) {}
  void started(const Now&, workload::Calls&) override {}
  void ended(const Now&) override {}
  void on_answer(const Now&, CommandId, const CommandResultRef&, workload::Calls&) override {}
  void wake(const Now&, workload::Calls&) override {}
  [[nodiscard]] Instant next_deadline() const override { return kNever; }
  [[nodiscard]] const History* history() const override { return &history_; }
  [[nodiscard]] std::unique_ptr<Application> clone() const override {
    return std::make_unique<Told>(*this);
  }
  void describe(StateVisitor&) const override {}
  [[nodiscard]] std::uint64_t random_fingerprint() const override { return 0; }

 private:
  History history_;
};

struct Clients {
  Stream s;
  History producer, consumer;

  Clients() { s.lead_orders(); }

  // Records 0.. of the idempotent producer, each committed and acknowledged at its own offset.
  void send(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      s.tell(Stream::kProducer,
             note::BatchSent{kOrders, 11 + i, 1, 1, Sequence(static_cast<std::int32_t>(i))});
      s.replicate(11 + i);
      s.ack(static_cast<std::int64_t>(i), 11 + i);
      acked(i, static_cast<std::int64_t>(i));
    }
    s.raise(0, static_cast<std::int64_t>(count));
  }
  // Broker 2 takes office without what stood from `end` on.
  void lose_from(std::int64_t end) {
    s.truncate(1, end);
    s.commit(2, 1, 1, 2, note::ElectionKind::kUnclean);
    s.become_one(1, 1, 1, 1);
  }
  // Broker 2 commits one more record and acknowledges it at `offset`.
  void send_to_successor(std::uint64_t counter, std::int64_t offset) {
    s.tell(Stream::kProducer, note::BatchSent{kOrders, 11 + counter, 1, 1,
                                              Sequence(static_cast<std::int32_t>(counter))});
    s.append(1, 11 + counter, 1, note::Role::kLeader);
    s.raise(1, s.log_end(1).value(), 1);
    s.ack(offset, 11 + counter);
    acked(counter, offset);
  }
  void acked(std::uint64_t counter, std::int64_t offset) {
    producer.begin_send(make_uid(1, counter), {});
    producer.end_send(make_uid(1, counter),
                      {workload::SendOutcome::kAcked, 0, kOrders, Offset(offset)}, {});
  }
  void failed(std::uint64_t counter) {
    producer.begin_send(make_uid(1, counter), {});
    producer.end_send(make_uid(1, counter), {workload::SendOutcome::kFailed, 7, kOrders, {}}, {});
  }
  // One poll with one batch.
  void poll(std::int64_t from, const std::vector<std::uint64_t>& counters) {
    consumer.begin_poll();
    for (const std::uint64_t counter : counters) consumer.add_read(make_uid(1, counter));
    consumer.end_batch(kOrders, Offset(from),
                       Offset(from + static_cast<std::int64_t>(counters.size())), {});
  }
  void finish() {
    world::World world({});
    auto setup = std::make_shared<client::ClientSetup>();
    setup->config = ConsumerConfig{};
    setup->bootstrap = {{"nobody", 9092}};
    for (std::uint32_t i = 0; i <= Stream::kConsumer; ++i) {
      world::NodeOptions node;
      node.name = "node-" + std::to_string(i);
      node.kind = world::NodeKind::kClient;
      node.prototype = std::make_shared<const client::ClientNode>();
      node.setup = setup;
      world.add_node(node);
    }
    world.attach(NodeIndex(Stream::kProducer), std::make_unique<Told>(producer));
    world.attach(NodeIndex(Stream::kConsumer), std::make_unique<Told>(consumer));
    world.start(NodeIndex(Stream::kConsumer));
    Moment moment;
    moment.quiescent = true;
    s.end(world, moment);
  }
};

struct ClientCase {
  const char* id;
  const char* what;
  void (*broken)(Clients&);
};

const ClientCase kClientCases[] = {
    {"K1", "a consumer reads beyond an acknowledged record that nobody ever reads",
     [](Clients& c) {
       c.send(3);
       c.poll(0, {0});
       c.poll(2, {2});
     }},
    {"K2", "an acknowledged record is never read",
     [](Clients& c) {
       c.send(3);
       c.poll(0, {0, 1});
     }},
    {"K3", "an offset is acknowledged for one record and read as another",
     [](Clients& c) {
       c.send(2);
       c.poll(0, {0, 7});
     }},
    {"K3", "an offset is read as two records",
     [](Clients& c) {
       c.send(2);
       c.poll(0, {0, 1});
       c.s.tell(Stream::kConsumer, note::PositionReset{kOrders, Offset(2), Offset(1)});
       c.poll(1, {0});
     }},
    {"K4", "a record of an idempotent producer stands at two offsets",
     [](Clients& c) {
       c.send(2);
       c.poll(0, {0, 1, 1});
     }},
    {"K5", "a damaged value",
     [](Clients& c) {
       c.send(1);
       c.poll(0, {0});
       c.consumer.add_corrupt();
     }},
    {"K6", "a failed record is read",
     [](Clients& c) {
       c.send(1);
       c.failed(1);
       c.poll(0, {0, 1});
     }},
    {"K7", "a consumer skips",
     [](Clients& c) {
       c.send(3);
       c.poll(0, {0});
       c.poll(2, {2});
     }},
    {"K8", "a consumer goes back",
     [](Clients& c) {
       c.send(2);
       c.poll(0, {0, 1});
       c.poll(1, {1});
     }},
    {"K9", "offsets fall behind the order of sending",
     [](Clients& c) {
       c.send(3);
       c.acked(3, 5);
       c.acked(4, 4);
       c.poll(0, {0, 1, 2});
     }},
};

}  // namespace

TEST_CASE("clients that see every record once and in order are content") {
  Clients c;
  c.send(4);
  c.poll(0, {0, 1});
  c.poll(2, {2, 3});
  c.finish();
  CHECK(c.s.first() == "");
}

TEST_CASE("a consumer may go back where it was reset to") {
  Clients c;
  c.send(3);
  c.poll(0, {0, 1, 2});
  c.s.tell(Stream::kConsumer,
           note::PositionReset{kOrders, Offset(3), Offset(1), note::ResetCause::kSeek});
  c.poll(1, {1, 2});
  c.finish();
  CHECK(c.s.first() == "");
}

TEST_CASE("every anomaly that clients can observe is found") {
  for (const ClientCase& one : kClientCases) {
    DYNAMIC_SECTION(one.id << ": " << one.what) {
      Clients c;
      one.broken(c);
      c.finish();
      CHECK(c.s.count(one.id) > 0);
    }
  }
}

// Three records, of which the last two are lost and replaced; a fourth comes at an offset that
// there was not yet when they were lost.
TEST_CASE("what was lost excuses what clients see at its offsets, and nowhere else") {
  Clients c;
  c.send(3);
  c.poll(0, {0, 1, 2});
  c.lose_from(1);
  c.send_to_successor(3, 1);
  c.send_to_successor(4, 2);
  c.send_to_successor(5, 3);
  SECTION("other records at the offsets of the lost ones") {
    c.poll(3, {5});
    c.finish();
    CHECK(c.s.count("K1") + c.s.count("K2") + c.s.count("K3") == 0);
  }
  SECTION("another record beyond them") {
    c.poll(3, {9});
    c.finish();
    CHECK(c.s.count("K3") == 1);
  }
  SECTION("a record beyond them that is never read") {
    c.finish();
    CHECK(c.s.count("K2") == 1);
  }
  SECTION("a record beyond them that is passed over") {
    c.send_to_successor(6, 4);
    c.poll(4, {6});
    c.finish();
    CHECK(c.s.count("K1") == 1);
  }
}

TEST_CASE("what was lost excuses no duplicate and no disorder before or beyond it") {
  Clients c;
  c.send(3);
  c.lose_from(2);
  SECTION("of a lost record") {
    c.send_to_successor(2, 2);
    c.poll(0, {0, 1, 2, 2});
    c.finish();
    CHECK(c.s.count("K4") == 0);
  }
  SECTION("of a record before it") {
    c.poll(0, {0, 0});
    c.finish();
    CHECK(c.s.count("K4") == 1);
  }
  SECTION("order at its offsets") {
    c.acked(3, 2);
    c.finish();
    CHECK(c.s.count("K9") == 0);
  }
  SECTION("order beyond them") {
    c.acked(3, 5);
    c.acked(4, 4);
    c.finish();
    CHECK(c.s.count("K9") == 1);
  }
}

// A leader that came back from disk with records in its log refuses a sequence.
TEST_CASE("a refused sequence excuses what was in flight then, and nothing else") {
  Clients c;
  c.send(1);
  c.s.tell(Stream::kProducer, note::BatchSent{kOrders, 12, 1, 1, Sequence(1)});
  c.s.replicate(12);
  c.s.raise(0, 2);
  const auto refuse = [&] {
    c.s.open(0, 2, 2);
    c.s.become(0, 0, 0);
    const auto error = static_cast<std::int16_t>(protocol::ErrorCode::kOutOfOrderSequenceNumber);
    c.s.tell(0, note::ProduceAnswered{kOrders, Offset(-1), Offset(-1), error, -1});
  };
  SECTION("a record that was in flight") {
    refuse();
    c.acked(1, 2);
    c.poll(0, {0, 1, 1});
    c.finish();
    CHECK(c.s.count("K4") == 0);
  }
  SECTION("a record that was acknowledged before") {
    c.s.ack(1, 12);
    refuse();
    c.acked(1, 2);
    c.poll(0, {0, 1, 1});
    c.finish();
    CHECK(c.s.count("K4") == 1);
  }
  SECTION("the order of later ones") {
    refuse();
    c.acked(1, 2);
    c.acked(2, 5);
    c.acked(3, 4);
    c.finish();
    CHECK(c.s.count("K9") == 1);
  }
}
