#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "sim/scenario/scenario_file.hpp"

using namespace logarium;
using namespace logarium::scenario;

namespace {

// The first problem as "line:column: message", or "fine".
std::string first_problem(const std::string& text) {
  const ReadResult result = read(text, "x.json");
  if (result.ok()) return "fine";
  const Problem& problem = result.problems.front();
  return std::to_string(problem.line) + ':' + std::to_string(problem.column) + ": " +
         problem.message;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A scenario with one topic and these faults.
std::string with_faults(const std::string& faults) {
  return "{\"name\": \"t\", \"topics\": [{\"name\": \"orders\", \"partitions\": 2}],\n"
         "\"faults\": [\n" +
         faults + "\n]}";
}

}  // namespace

TEST_CASE("the smallest scenario has a name and nothing else") {
  const ReadResult result = read(R"J({"name": "nothing"})J", "x.json");
  REQUIRE(result.ok());
  CHECK(result.model.name == "nothing");
  CHECK(result.model.cluster.brokers.value() == 3);
}

TEST_CASE("an unknown key is an error with its place and the nearest valid name") {
  CHECK(first_problem("{\n  \"name\": \"x\",\n  \"clutser\": {}\n}") ==
        "3:3: unknown key \"clutser\"; did you mean \"cluster\"?");
  const ReadResult result = read(with_faults(R"J({"at": "1s", "crsh": "broker(1)"})J"), "x.json");
  REQUIRE_FALSE(result.ok());
  const bool named =
      std::any_of(result.problems.begin(), result.problems.end(), [](const Problem& problem) {
        return problem.line == 3 && problem.column == 14 && problem.path == "faults[0]" &&
               contains(problem.message, "did you mean \"crash\"?");
      });
  CHECK(named);
}

TEST_CASE("a missing key is an error at the object that lacks it") {
  CHECK(first_problem("{ }") == "1:1: the key \"name\" is missing");
}

TEST_CASE("a key that comes twice is refused where it comes again") {
  CHECK(first_problem("{\"name\": \"x\",\n \"name\": \"y\"}") ==
        "2:2: the key \"name\" comes twice in this object");
}

TEST_CASE("nesting deeper than 64 levels is refused, however deep it is") {
  const std::string deep(200'000, '[');
  CHECK(first_problem("{\"name\": " + deep) == "1:73: nested deeper than 64 levels");
}

TEST_CASE("a file cut anywhere is an error, never a crash") {
  const std::string text = with_faults(R"J({"at": "1s", "for": "2s", "crash": "broker(1)"})J");
  REQUIRE(first_problem(text) == "fine");
  for (std::size_t size = 0; size < text.size(); ++size) {
    INFO(size);
    CHECK_FALSE(read(text.substr(0, size), "x.json").ok());
  }
}

TEST_CASE("numbers carry units, and a wrong one is named with a right one") {
  CHECK(contains(first_problem(R"J({"name": "x", "duration": "60"})J"), "\"60\" is not a time"));
  CHECK(contains(first_problem(R"J({"name": "x", "duration": 60})J"), "this must be a time"));
  CHECK(contains(first_problem(R"J({"name": "x", "duration": "60/s"})J"), "is not a time"));
  CHECK(contains(first_problem(R"J({"name": "x", "duration": "-60s"})J"), "too small"));
  CHECK(contains(first_problem(R"J({"name": "x", "seed": 1.5})J"), "not a whole number"));
  CHECK(contains(first_problem(R"J({"name": "x", "seed": 99999999999999999999})J"), "number"));
  CHECK(contains(first_problem(R"J({"name": "x", "network": {"loss": "101%"}})J"), "too large"));
  CHECK(first_problem(R"J({"name": "x", "network": {"loss": "0.25%"}})J") == "fine");
}

TEST_CASE("a distribution must be one that is known and in order") {
  const auto latency = [](const std::string& value) {
    return first_problem(R"J({"name": "x", "network": {"latency": )J" + value + "}}");
  };
  CHECK(latency(R"J({"uniform": ["1ms", "5ms"]})J") == "fine");
  CHECK(latency(R"J({"exponential": {"mean": "1ms", "max": "40ms"}})J") == "fine");
  CHECK(latency(R"J({"pick": ["1ms", "2ms"]})J") == "fine");
  CHECK(contains(latency(R"J({"uniform": ["5ms", "1ms"]})J"), "the smaller first"));
  CHECK(contains(latency(R"J({"normal": ["5ms", "1ms"]})J"), "unknown distribution"));
  CHECK(contains(latency(R"J({"pick": []})J"), "at least one value"));
  CHECK(contains(latency(R"J({"zipf": 5})J"), "keys of records"));
  CHECK(contains(latency(R"J({"exponential": {"mean": "1ms", "maxx": "4ms"}})J"), "maxx"));
}

TEST_CASE("Kafka's config names and values are checked by Kafka's own table") {
  CHECK(contains(
      first_problem(R"J({"name": "x", "cluster": {"config": {"replica.lag.time.max": 1}}})J"),
      "replica.lag.time.max.ms"));
  CHECK(contains(first_problem(R"J({"name": "x", "topics": [{"name": "t",
                 "config": {"min.insync.replicas": 0}}]})J"),
                 "min.insync.replicas"));
  CHECK(contains(first_problem(R"J({"name": "x", "topics": [{"name": "t"}],
      "clients": [{"producer": {"topic": "t", "config": {"acks": "two"}}}]})J"),
                 "acks"));
}

