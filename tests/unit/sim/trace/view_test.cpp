#include "sim/trace/view.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/base/state_visitor.hpp"
#include "tests/unit/sim/trace/random_events.hpp"

using namespace logarium;
using namespace logarium::trace;

namespace {

const PartitionRef kOrders{Uuid{1, 2}, PartitionIndex(0)};

std::vector<NodeInfo> nodes() {
  return {{"broker-1", "broker", NodeId(1)},
          {"broker-2", "broker", NodeId(2)},
          {"controller-1001", "controller", NodeId(1001)},
          {"producer-1", "client", NodeId(0)}};
}

// A view and the next event's number.
struct Told {
  View view{nodes()};
  std::uint64_t next = 1;
  void tell(std::uint32_t node, const Note& note) {
    view.apply(next, Instant{static_cast<std::int64_t>(next)}, node, {note});
    ++next;
  }
  void append(std::uint32_t node, std::int64_t base, std::int64_t end, std::int32_t epoch) {
    tell(node, note::Appended{kOrders, Offset(base), Offset(end), LeaderEpoch(epoch),
                              note::Role::kFollower, 0, 0});
  }
  [[nodiscard]] const LogView& log(std::uint32_t node) const {
    return *view.find(kOrders)->log(node);
  }
};

Told two_logs() {
  Told t;
  for (const std::uint32_t node : {0U, 1U}) {
    t.tell(node, note::ReplicaOpened{kOrders, Offset(0), Offset(0), Offset(0), 0});
    t.append(node, 0, 10, 1);
  }
  t.append(0, 10, 15, 1);
  t.append(1, 10, 12, 2);
  t.tell(1, note::BecameLeader{kOrders, LeaderEpoch(2), PartitionEpoch(2), Offset(10)});
  return t;
}

}  // namespace

TEST_CASE("records are in ranges of the leader epochs that wrote them") {
  Told t = two_logs();
  CHECK(t.log(0).epochs == std::vector<EpochRange>{{LeaderEpoch(1), Offset(0)}});
  CHECK(t.log(1).epochs ==
        std::vector<EpochRange>{{LeaderEpoch(1), Offset(0)}, {LeaderEpoch(2), Offset(10)}});
  t.tell(1, note::LogStartMoved{kOrders, Offset(11), note::StartCause::kRetention});
  CHECK(t.log(1).epochs == std::vector<EpochRange>{{LeaderEpoch(2), Offset(11)}});
  t.tell(1, note::LogStartMoved{kOrders, Offset(12), note::StartCause::kRetention});
  CHECK(t.log(1).epochs.empty());
}

TEST_CASE(
    "a follower diverges where its records are of another epoch, or beyond the leader's end") {
  Told t = two_logs();
  const auto apart = divergence(*t.view.find(kOrders), t.log(0));
  REQUIRE(apart);
  CHECK(apart->from == Offset(10));
  CHECK(apart->to == Offset(15));
  CHECK_FALSE(divergence(*t.view.find(kOrders), t.log(1)));
  t.tell(0,
         note::Truncated{kOrders, Offset(15), Offset(10), note::TruncateCause::kDivergingEpoch, 0});
  CHECK_FALSE(divergence(*t.view.find(kOrders), t.log(0)));
  t.append(0, 10, 13, 2);
  CHECK(divergence(*t.view.find(kOrders), t.log(0))->from == Offset(12));
}

TEST_CASE("a log stays as it was told when its process ends, and is closed") {
  Told t = two_logs();
  t.tell(1, note::Synced{kOrders, Offset(11)});
  t.tell(1, note::ProcessEnded{Incarnation(1), note::EndCause::kCrash});
  CHECK_FALSE(t.log(1).open);
  CHECK_FALSE(t.log(1).leading);
  CHECK(t.log(1).log_end == Offset(12));
  // It comes back with less, the rest anew from the disk.
  t.tell(1, note::BatchRecovered{kOrders, Offset(10), Offset(11), LeaderEpoch(3), 7});
  t.tell(1, note::ReplicaOpened{kOrders, Offset(0), Offset(11), Offset(5), 0});
  CHECK(t.log(1).open);
  CHECK(t.log(1).log_end == Offset(11));
  CHECK(t.log(1).epochs.back() == EpochRange{LeaderEpoch(3), Offset(10)});
}

TEST_CASE("a fault goes on until it has ended on all its nodes; what strikes once does not") {
  Told t;
  t.view.apply(1, Instant{5}, 0, {note::FaultBegan{4, 5}});
  t.view.apply(2, Instant{5}, 1, {note::FaultBegan{4, 5}});
  t.view.apply(3, Instant{6}, 2, {note::FaultBegan{4, 5}});
  t.view.apply(4, Instant{7}, 2, {note::FaultBegan{1, 0}});
  REQUIRE(t.view.faults().size() == 2);
  CHECK(t.view.faults().front().nodes == std::vector<std::uint32_t>{0, 1});
  t.view.apply(5, Instant{8}, 0, {note::FaultEnded{4, 5}});
  CHECK(t.view.faults().front().nodes == std::vector<std::uint32_t>{1});
  t.view.apply(6, Instant{8}, 1, {note::FaultEnded{4, 5}});
  REQUIRE(t.view.faults().size() == 1);
  CHECK(t.view.faults().front().since == 3);
}

TEST_CASE("batches are in flight from their first sending until they are settled") {
  Told t;
  t.tell(3, note::BatchSent{kOrders, 77, 5, 1, Sequence(0)});
  t.tell(3, note::BatchSent{kOrders, 78, 2, 1, Sequence(5)});
  t.tell(3, note::BatchSent{kOrders, 77, 5, 2, Sequence(0)});
  REQUIRE(t.view.nodes()[3].in_flight.size() == 2);
  CHECK(t.view.nodes()[3].in_flight.front().attempt == 2);
  t.tell(3, note::BatchAcked{kOrders, Offset(0), 5, -1, 77});
  t.tell(3, note::BatchFailed{kOrders, 78, 2, 7});
  CHECK(t.view.nodes()[3].in_flight.empty());
  CHECK(t.view.nodes()[3].acked == 5);
  CHECK(t.view.nodes()[3].failed == 2);
}

TEST_CASE("a keyframe gives back the view, whatever the notes were, and the fold goes on from it") {
  std::vector<NodeInfo> nine;
  for (int i = 0; i < 9; ++i) nine.push_back({"n", i < 7 ? "combined" : "client", NodeId(i)});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    View view(nine);
    const std::vector<Event> events = test::random_events(seed, 400);
    for (std::size_t i = 0; i < 300; ++i) view.apply(events[i]);
    Result<View> again = decode_keyframe(encode_keyframe(view), nine);
    REQUIRE(again.ok());
    CHECK(state_hash(again.value()) == state_hash(view));
    for (std::size_t i = 300; i < events.size(); ++i) {
      view.apply(events[i]);
      again.value().apply(events[i]);
    }
    CHECK(state_hash(again.value()) == state_hash(view));
  }
}

TEST_CASE("a damaged keyframe is an error or a view, never a crash") {
  const Told t = two_logs();
  const std::vector<std::byte> whole = encode_keyframe(t.view);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(decode_keyframe(ByteView(whole).first(size), nodes()).ok());
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned flip : {1U, 0x7fU, 0x80U, 0xffU}) {
      std::vector<std::byte> other = whole;
      other[at] ^= static_cast<std::byte>(flip);
      const Result<View> view = decode_keyframe(other, nodes());
      if (view) CHECK(decode_keyframe(encode_keyframe(view.value()), nodes()).ok());
    }
  }
}
