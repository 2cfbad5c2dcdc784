// A run of the whole cluster is the same run, event for event, however it is looked at: once more,
// with every message through bytes, or continued by a copy that was taken in the middle.

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/raft/quorum.hpp"
#include "engine/replica/manager.hpp"
#include "engine/replica/partition.hpp"
#include "engine/server/server_node.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/recorder.hpp"
#include "tests/determinism/stormy.hpp"

using namespace logarium;
using test::stormy;

namespace {

// What a machine of this server is in the middle of, as its own state says.
struct Midst {
  bool election = false;         // it stands for leader of the quorum, or asks whether it could
  bool recovery = false;         // it reads a log back after an unclean stop
  bool alter_partition = false;  // it leads a partition whose new ISR is not committed yet
};

Midst midst_of(const world::World& world, world::NodeIndex node) {
  Midst out;
  const auto* server = dynamic_cast<const server::ServerNode*>(world.node(node));
  if (server == nullptr) return out;
  if (const raft::Quorum* quorum = server->quorum()) {
    out.election = quorum->role() == note::QuorumRole::kCandidate ||
                   quorum->role() == note::QuorumRole::kProspective;
  }
  if (server->replicas() == nullptr) return out;
  for (const PartitionRef ref : server->replicas()->partitions()) {
    const replica::Partition& partition = *server->replicas()->find(ref);
    out.recovery = out.recovery || partition.log().state() == log::Log::State::kRecovering;
    out.alter_partition = out.alter_partition ||
                          (partition.leader() != nullptr && partition.leader()->isr().in_flight());
  }
  return out;
}

Midst midst_of(const world::World& world) {
  Midst out;
  for (std::uint32_t i = 0; i < world.size(); ++i) {
    const Midst one = midst_of(world, world::NodeIndex(i));
    out.election = out.election || one.election;
    out.recovery = out.recovery || one.recovery;
    out.alter_partition = out.alter_partition || one.alter_partition;
  }
  return out;
}

// The events that left a node in the middle of something.
class Moments final : public world::Observer {
 public:
  void watch(const world::World& world) { world_ = &world; }
  void on_event(const world::EventView& event) override {
    const Midst midst = midst_of(*world_, event.node);
    if (midst.election) in_election.push_back(event.number);
    if (midst.recovery) in_recovery.push_back(event.number);
    if (midst.alter_partition) in_alter_partition.push_back(event.number);
  }
  std::vector<std::uint64_t> in_election, in_recovery, in_alter_partition;

 private:
  const world::World* world_ = nullptr;
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
  out.moments.watch(run.world());
  run.add_observer(out.moments);
  run.to_end();
  out.digest = run.world().digest();
  out.events = run.world().events();
  out.state = state_hash(run.world());
  out.outcome = outcome_of(run);
  return out;
}

// 20 events: two at random out of each kind of moment, the rest at random out of the run.
std::vector<std::uint64_t> events_to_copy_at(const Reference& reference) {
  std::vector<std::uint64_t> out;
  Random random(99);
  for (const auto* list : {&reference.moments.in_election, &reference.moments.in_recovery,
                           &reference.moments.in_alter_partition}) {
    REQUIRE(list->size() >= 2);
    out.push_back((*list)[random.below(list->size() / 2)]);
    out.push_back((*list)[list->size() / 2 + random.below(list->size() - list->size() / 2)]);
  }
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
  recorder.watch(run);
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

TEST_CASE("a copy taken in the middle of anything goes on as the original does") {
  const Reference straight = reference();
  int in_election = 0, in_recovery = 0, in_alter_partition = 0;
  auto base = std::make_unique<run::Run>(stormy());
  for (const std::uint64_t event : events_to_copy_at(straight)) {
    REQUIRE(base->to_event(event));
    INFO("copied at event " << event);
    auto copy = std::make_unique<run::Run>(*base);
    auto next = std::make_unique<run::Run>(*base);
    const Midst midst = midst_of(copy->world());
    in_election += midst.election ? 1 : 0;
    in_recovery += midst.recovery ? 1 : 0;
    in_alter_partition += midst.alter_partition ? 1 : 0;
    // The original runs on and is gone before the copy goes on.
    base->to_event(event + 3000);
    base = std::move(next);
    copy->to_end();
    CHECK(copy->world().digest() == straight.digest);
    CHECK(copy->world().events() == straight.events);
    CHECK(state_hash(copy->world()) == straight.state);
    CHECK(outcome_of(*copy) == straight.outcome);
  }
  CHECK(in_election >= 2);
  CHECK(in_recovery >= 2);
  CHECK(in_alter_partition >= 2);
  // It is by now a copy of a copy, twenty times over.
  base->to_end();
  CHECK(base->world().digest() == straight.digest);
  CHECK(outcome_of(*base) == straight.outcome);
}