TEST_CASE("causes that wait for each other are refused") {
  const std::string circle = with_faults(
      R"J({"label": "a", "after": "b", "crash": "broker(1)"},
{"label": "b", "after": "a", "restart": "broker(1)"})J");
  CHECK(contains(first_problem(circle), "circle"));
  const std::string itself = with_faults(R"J({"label": "a", "after": "a", "crash": "broker(1)"})J");
  CHECK(contains(first_problem(itself), "circle"));
}

TEST_CASE("a target that cannot be is refused with what would be right") {
  const auto crash = [](const std::string& target) {
    return first_problem(with_faults(R"J({"at": "1s", "crash": ")J" + target + "\"}"));
  };
  CHECK(crash("leader(orders-1)") == "fine");
  CHECK(contains(crash("leader(orders-2)"), "partitions 0 to 1"));
  CHECK(contains(crash("leader(order-0)"), "did you mean \"orders\"?"));
  CHECK(contains(crash("broker(4)"), "1 to 3"));
  CHECK(contains(crash("leeder(orders-0)"), "did you mean \"leader\"?"));
  CHECK(contains(crash("leader"), "parentheses"));
  CHECK(contains(crash("kill.target"), "no fault has the label"));
  CHECK(contains(crash("random(random(broker))"), "random"));
  CHECK(contains(crash("broker(2)[1]"), "index"));
}

TEST_CASE("a fault has one trigger and one action, and no key that says nothing") {
  CHECK(
      contains(first_problem(with_faults(R"J({"crash": "broker(1)"})J")), "a trigger is missing"));
  CHECK(
      contains(first_problem(with_faults(R"J({"at": "1s", "every": "2s", "crash": "broker(1)"})J")),
               "one trigger"));
  CHECK(contains(first_problem(with_faults(R"J({"at": "1s"})J")), "one of these keys is missing"));
  CHECK(contains(first_problem(with_faults(R"J({"at": "1s", "crash": "all", "pause": "all"})J")),
                 "exclude each other"));
  CHECK(contains(first_problem(with_faults(R"J({"at": "1s", "delay": "1s", "crash": "all"})J")),
                 "goes with after and when"));
  CHECK(contains(first_problem(with_faults(R"J({"at": "1s", "for": "1s", "restart": "all"})J")),
                 "is over at once"));
}

TEST_CASE("what is not supported yet is refused by name") {
  CHECK(contains(first_problem(R"J({"name": "x", "topics": [{"name": "t"}],
      "clients": [{"consumer": {"group": "g", "topics": ["t"]}}]})J"),
                 "groups are not supported yet"));
}

