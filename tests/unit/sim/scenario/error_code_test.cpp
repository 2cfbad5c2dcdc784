// The fault "error code" in whole clusters.

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/error_response.hpp"
#include "sim/workload/history.hpp"
#include "tests/unit/sim/scenario/small_run.hpp"

using namespace logarium;
using namespace logarium::scenario;
using logarium::scenario::test::Run;
using logarium::scenario::test::small;

namespace {

constexpr auto kFault = world::FaultKind::kErrorCode;

const std::string kHalfRefused =
    R"J({"label": "refuse", "at": "2s", "for": "5s", "error code": {"api": "Produce",
         "error": "NOT_LEADER_OR_FOLLOWER", "target": "leader(t-0)", "share": "50%"}})J";

std::uint64_t answered(const Run& run) { return run.built.world.fault_counts().of(kFault); }

std::size_t acked(const Run& run) {
  std::size_t count = 0;
  for (const auto& [node, index] : run.driver.roster().client_of) {
    for (const workload::SendOp& send : run.built.world.application(node)->history()->sends()) {
      if (send.outcome == workload::SendOutcome::kAcked) ++count;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("a refused producer sends again, and the fault ends when its time is over") {
  Run run(small(kHalfRefused));
  while (!run.driver.ready_at()) run.driver.step(run.built.world);
  const Instant ready = *run.driver.ready_at();
  const auto run_to = [&](Duration after) {
    while (run.built.world.now() < ready + after) run.driver.step(run.built.world);
  };
  run_to(milliseconds(1900));
  CHECK(answered(run) == 0);
  run_to(milliseconds(7100));
  const std::uint64_t within = answered(run);
  CHECK(within > 10);
  run.to_the_end();
  CHECK(answered(run) == within);
  CHECK(run.driver.happened("refuse"));
  CHECK(run.driver.happened("error injected"));
  CHECK(run.driver.realised().at(0).lasted == seconds(5));
  // 50 records a second for 15 seconds, none given up.
  CHECK(acked(run) > 700);
}

TEST_CASE("a count ends the answers before the time does") {
  Run run(small(R"J({"at": "2s", "error code": {"api": "Produce", "error": "REQUEST_TIMED_OUT",
                     "target": "brokers", "count": 7}})J"));
  run.to_the_end();
  CHECK(answered(run) == 7);
}

TEST_CASE("a run with injected errors is the same through bytes, copied and as it was realised") {
  Model model = small(kHalfRefused);
  Run straight(model, 3);
  straight.to_the_end();
  REQUIRE(answered(straight) > 10);
  Run original(model, 3);
  original.until_event(straight.built.world.events() / 3);
  auto copy = std::make_unique<Run>(original);
  copy->to_the_end();
  CHECK(copy->built.world.digest() == straight.built.world.digest());
  CHECK(answered(*copy) == answered(straight));
  const ReadResult again = read(write(straight.driver.realised_model()), "realised");
  for (const Problem& problem : again.problems) UNSCOPED_INFO(to_string(problem));
  REQUIRE(again.ok());
  Run realised(again.model, 3);
  realised.to_the_end();
  CHECK(answered(realised) == answered(straight));
  model.wire = true;
  Run encoded(model, 3);
  encoded.to_the_end();
  CHECK(encoded.built.world.digest() == straight.built.world.digest());
}

TEST_CASE("no error in answer to any API brings a node down") {
  // Each API with an error that clients of it may repeat after, one that they may not, and one that
  // says nothing.
  std::string faults;
  for (const protocol::ApiEntry& entry : protocol::api_table()) {
    if (!protocol::has_error_response(entry.key)) continue;
    for (const char* error : {"NOT_LEADER_OR_FOLLOWER", "INVALID_REQUEST", "UNKNOWN_SERVER_ERROR",
                              "FENCED_LEADER_EPOCH", "STALE_BROKER_EPOCH"}) {
      faults += fmt::format(R"J({}{{"at": "1s", "for": "13s", "error code": {{"api": "{}",
                              "error": "{}", "target": "servers", "share": "5%"}}}})J",
                            faults.empty() ? "" : ",", entry.name, error);
    }
  }
  faults +=
      R"J(,{"every": "3s", "restart": "random(broker)"}, {"every": "2s", "move leader": "t-0"})J";
  faults += R"J(,{"every": "4s", "stop": "controller", "for": "1s"})J";
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    Run run(small(faults), seed);
    run.to_the_end();
    const auto& failure = run.built.world.failure();
    CHECK((failure ? failure->text : "") == "");
    CHECK(answered(run) > 100);
    CHECK(run.driver.watch().find("t", 0)->isr.size() == 3);
  }
}
