#include "sim/run/judge.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sim/scenario/scenario_file.hpp"

using namespace logarium;
using namespace logarium::run;

namespace {

Outcome run_file(const std::string& text) {
  const scenario::ReadResult read = scenario::read(text, "short.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  run::Run run(std::make_shared<const scenario::Plan>(scenario::resolve(read.model, 1)));
  run.to_end();
  return judge(run);
}

// A calm second, or one in which the only replica's disk is emptied after it acknowledged records.
Outcome outcome_of(const std::string& faults, const std::string& expect) {
  return run_file(
      R"json({ "name": "short", "story": "Short.", "duration": "22s",
        "topics": [ { "name": "orders", "partitions": 1, "replication.factor": 3 } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s" } },
                     { "consumer": { "assign": "orders" } } ],
        "phases": [ { "chaos": "2s" }, { "heal": "all" }, { "quiesce": { "within": "20s" } } ],
        "faults": [)json" +
      faults + "], \"expect\": " + expect + " }");
}

}  // namespace

TEST_CASE("a calm run passes, comes to rest and counts by all names") {
  const Outcome outcome = outcome_of("", R"({ "at least": { "acked": 90, "consumed": 90 } })");
  CHECK(outcome.verdict == Verdict::kPass);
  CHECK(outcome.as_expected);
  CHECK(outcome.simulated < seconds(10));
  CHECK(outcome.counts.at("acked") == outcome.counts.at("consumed"));
  for (const std::string& name : scenario::count_names()) {
    INFO(name);
    CHECK(outcome.counts.contains(name));
  }
}

TEST_CASE("a run in which too little happened is inconclusive and says what") {
  const Outcome outcome = outcome_of("", R"({ "at least": { "leader changes": 1 } })");
  CHECK(outcome.verdict == Verdict::kInconclusive);
  CHECK_FALSE(outcome.as_expected);
  REQUIRE(outcome.reasons.size() == 1);
  CHECK(outcome.reasons.front() == "expected at least 1 leader changes, saw 0");
}

TEST_CASE("more than the scenario allows is not as expected") {
  const Outcome outcome = outcome_of("", R"({ "at most": { "acked": 10 } })");
  CHECK(outcome.verdict == Verdict::kPass);
  CHECK_FALSE(outcome.as_expected);
}

TEST_CASE("a run that passes is content with pass or explained loss") {
  const Outcome outcome = outcome_of("", R"({ "verdict": "pass or explained loss" })");
  CHECK(outcome.verdict == Verdict::kPass);
  CHECK(outcome.as_expected);
}

TEST_CASE("what was acknowledged must be read back when the scenario says so") {
  const auto text = [](const std::string& from) {
    return R"json({ "name": "short", "duration": "22s",
        "topics": [ { "name": "orders", "partitions": 1, "replication.factor": 3 } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s" } },
                     { "consumer": { "assign": "orders", "start": "2s", "from": ")json" +
           from + R"json(" } } ],
        "phases": [ { "chaos": "2s" }, { "heal": "all" }, { "quiesce": { "within": "20s" } } ],
        "expect": { "read back": "all acked" } })json";
  };
  const Outcome all = run_file(text("earliest"));
  CHECK(all.verdict == Verdict::kPass);
  CHECK(all.counts.at("acked") > 80);
  CHECK(all.counts.at("acked read back") == all.counts.at("acked"));
  const Outcome none = run_file(text("latest"));
  CHECK(none.verdict == Verdict::kFail);
  CHECK_FALSE(none.as_expected);
  CHECK(none.counts.at("acked read back") < none.counts.at("acked"));
}

TEST_CASE("a run is not over before those who read at the end have begun") {
  const auto read_by = [](const std::string& consumer) {
    return run_file(
        R"json({ "name": "short", "duration": "42s",
        "topics": [ { "name": "orders", "partitions": 1, "replication.factor": 3 } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s" } },
                     { "consumer": { "assign": "orders", )json" +
        consumer + R"json( } } ],
        "faults": [ { "at": "1s", "for": "900ms",
                      "cut": { "from": "client(consumer-1)", "to": "brokers" } } ],
        "phases": [ { "chaos": "2s" }, { "heal": "all" }, { "quiesce": { "within": "40s" } } ],
        "expect": { "at least": { "acked": 90 } } })json");
  };
  SECTION("one that starts late") {
    const Outcome outcome = read_by(R"("start": "20s")");
    CHECK(outcome.verdict == Verdict::kPass);
    CHECK(outcome.simulated > seconds(20));
    CHECK(outcome.counts.at("consumed") == outcome.counts.at("acked"));
  }
  SECTION("one that found nobody at first and waits before it tries again") {
    const Outcome outcome = read_by(
        R"("start": "1500ms",
           "config": { "reconnect.backoff.ms": 15000, "reconnect.backoff.max.ms": 15000 })");
    CHECK(outcome.verdict == Verdict::kPass);
    CHECK(outcome.counts.at("consumed") == outcome.counts.at("acked"));
  }
}

namespace {

// Two of three replicas stop uncleanly; then the one that leads does, or its disk is emptied. The
// consumer is cut off before it has read all.
Outcome after_all_failed(const std::string& last, const std::string& expect) {
  return run_file(R"json({ "name": "short", "duration": "84s",
        "cluster": { "config": { "broker.session.timeout.ms": 3000,
                                 "broker.heartbeat.interval.ms": 500 } },
        "topics": [ { "name": "orders", "partitions": 1, "assignment": [[1, 2, 3]],
                      "config": { "min.insync.replicas": 2 } } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s", "config": {
                         "request.timeout.ms": 1000, "delivery.timeout.ms": 5000 } } },
                     { "consumer": { "assign": "orders" } } ],
        "faults": [ { "at": "1s", "for": "12s", "crash": ["broker(2)", "broker(3)"] },
                    { "at": "500ms", "for": "20s",
                      "cut": { "from": "client(consumer-1)", "to": "brokers" } },
                    { "at": "7s", "for": "12s", ")json" +
                  last + R"json(": "broker(1)" } ],
        "phases": [ { "chaos": "24s" }, { "heal": "all" }, { "quiesce": "60s" } ],
        "expect": )json" +
                  expect + " }");
}

}  // namespace