TEST_CASE("an injected error needs an API that a server answers, an error's name and servers") {
  const auto inject = [](const std::string& keys) {
    return first_problem(with_faults("{\"at\": \"1s\", \"error code\": {" + keys + "}}"));
  };
  const std::string rest = R"J(, "target": "brokers", "share": "20%", "count": 5)J";
  CHECK(inject(R"J("api": "Produce", "error": "NOT_LEADER_OR_FOLLOWER")J" + rest) == "fine");
  CHECK(contains(inject(R"J("api": "Prodce", "error": "REQUEST_TIMED_OUT")J" + rest),
                 "3:29: there is no API \"Prodce\"; did you mean \"Produce\"?"));
  CHECK(contains(inject(R"J("api": "Produce", "error": "NOT_LEADER_OR_FOLOWER")J" + rest),
                 "3:47: there is no error \"NOT_LEADER_OR_FOLOWER\"; did you mean "
                 "\"NOT_LEADER_OR_FOLLOWER\"?"));
  CHECK(contains(inject(R"J("api": "Produce", "error": "NONE")J" + rest), "\"NONE\" is no error"));
  CHECK(contains(inject(R"J("api": "Envelope", "error": "REQUEST_TIMED_OUT")J" + rest),
                 "3:29: no server answers Envelope"));
  CHECK(contains(inject(R"J("api": "Fetch", "error": "REQUEST_TIMED_OUT")J"),
                 "\"target\" is missing"));
  CHECK(contains(inject(R"J("api": "Fetch", "error": "REQUEST_TIMED_OUT", "target": "clients")J"),
                 "a client answers no requests"));
  CHECK(first_problem(with_faults(R"J({"every": "1s", "times": 3, "for": "1s", "error code":
      {"api": "Fetch", "error": "REQUEST_TIMED_OUT", "target": "leader(orders-0)"}})J")) == "fine");
}

TEST_CASE("several mistakes are reported at once, in the order of the file") {
  const ReadResult result = read("{\n\"nam\": 1,\n\"seed\": \"x\",\n\"duration\": 5\n}", "x.json");
  REQUIRE(result.problems.size() == 4);
  CHECK(to_string(result.problems[1]) == "x.json:2:1: unknown key \"nam\"; did you mean \"name\"?");
  for (std::size_t i = 1; i < result.problems.size(); ++i) {
    CHECK(result.problems[i - 1].line <= result.problems[i].line);
  }
}

TEST_CASE("phases longer than the duration are refused") {
  CHECK(contains(first_problem(R"J({"name": "x", "duration": "30s",
      "phases": [{"chaos": "20s"}, {"quiesce": "20s"}]})J"),
                 "the phases take 40s, but duration is 30s"));
}

TEST_CASE(
    "a scenario that proves a property switches a rule off and expects that property to fail") {
  const auto proof = [](const std::string& keys) {
    return first_problem("{\"name\": \"t\", \"topics\": [{\"name\": \"orders\"}],\n" + keys + "}");
  };
  const std::string off = R"("rules": {"off": ["pre-vote"]})";
  CHECK(proof(R"("proves": "Q1", "expect": {"verdict": "fail: Q1"}, )" + off) == "fine");
  CHECK(proof(R"("proves": "L11", "expect": {"verdict": "fail: L11"}, )" + off) == "fine");
  CHECK(contains(proof(R"("proves": "Z1", "expect": {"verdict": "fail: Q1"}, )" + off),
                 "2:1: \"Z1\" is no property's id"));
  CHECK(contains(proof(R"("proves": "Q1", "expect": {"verdict": "fail: Q2"}, )" + off),
                 "\"verdict\": \"fail: Q1\""));
  CHECK(contains(proof(R"("proves": "Q1", )" + off), "\"verdict\": \"fail: Q1\""));
  CHECK(contains(proof(R"("proves": "Q1", "expect": {"verdict": "fail: Q1"})"),
                 "switches off a rule"));
}

TEST_CASE("with its rules on a scenario switches nothing off and expects to pass") {
  const ReadResult result = read(R"J({"name": "t", "topics": [{"name": "orders"}], "proves": "R3",
             "rules": {"off": ["pre-vote", "check-quorum"], "truncation": "high-watermark"},
             "expect": {"verdict": "fail: R3", "at least": {"acked": 5}}})J",
                                 "x.json");
  REQUIRE(result.ok());
  CHECK(rules_switched_off(result.model) ==
        std::vector<std::string>{"truncate-by-leader-epoch", "pre-vote", "check-quorum"});
  const Model on = with_rules_on(result.model);
  CHECK(rules_switched_off(on).empty());
  CHECK(on.expect.verdict == "pass");
  CHECK(on.expect.at_least == result.model.expect.at_least);
  CHECK(read(write(on), "y.json").ok());
}
