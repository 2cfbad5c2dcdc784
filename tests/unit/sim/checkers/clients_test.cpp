// What clients observe: histories of one producer and one consumer of orders-0.

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <vector>

#include "engine/client/client_node.hpp"
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

const ClientCase kCases[] = {
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
  for (const ClientCase& one : kCases) {
    DYNAMIC_SECTION(one.id << ": " << one.what) {
      Clients c;
      one.broken(c);
      c.finish();
      CHECK(c.s.count(one.id) > 0);
    }
  }
}