TEST_CASE("a partition that nobody may lead any more is explained by what its replicas lost") {
  const std::string borne =
      R"({ "verdict": "pass or explained loss", "at least": { "acked": 1000, "faults": 2 } })";
  SECTION("the last known leader's disk was emptied") {
    const Outcome outcome = after_all_failed("wipe", borne);
    CHECK(outcome.verdict == Verdict::kFail);
    CHECK(outcome.as_expected);
    CHECK(outcome.reasons.empty());
    CHECK(outcome.violation_count == 0);
    CHECK(outcome.simulated < seconds(60));
    CHECK(outcome.counts.at("consumed") < outcome.counts.at("acked"));
    REQUIRE(outcome.unavailable.size() == 1);
    const checkers::Unavailability& found = outcome.unavailable.front();
    CHECK(found.explanation.starts_with("3 replicas stopped uncleanly"));
    CHECK(found.explanation.find("node 1, the last known leader") != std::string::npos);
    REQUIRE(found.causes.size() == 4);
    CHECK(found.causes.front().text == "node 2 stopped uncleanly");
    CHECK(found.causes.back().text == "the disk of node 1 was wiped");
    CHECK(to_text(outcome).find("Explained unavailability: nobody may lead orders-0 since") !=
          std::string::npos);
    CHECK(to_json(outcome).find("\"unavailable\": [\n    {\n      \"partition\": \"orders-0\"") !=
          std::string::npos);
  }
  SECTION("who wants a pass does not get one") {
    CHECK_FALSE(after_all_failed("wipe", R"({ "verdict": "pass" })").as_expected);
  }
  SECTION("a last known leader that kept its disk leads again") {
    const Outcome outcome = after_all_failed("crash", borne);
    CHECK(outcome.unavailable.empty());
    CHECK_FALSE(outcome.as_expected);  // fewer acknowledged than wanted, and nothing excuses it
    CHECK(outcome.verdict == Verdict::kInconclusive);
  }
}

TEST_CASE("a scenario that expects a failure is not content with a pass") {
  const Outcome outcome = outcome_of("", R"({ "verdict": "fail: R3" })");
  CHECK(outcome.verdict == Verdict::kPass);
  CHECK_FALSE(outcome.as_expected);
}

TEST_CASE("the effects of faults are counted by kind") {
  const Outcome outcome = outcome_of(
      R"json({ "label": "kill", "at": "500ms", "crash": "leader(orders-0)" },
             { "after": "kill", "delay": "1s", "restart": "kill.target" })json",
      R"({ "at least": { "crash": 1, "faults": 2 }, "happened": [ "kill", "process ended" ] })");
  CHECK(outcome.as_expected);
  CHECK(outcome.fault_effects.at("crash") == 1);
}

namespace {

// A follower comes back and is not taken into the ISR again; the leader's disk rots in `path`.
Outcome left_outside(const std::string& path, const std::string& rules) {
  return run_file(R"json({ "name": "short", "duration": "60s", "seed": 1, )json" + rules + R"json(
        "cluster": { "config": { "broker.session.timeout.ms": 3000, "logarium.log.tail.bytes": 0,
                                 "broker.heartbeat.interval.ms": 500 } },
        "topics": [ { "name": "orders", "partitions": 1, "assignment": [[1, 2, 3]] } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s" } } ],
        "faults": [ { "at": "1s", "for": "12s", "stop": "broker(3)" },
                    { "at": "11s", "bit rot": { "target": "broker(1)", "path": ")json" +
                  path + R"json(" } } ],
        "phases": [ { "chaos": "20s" }, { "heal": "all" }, { "quiesce": "30s" } ] })json");
}

}  // namespace

TEST_CASE("bit rot excuses a replica outside the ISR only where it keeps it from reading on") {
  SECTION("a rotten batch that the replica has not got past") {
    const Outcome outcome = left_outside("logs/orders-0/00000000000000000000.log", "");
    CHECK(outcome.verdict == Verdict::kPass);
    CHECK(outcome.counts.at("isr changes") == 1);
  }
  SECTION("another file on the leader's disk") {
    const Outcome outcome =
        left_outside("logs/replication-offset", R"("rules": { "off": ["expand-when-unfenced"] },)");
    CHECK(outcome.verdict == Verdict::kInconclusive);
    REQUIRE(outcome.reasons.size() == 1);
    CHECK(outcome.reasons.front().find("a replica is not in the ISR") != std::string::npos);
  }
}
