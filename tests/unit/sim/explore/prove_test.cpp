#include "sim/explore/prove.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sim/scenario/scenario_file.hpp"

using namespace logarium;
using namespace logarium::explore;

namespace {

constexpr checkers::Property kTruncation{"R20", "in-sync replicas cut nothing", "It is so."};
constexpr checkers::Property kOther{"R3", "nothing is lost", "It is so."};
constexpr checkers::Unproved kLater{"R18", "compaction", "There is none."};

// A leader dies; with the rule off its followers cut what was committed.
ProofCase failover(const std::string& proves, const std::string& off, const std::string& acked) {
  const scenario::ReadResult read = scenario::read(
      R"json({ "name": "failover", "story": "A leader dies.", "duration": "20s", "seed": 21,
        "proves": ")json" +
          proves + R"json(", "rules": { "off": [")json" + off + R"json("] },
        "topics": [ { "name": "orders", "partitions": 1, "config": { "min.insync.replicas": 2 } } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "500/s" } } ],
        "faults": [ { "when": { "high watermark": "orders-0", "at least": 500 }, "for": "3s",
                      "crash": "leader(orders-0)" } ],
        "phases": [ { "chaos": "8s" }, { "heal": "all" }, { "quiesce": "12s" } ],
        "expect": { "at least": { "acked": )json" +
          acked + R"json( }, "verdict": "fail: )json" + proves + "\" } }",
      "failover.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  return {"failover.json", read.model};
}

}  // namespace

TEST_CASE("a property is proved by a run that violates it with a rule off and passes with it on") {
  const Proofs proofs =
      prove({kTruncation}, {}, {failover("R20", "truncate-by-leader-epoch", "400")}, 2);
  CHECK(proofs.hold());
  REQUIRE(proofs.rows.size() == 1);
  const Proof& proof = proofs.rows[0];
  CHECK(proof.standing == Proof::Standing::kProved);
  CHECK(proof.rules_off == std::vector<std::string>{"truncate-by-leader-epoch"});
  REQUIRE(proof.off.violated.size() == 1);
  CHECK(proof.off.violated[0].id == "R20");
  CHECK(proof.off.violated[0].event > 0);
  CHECK(proof.on.violated.empty());
  CHECK(proof.off.digest != proof.on.digest);
}

TEST_CASE("a rule that the property does not hang on proves nothing") {
  const Proofs proofs = prove({kTruncation}, {}, {failover("R20", "pre-vote", "400")}, 1);
  CHECK_FALSE(proofs.hold());
  CHECK(proofs.rows[0].standing == Proof::Standing::kNotProved);
  CHECK(proofs.rows[0].reason == "with the rules off R20 is not violated");
}

TEST_CASE("the violation of another property proves nothing") {
  const Proofs proofs = prove({kOther}, {}, {failover("R3", "truncate-by-leader-epoch", "400")}, 1);
  CHECK_FALSE(proofs.hold());
  CHECK(proofs.rows[0].standing == Proof::Standing::kNotProved);
}

TEST_CASE("a run in which too little happens proves nothing") {
  const Proofs proofs =
      prove({kTruncation}, {}, {failover("R20", "truncate-by-leader-epoch", "400000")}, 1);
  CHECK_FALSE(proofs.hold());
  CHECK(proofs.rows[0].standing == Proof::Standing::kNotProved);
}

TEST_CASE("a property without a scenario does not hold; one that cannot have any says why") {
  const Proofs missing = prove({kTruncation}, {}, {}, 1);
  CHECK_FALSE(missing.hold());
  CHECK(missing.rows[0].standing == Proof::Standing::kNoScenario);
  const Proofs later = prove({}, {kLater}, {}, 1);
  CHECK(later.hold());
  REQUIRE(later.rows.size() == 1);
  CHECK(later.rows[0].standing == Proof::Standing::kUnproved);
  CHECK(later.rows[0].reason == "There is none.");
}
