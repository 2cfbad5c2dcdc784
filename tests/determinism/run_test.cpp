// A run of the whole cluster is the same run, event for event, however it is looked at: once more,
// with every message through bytes, or continued by a copy that was taken in the middle.

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/world/protocol_wire.hpp"

using namespace logarium;

namespace {

// Crashes, a power loss and a cut in few seconds: elections, recoveries and ISR changes.
constexpr std::string_view kStormy = R"json({
  "name": "stormy", "story": "Much happens in a short time.", "seed": 5, "duration": "40s",
  "cluster": { "config": { "replica.lag.time.max.ms": 2000, "broker.session.timeout.ms": 3000 } },
  "topics": [ { "name": "orders", "partitions": 3, "replication.factor": 3,
                "config": { "min.insync.replicas": 2 } } ],
  "clients": [
    { "producer": { "topic": "orders", "count": 2, "rate": "200/s" } },
    { "consumer": { "assign": "orders" } }
  ],
  "faults": [
    { "label": "kill", "at": "1s", "crash": "leader(orders-0)"
},
    { "after": "kill", "delay": "3s", "restart": "kill.target" },
    { "label": "dark", "at": "2s", "power loss": "controller" },
    { "after": "dark", "delay": "2s", "restart": "dark.target" },
    { "at": "5s", "for": "3s", "cut": { "from": "random(isr(orders-1))", "to": "brokers" } }
  ],
  "phases": [ { "chaos": "10s" }, { "heal": "all" }, { "quiesce": { "within": "30s" } } ]
})json";

scenario::PlanRef stormy() {
  const scenario::ReadResult read = scenario::read(kStormy, "stormy.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  return std::make_shared<const scenario::Plan>(scenario::resolve(read.model, 5));
}

// Notes the events at which a machine of interest is in the middle of something.
class Moments final : public world::Observer {
 public:
  void on_event(const world::EventView& event) override {
    for (const Note& note : event.effects->notes) {
      if (const auto* role = std::get_if<note::QuorumRoleChanged>(&note)) {
        if (role->role == note::QuorumRole::kCandidate) keep(in_election, event);
      } else if (const auto* broker = std::get_if<note::BrokerStateChanged>(&note)) {
        if (broker->state == note::BrokerState::kRecovery) keep(in_recovery, event);
      } else if (const auto* isr = std::get_if<note::IsrState>(&note)) {
        if (isr->committed != isr->maximal) keep(in_alter_partition, event);
      }
    }
  }
  std::vector<std::uint64_t> in_election, in_recovery, in_alter_partition;

 private:
  static void keep(std::vector<std::uint64_t>& list, const world::EventView& event) {
    list.push_back(event.number);
  }
};

struct Reference {
  std::uint64_t digest = 0, events = 0, state = 0;
  std::string outcome;
  Moments moments;
};

std::string outcome_of(const run::Run& run) { return to_json(judge(run)); }

Reference reference() {
  Reference out;
  run::Run run(stormy());
  run.add_observer(out.moments);
  run.to_end();
  out.digest = run.world().digest();
  out.events = run.world().events();
  out.state = state_hash(run.world());
  out.outcome = outcome_of(run);
  return out;
}

// 20 events: the first and last of each kind of moment, the rest at random.
std::vector<std::uint64_t> events_to_copy_at(const Reference& reference) {
  std::vector<std::uint64_t> out;
  for (const auto* list : {&reference.moments.in_election, &reference.moments.in_recovery,
                           &reference.moments.in_alter_partition}) {
    REQUIRE_FALSE(list->empty());
    out.push_back(list->front());
    out.push_back(list->back());
  }
  Random random(99);
  while (out.size() < 20) out.push_back(1 + random.below(reference.events - 1));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("a run repeats exactly") {
  const Reference first = reference();
  const Reference second = reference();
  CHECK(first.digest == second.digest);
  CHECK(first.events == second.events);
  CHECK(first.state == second.state);
  CHECK(first.outcome == second.outcome);
}

TEST_CASE("another seed gives another run") {
  auto plan = std::make_shared<scenario::Plan>(*stormy());
  plan->seed = 6;
  run::Run run(plan);
  run.to_end();
  CHECK(run.world().digest() != reference().digest);
}

TEST_CASE("a run in which every message goes through bytes has the same digest") {
  run::Run run(stormy(), {.wire = true});
  run.to_end();
  const Reference typed = reference();
  CHECK(run.world().digest() == typed.digest);
  CHECK(run.world().events() == typed.events);
  CHECK(run.world().counters().message_bytes > 0);
  CHECK(judge(run).counts.at("message bytes") > 0);
}

TEST_CASE("a run that is recorded has the same digest, and the record has every event") {
  run::Recorder recorder;
  run::Run run(stormy());
  run.add_observer(recorder);
  run.to_end();
  REQUIRE(recorder.flush().ok());
  const Reference plain = reference();
  CHECK(run.world().digest() == plain.digest);
  CHECK(outcome_of(run) == plain.outcome);
  std::uint64_t events = 0;
  for (const trace::Chunk& chunk : recorder.ring()) {
    CHECK(chunk.first == events + 1);
    REQUIRE(trace::read_chunk(chunk).ok());
    events += chunk.events;
  }
  CHECK(events == plain.events);
  CHECK(recorder.bytes() < 32 * events);
}

TEST_CASE("a codec that drops a field changes the run through bytes") {
  const auto faulty = std::make_shared<const world::ProtocolWire>(
      world::DroppedField{protocol::ApiKey::kFetch, Message::Direction::kRequest, "FetchOffset"});
  run::Run run(stormy(), {.codec = faulty});
  run.to_event(20'000);
  run::Run typed(stormy());
  typed.to_event(run.world().events());
  CHECK(run.world().digest() != typed.world().digest());
}

TEST_CASE("a copy taken at any event goes on as the original does") {
  const Reference straight = reference();
  run::Run original(stormy());
  for (const std::uint64_t event : events_to_copy_at(straight)) {
    REQUIRE(original.to_event(event));
    INFO("copied at event " << event);
    auto snapshot = std::make_unique<run::Run>(original);
    // A copy of the copy, whose origin is gone before it goes on.
    auto restored = std::make_unique<run::Run>(*snapshot);
    snapshot.reset();
    restored->to_end();
    CHECK(restored->world().digest() == straight.digest);
    CHECK(restored->world().events() == straight.events);
    CHECK(state_hash(restored->world()) == straight.state);
    CHECK(outcome_of(*restored) == straight.outcome);
  }
  original.to_end();
  CHECK(original.world().digest() == straight.digest);
  CHECK(outcome_of(original) == straight.outcome);
}
