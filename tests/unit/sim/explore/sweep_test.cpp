#include "sim/explore/sweep.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sim/explore/seed_line.hpp"
#include "sim/scenario/scenario_file.hpp"

using namespace logarium;
using namespace logarium::explore;

namespace {

scenario::Model calm(const std::string& expect) {
  const scenario::ReadResult read = scenario::read(
      R"json({ "name": "calm", "story": "Nothing happens.", "duration": "11s",
        "topics": [ { "name": "orders" } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s" } } ],
        "phases": [ { "chaos": "1s" }, { "heal": "all" }, { "quiesce": { "within": "10s" } } ],
        "expect": )json" +
          expect + " }",
      "calm.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  return read.model;
}

}  // namespace

TEST_CASE("seeds are one number or a range that does not fall") {
  REQUIRE(parse_seeds("1..200"));
  CHECK(parse_seeds("1..200")->size() == 200);
  REQUIRE(parse_seeds("7"));
  CHECK(parse_seeds("7")->first == 7);
  CHECK(parse_seeds("7")->size() == 1);
  for (const char* wrong : {"", "..", "1..", "..5", "5..1", "a..b", "1..2..3", "-1..5", " 1..5",
                            "1..99999999999", "1.5"}) {
    INFO(wrong);
    CHECK_FALSE(parse_seeds(wrong));
  }
}

TEST_CASE("a sweep runs every seed once and gives the same results with any number of workers") {
  const scenario::Model model = calm(R"({ "at least": { "acked": 40 } })");
  std::uint64_t calls = 0;
  const SweepOptions one{.seeds = {3, 8}, .jobs = 1, .progress = [&](const auto&) { ++calls; }};
  const SweepResult alone = sweep(model, one);
  CHECK(calls == 6);
  CHECK(alone.complete);
  CHECK(alone.seeds == 6);
  CHECK(alone.pass == 6);
  CHECK(alone.as_expected == 6);
  CHECK(alone.least.at("acked") >= 40);
  CHECK(alone.totals.at("acked") >= 6 * alone.least.at("acked"));
  const SweepResult together = sweep(model, {.seeds = {3, 8}, .jobs = 4, .progress = {}});
  CHECK(together.pass == 6);
  CHECK(together.events == alone.events);
  CHECK(together.totals == alone.totals);
}

TEST_CASE("seeds in which too little happened are inconclusive and listed in order") {
  const SweepResult result =
      sweep(calm(R"({ "at least": { "acked": 100000 } })"), {.seeds = {1, 3}, .jobs = 2});
  CHECK(result.inconclusive == 3);
  CHECK(result.failures.empty());
  REQUIRE(result.unclear.size() == 3);
  CHECK(result.unclear[0].seed == 1);
  CHECK(result.unclear[2].seed == 3);
  CHECK(result.unclear[0].signature == "expected at least # acked, saw #");
}

TEST_CASE("a signature keeps the property's number and no other") {
  run::Outcome outcome;
  checkers::Violation violation;
  violation.property = {"R13", "reads", "meaning"};
  violation.explanation = "a consumer read offset 123 of orders-7";
  outcome.violations.push_back(violation);
  CHECK(signature_of(outcome) == "R13: a consumer read offset # of orders-#");
}

TEST_CASE("a seed's result comes back from its line; foreign lines are refused") {
  SeedResult result;
  result.seed = 18446744073709551615ULL;
  result.verdict = run::Verdict::kFail;
  result.digest = 0xfedcba9876543210;
  result.signature = "R3: \"lost\"\n";
  result.counts["acked"] = 12;
  const std::string line = to_line(result);
  CHECK(line.find('\n') == line.size() - 1);
  const auto back = from_line(line);
  REQUIRE(back);
  CHECK(back->seed == result.seed);
  CHECK(back->digest == result.digest);
  CHECK(back->verdict == result.verdict);
  CHECK(back->signature == result.signature);
  CHECK(back->counts == result.counts);
  CHECK_FALSE(from_line("Segmentation fault\n"));
}
