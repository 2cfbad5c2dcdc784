#include "sim/world/answers.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/world/probe.hpp"

namespace logarium::world::test {
namespace {

constexpr std::int16_t kApi = 3;
constexpr std::int16_t kError = 7;

AnswerFault fault_at(std::vector<NodeIndex> nodes) {
  AnswerFault fault;
  fault.nodes = std::move(nodes);
  fault.api_key = kApi;
  fault.error = kError;
  return fault;
}

Frame response() {
  Frame frame;
  frame.body = std::make_shared<Text>("r", kApi, Message::Direction::kResponse);
  return frame;
}

std::int64_t struck(const std::vector<std::string>& story) {
  return std::count_if(story.begin(), story.end(), [](const std::string& line) {
    return line.find("with error") != std::string::npos;
  });
}

// Two probes, connected.
struct Pair : Bench {
  Pair() : a(add("a")), b(add("b")) { connect(a, "b"); }
  NodeIndex a, b;
};

TEST_CASE("an injected error strikes requests of its API at its nodes, and nothing else") {
  Answers answers{Random(1)};
  CHECK(answers.idle());
  answers.begin_fault(FaultId(1), fault_at({NodeIndex(1)}));
  CHECK(answers.decide(NodeIndex(1), text_frame("x", kApi)) == kError);
  CHECK_FALSE(answers.decide(NodeIndex(0), text_frame("x", kApi)));
  CHECK_FALSE(answers.decide(NodeIndex(1), text_frame("x", kApi + 1)));
  CHECK_FALSE(answers.decide(NodeIndex(1), response()));
  answers.end_fault(FaultId(1));
  CHECK(answers.idle());
  CHECK(answers.any_begun());
  CHECK_FALSE(answers.decide(NodeIndex(1), text_frame("x", kApi)));
}

TEST_CASE("of two injected errors the one that began first wins until it is spent") {
  Answers answers{Random(1)};
  AnswerFault first = fault_at({});
  first.answers_max = 2;
  AnswerFault second = fault_at({});
  second.error = 19;
  answers.begin_fault(FaultId(1), first);
  answers.begin_fault(FaultId(2), second);
  const Frame frame = text_frame("x", kApi);
  CHECK(answers.decide(NodeIndex(0), frame) == kError);
  CHECK(answers.decide(NodeIndex(1), frame) == kError);
  CHECK(answers.decide(NodeIndex(2), frame) == 19);
}

TEST_CASE("a share of the requests is drawn from the fault's own stream") {
  AnswerFault fault = fault_at({});
  fault.ppm = 250'000;
  const auto drawn = [&](bool with_other) {
    Answers answers{Random(5)};
    answers.begin_fault(FaultId(1), fault);
    AnswerFault other = fault;
    other.api_key = kApi + 1;
    if (with_other) answers.begin_fault(FaultId(2), other);
    std::vector<bool> out;
    for (int i = 0; i < 4000; ++i) {
      if (with_other) (void)answers.decide(NodeIndex(0), text_frame("y", kApi + 1));
      out.push_back(answers.decide(NodeIndex(0), text_frame("x", kApi)).has_value());
    }
    return out;
  };
  const std::vector<bool> alone = drawn(false);
  CHECK(alone == drawn(true));
  const auto count = std::count(alone.begin(), alone.end(), true);
  CHECK(count > 900);
  CHECK(count < 1100);
}

TEST_CASE("the world hands the wish for an error over with the request") {
  Pair pair;
  const FaultId id = pair.world.begin(fault_at({pair.b}), {4});
  pair.send(pair.a, 2, "one", kApi);
  pair.send(pair.a, 2, "other", kApi + 1);
  pair.send(pair.b, 1, "back", kApi);
  pair.run(milliseconds(10));
  CHECK(pair.story(pair.b) ==
        std::vector<std::string>{"accepted 1", "received one with error 7", "received other"});
  CHECK(pair.story(pair.a).back() == "received back");
  CHECK(pair.world.end(id));
  pair.send(pair.a, 2, "after", kApi);
  pair.run(milliseconds(10));
  CHECK(pair.story(pair.b).back() == "received after");
  CHECK_FALSE(pair.world.end(id));
}

TEST_CASE("a request that waits for a paused node keeps the error it came with") {
  Pair pair;
  pair.world.pause(pair.b);
  pair.world.begin(fault_at({pair.b}));
  pair.send(pair.a, 2, "early", kApi);
  pair.run(milliseconds(10));
  pair.world.end_all_faults();
  pair.send(pair.a, 2, "late", kApi);
  pair.run(milliseconds(10));
  CHECK(pair.story(pair.b) ==
        std::vector<std::string>{"accepted 1", "received early with error 7", "received late"});
}

TEST_CASE("an injected error is part of the digest, and a copy goes on drawing as its original") {
  Pair plain;
  Pair pair;
  REQUIRE(plain.world.digest() == pair.world.digest());
  AnswerFault fault = fault_at({pair.b});
  fault.ppm = 500'000;
  pair.world.begin(fault);
  // The same events but for what the requests carry.
  fault.ppm = 1;
  plain.world.begin(fault);
  REQUIRE(plain.world.digest() == pair.world.digest());
  const auto send_some = [](Pair& to) {
    for (int i = 0; i < 40; ++i) to.send(to.a, 2, "x", kApi);
    to.run(milliseconds(10));
  };
  send_some(plain);
  send_some(pair);
  CHECK(struck(plain.story(plain.b)) == 0);
  CHECK(struck(pair.story(pair.b)) > 5);
  CHECK(struck(pair.story(pair.b)) < 35);
  CHECK(plain.world.digest() != pair.world.digest());
  Pair copy = pair;
  send_some(copy);
  send_some(pair);
  CHECK(copy.world.digest() == pair.world.digest());
  CHECK(copy.story(copy.b) == pair.story(pair.b));
}

}  // namespace
}  // namespace logarium::world::test
