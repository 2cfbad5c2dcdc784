#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/world/probe.hpp"

namespace logarium::world::test {
namespace {

using Story = std::vector<std::string>;

std::string joined(const Story& story) {
  std::string out;
  for (const std::string& line : story) out += line + ";";
  return out;
}

std::int64_t times(const Story& story, const std::string& line) {
  return std::count(story.begin(), story.end(), line);
}

LinkFault link_fault(FaultKind kind, std::vector<NodeIndex> from, std::vector<NodeIndex> to,
                     Ways ways = Ways::kBoth) {
  LinkFault fault;
  fault.kind = kind;
  fault.from = std::move(from);
  fault.to = std::move(to);
  fault.ways = ways;
  return fault;
}

// Two connected probes.
struct NetworkPair : Bench {
  explicit NetworkPair(WorldOptions options = {}) : Bench(options), a(add("a")), b(add("b")) {
    connect(a, "b");
  }
  NodeIndex a, b;
};

TEST_CASE("a connection is accepted under an odd number and connected under the even one") {
  NetworkPair pair;
  CHECK(joined(pair.story(pair.a)) == "connected 2;");
  CHECK(joined(pair.story(pair.b)) == "accepted 1;");
  pair.send(pair.b, 1, "hello");
  pair.run(milliseconds(10));
  CHECK(joined(pair.story(pair.a)) == "connected 2;received hello;");
}

TEST_CASE("messages on a connection keep their order whatever the latencies are") {
  WorldOptions options;
  options.network.link.latency = Delay::uniform({}, milliseconds(50));
  NetworkPair pair(options);
  std::string expected = "accepted 1;";
  for (int i = 0; i < 50; ++i) {
    pair.send(pair.a, 2, std::to_string(i));
    expected += "received " + std::to_string(i) + ";";
  }
  pair.run(seconds(1));
  CHECK(joined(pair.story(pair.b)) == expected);
}

TEST_CASE("loss over tcp delays and keeps the order; too much of it resets the connection") {
  NetworkPair pair;
  auto loss = link_fault(FaultKind::kLoss, {}, {});
  loss.ppm = 300'000;
  const FaultId id = pair.world.begin(loss);
  for (int i = 0; i < 20; ++i) pair.send(pair.a, 2, std::to_string(i));
  pair.run(seconds(20));
  CHECK(pair.world.fault_counts().of(FaultKind::kLoss) > 0);
  Story story = pair.story(pair.b);
  REQUIRE(story.size() == 21);
  for (int i = 0; i < 20; ++i)
    CHECK(story[static_cast<std::size_t>(i) + 1] == "received " + std::to_string(i));
  pair.world.end(id);
  loss.ppm = 1'000'000;
  pair.world.begin(loss);
  pair.send(pair.a, 2, "lost");
  pair.run(seconds(60));
  CHECK(pair.story(pair.a).back() == "closed 2");
  CHECK(pair.story(pair.b).back() == "closed 1");
}

TEST_CASE("a short cut holds messages back; a long one resets the connection") {
  NetworkPair pair;
  const FaultId cut = pair.world.begin(link_fault(FaultKind::kCut, {pair.a}, {pair.b}));
  pair.send(pair.a, 2, "one");
  pair.send(pair.a, 2, "two");
  pair.run(milliseconds(500));
  CHECK(joined(pair.story(pair.b)) == "accepted 1;");
  pair.world.end(cut);
  pair.run(seconds(2));
  CHECK(joined(pair.story(pair.b)) == "accepted 1;received one;received two;");
  CHECK(pair.world.fault_counts().of(FaultKind::kCut) == 2);
  pair.world.begin(link_fault(FaultKind::kCut, {pair.a}, {pair.b}));
  pair.send(pair.a, 2, "three");
  pair.run(seconds(60));
  CHECK(joined(pair.story(pair.a)) == "connected 2;closed 2;");
  CHECK(pair.story(pair.b).back() == "closed 1");
}

TEST_CASE("messages in flight when a cut begins are held back too") {
  NetworkPair pair;
  pair.send(pair.a, 2, "one");
  const FaultId cut = pair.world.begin(link_fault(FaultKind::kCut, {}, {}));
  pair.run(milliseconds(300));
  pair.send(pair.a, 2, "two");
  CHECK(times(pair.story(pair.b), "received one") == 0);
  pair.world.end(cut);
  pair.run(seconds(2));
  CHECK(joined(pair.story(pair.b)) == "accepted 1;received one;received two;");
}

TEST_CASE("a one-way cut lets the other way through until acknowledgements are missed") {
  NetworkPair pair;
  pair.world.begin(link_fault(FaultKind::kCut, {pair.a}, {pair.b}, Ways::kOneWay));
  pair.send(pair.b, 1, "to a");
  pair.send(pair.a, 2, "to b");
  pair.run(seconds(1));
  CHECK(times(pair.story(pair.a), "received to a") == 1);
  CHECK(times(pair.story(pair.b), "received to b") == 0);
  pair.run(seconds(60));
  CHECK(pair.story(pair.a).back() == "closed 2");
  CHECK(pair.story(pair.b).back() == "closed 1");
  CHECK(times(pair.story(pair.b), "received to b") == 0);
}

TEST_CASE(
    "a connect fails by timeout in a cut, is refused by a dead process, and at once by name") {
  Bench bench;
  const NodeIndex a = bench.add("a");
  const NodeIndex b = bench.add("b");
  bench.act(a, {Connect{ConnectionId(2), Endpoint{"nobody", 1}}});
  bench.run(milliseconds(5));
  CHECK(bench.story(a).back() == "refused 2");
  const FaultId cut = bench.world.begin(link_fault(FaultKind::kCut, {a}, {b}));
  bench.act(a, {Connect{ConnectionId(4), Endpoint{"b", 1}}});
  bench.run(seconds(9));
  CHECK(bench.story(a).back() == "refused 2");
  bench.run(seconds(2));
  CHECK(bench.story(a).back() == "refused 4");
  bench.world.end(cut);
  bench.world.crash(b);
  bench.act(a, {Connect{ConnectionId(6), Endpoint{"b", 1}}});
  bench.run(milliseconds(5));
  CHECK(bench.story(a).back() == "refused 6");
  bench.world.power_loss(b);
  bench.act(a, {Connect{ConnectionId(8), Endpoint{"b", 1}}});
  bench.run(milliseconds(5));
  CHECK(bench.story(a).back() == "refused 6");
  bench.run(seconds(11));
  CHECK(bench.story(a).back() == "refused 8");
}

TEST_CASE("a crash is heard after one latency, a power loss by keepalive or by sending") {
  NetworkPair pair;
  pair.send(pair.b, 1, "last words");
  pair.world.crash(pair.b);
  pair.run(milliseconds(2));
  CHECK(joined(pair.story(pair.a)) == "connected 2;received last words;closed 2;");
  pair.world.start(pair.b);
  pair.run(milliseconds(1));
  pair.connect(pair.a, "b", 4);
  pair.world.power_loss(pair.b);
  pair.run(seconds(20));
  CHECK(pair.story(pair.a).back() == "connected 4");
  pair.run(seconds(11));
  CHECK(pair.story(pair.a).back() == "closed 4");
  pair.world.start(pair.b);
  pair.run(milliseconds(1));
  pair.connect(pair.a, "b", 6);
  CHECK(pair.story(pair.a).back() == "connected 6");
  pair.world.power_loss(pair.b);
  pair.world.start(pair.b);
  pair.send(pair.a, 6, "who are you");
  pair.run(milliseconds(5));
  CHECK(pair.story(pair.a).back() == "closed 6");
  CHECK(times(pair.story(pair.b), "received who are you") == 0);
}

TEST_CASE("a disconnect arrives after the data, and only at the other end") {
  NetworkPair pair;
  pair.act(pair.a, {Send{ConnectionId(2), text_frame("bye")}, Disconnect{ConnectionId(2)}});
  pair.send(pair.b, 1, "too late");
  pair.run(milliseconds(10));
  CHECK(joined(pair.story(pair.a)) == "connected 2;");
  CHECK(joined(pair.story(pair.b)) == "accepted 1;received bye;closed 1;");
  pair.send(pair.b, 1, "nobody there");
  pair.run(seconds(60));
  CHECK(pair.story(pair.a).size() == 1);
}

TEST_CASE("a filtered message vanishes and resets its connection; others pass") {
  NetworkPair pair;
  auto filter = link_fault(FaultKind::kFilter, {pair.a}, {pair.b}, Ways::kOneWay);
  filter.api_key = 1;
  filter.messages_max = 1;
  pair.world.begin(filter);
  pair.send(pair.a, 2, "fine", 0);
  pair.send(pair.a, 2, "filtered", 1);
  pair.run(milliseconds(10));
  CHECK(joined(pair.story(pair.b)) == "accepted 1;received fine;closed 1;");
  CHECK(pair.story(pair.a).back() == "closed 2");
  CHECK(pair.world.fault_counts().of(FaultKind::kFilter) == 1);
  pair.connect(pair.a, "b", 4);
  pair.send(pair.a, 4, "spent", 1);
  pair.run(milliseconds(10));
  CHECK(pair.story(pair.b).back() == "received spent");
}

TEST_CASE("a reset on demand closes both ends") {
  NetworkPair pair;
  CHECK(pair.world.reset_connections(pair.a, pair.b));
  pair.run(milliseconds(1));
  CHECK(pair.story(pair.a).back() == "closed 2");
  CHECK(pair.story(pair.b).back() == "closed 1");
  CHECK(!pair.world.reset_connections(pair.a, pair.b));
}

TEST_CASE("a bandwidth limit queues messages behind each other") {
  NetworkPair pair;
  auto narrow = link_fault(FaultKind::kBandwidth, {pair.a}, {pair.b}, Ways::kOneWay);
  narrow.bytes_per_second = 1000;
  pair.world.begin(narrow);
  const std::string text(476, 'x');  // half a second with its header
  pair.send(pair.a, 2, text);
  pair.send(pair.a, 2, text);
  pair.run(milliseconds(499));
  CHECK(times(pair.story(pair.b), "received " + text) == 0);
  pair.run(milliseconds(10));
  CHECK(times(pair.story(pair.b), "received " + text) == 1);
  pair.run(milliseconds(480));
  CHECK(times(pair.story(pair.b), "received " + text) == 1);
  pair.run(milliseconds(20));
  CHECK(times(pair.story(pair.b), "received " + text) == 2);
}

TEST_CASE("a delay fault delays; datagrams are lost, doubled and reordered singly") {
  WorldOptions options;
  options.network.transport = Transport::kDatagram;
  NetworkPair pair(options);
  auto slow = link_fault(FaultKind::kDelay, {pair.a}, {pair.b});
  slow.delay = Delay::constant(milliseconds(100));
  const FaultId delay = pair.world.begin(slow);
  pair.send(pair.a, 2, "slow");
  pair.run(milliseconds(99));
  CHECK(times(pair.story(pair.b), "received slow") == 0);
  pair.run(milliseconds(2));
  CHECK(times(pair.story(pair.b), "received slow") == 1);
  pair.world.end(delay);
  auto loss = link_fault(FaultKind::kLoss, {}, {});
  const FaultId lossy = pair.world.begin(loss);
  pair.send(pair.a, 2, "lost");
  pair.world.end(lossy);
  const FaultId doubled = pair.world.begin(link_fault(FaultKind::kDuplicate, {}, {}));
  pair.send(pair.a, 2, "twice");
  pair.world.end(doubled);
  pair.run(milliseconds(10));
  auto shuffle = link_fault(FaultKind::kReorder, {}, {});
  shuffle.delay = Delay::constant(milliseconds(5));
  const FaultId reordered = pair.world.begin(shuffle);
  pair.send(pair.a, 2, "late");
  pair.world.end(reordered);
  pair.send(pair.a, 2, "early");
  pair.run(milliseconds(100));
  CHECK(joined(pair.story(pair.b)) ==
        "accepted 1;received slow;received twice;received twice;received early;received late;");
}

}  // namespace
}  // namespace logarium::world::test
