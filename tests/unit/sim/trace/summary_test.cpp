#include "sim/trace/summary.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "tests/unit/sim/trace/random_events.hpp"

using namespace logarium;
using namespace logarium::trace;
using namespace logarium::trace::test;

namespace {

std::vector<NodeInfo> nine_nodes() {
  std::vector<NodeInfo> out;
  for (int i = 0; i < 9; ++i) {
    out.push_back({"broker-" + std::to_string(i), i < 7 ? "broker" : "client", NodeId(i)});
  }
  return out;
}

Summary summary_of(const std::vector<Event>& events) {
  View view(nine_nodes());
  SummaryBuilder builder(9);
  for (const Event& event : events) {
    view.apply(event);
    builder.add(event.number, event.time, event.node, event.input, event.notes, view);
  }
  return builder.summary();
}

std::uint64_t sum(const std::vector<std::vector<std::uint32_t>>& bins) {
  std::uint64_t out = 0;
  for (const auto& one : bins) out = std::accumulate(one.begin(), one.end(), out);
  return out;
}

bool equal(const Summary& a, const Summary& b) {
  if (a.highlights.size() != b.highlights.size()) return false;
  for (std::size_t i = 0; i < a.highlights.size(); ++i) {
    if (!same(a.highlights[i], b.highlights[i])) return false;
  }
  if (a.readings.size() != b.readings.size()) return false;
  for (std::size_t i = 0; i < a.readings.size(); ++i) {
    if (a.readings[i].low != b.readings[i].low) return false;
    if (a.readings[i].high != b.readings[i].high) return false;
  }
  return a.bin_ns == b.bin_ns && a.bin_events == b.bin_events && a.events == b.events &&
         a.end == b.end && a.events_by_time == b.events_by_time &&
         a.events_by_order == b.events_by_order;
}

Event plain_event(std::uint64_t number, Instant time, std::uint32_t node,
                  std::vector<Note> notes = {}) {
  Event out;
  out.number = number;
  out.time = time;
  out.node = node;
  out.notes = std::move(notes);
  return out;
}

}  // namespace

TEST_CASE("a summary counts every event once, by time and by order, in few bins") {
  const std::vector<Event> events = random_events(5, 9000);
  const Summary summary = summary_of(events);
  CHECK(sum(summary.events_by_time) == events.size());
  CHECK(sum(summary.events_by_order) == events.size());
  CHECK(summary.bin_events == 8);
  CHECK(summary.events == 9000);
  CHECK(summary.end == events.back().time);
  for (const auto& bins : summary.events_by_time) CHECK(bins.size() <= Summary::kBinsMax);
  CHECK(summary.readings.size() <= Summary::kBinsMax);
  const auto last = static_cast<std::size_t>(summary.end.ns / summary.bin_ns);
  CHECK(summary.readings.size() == last + 1);
}

TEST_CASE("highlights are the events with telling notes, and these alone") {
  const std::vector<Event> events = random_events(6, 4000);
  const Summary summary = summary_of(events);
  std::size_t next = 0;
  for (const Event& event : events) {
    const bool telling = std::any_of(event.notes.begin(), event.notes.end(), is_telling);
    const bool told =
        next < summary.highlights.size() && summary.highlights[next].number == event.number;
    if (telling) CHECK(told);
    if (told) ++next;
  }
  CHECK(next == summary.highlights.size());
}

TEST_CASE("a summary comes back from its bytes, and damaged bytes are refused") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{5000}}) {
    const Summary summary = summary_of(random_events(7, count));
    std::vector<std::byte> bytes = encode_summary(summary);
    const Result<Summary> back = decode_summary(bytes, 9);
    REQUIRE(back.ok());
    CHECK(equal(summary, back.value()));
    if (count > 0) CHECK_FALSE(decode_summary(bytes, 8).ok());
    bytes.pop_back();
    CHECK_FALSE(decode_summary(bytes, 9).ok());
  }
  // Whatever is changed, reading ends.
  const std::vector<std::byte> whole = encode_summary(summary_of(random_events(8, 300)));
  Random random(4);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::byte> bytes = whole;
    for (int n = 0; n < 3; ++n) {
      bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(256));
    }
    static_cast<void>(decode_summary(bytes, 9).ok());
  }
}

TEST_CASE("a bin keeps the least and the greatest of what went on in it") {
  const PartitionRef orders{Uuid{1, 7}, PartitionIndex(0)};
  const auto committed = [&](int isr, int leader) {
    return note::PartitionCommitted{orders,
                                    NodeId(leader),
                                    LeaderEpoch(1),
                                    PartitionEpoch(1),
                                    ReplicaSet(static_cast<std::uint32_t>(isr)),
                                    ReplicaSet(0),
                                    note::ElectionKind::kKeep};
  };
  std::vector<Event> events;
  const auto add = [&](std::int64_t ms, std::vector<Note> notes) {
    events.push_back(plain_event(events.size() + 1, Instant{ms * 1'000'000}, 0, std::move(notes)));
  };
  add(1, {note::ReplicaPlaced{orders, 0, 2, NodeId(0)},
          note::ReplicaPlaced{orders, 1, 2, NodeId(1)}, committed(3, 0)});
  add(1, {committed(1, 0)});
  add(1, {committed(3, 0)});
  add(40, {committed(1, -1)});
  const Summary summary = summary_of(events);
  const auto which = static_cast<std::size_t>(Reading::kUnderReplicated);
  REQUIRE(summary.readings.size() == 41);
  CHECK(summary.readings[1].low[which] == 0);
  CHECK(summary.readings[1].high[which] == 1);
  CHECK(summary.readings[20].high[which] == 0);
  CHECK(summary.readings[40].high[static_cast<std::size_t>(Reading::kOffline)] == 1);
  CHECK(summary.readings[40].high[static_cast<std::size_t>(Reading::kIsrShrinks)] == 2);
  CHECK(summary.readings[40].high[static_cast<std::size_t>(Reading::kIsrExpands)] == 1);
}

TEST_CASE("a high watermark that falls is told, one that rises is not") {
  const PartitionRef orders{Uuid{1, 7}, PartitionIndex(0)};
  const auto to = [&](std::int64_t offset) {
    return note::HighWatermarkMoved{orders, Offset(offset), LeaderEpoch(1), note::Role::kFollower,
                                    0};
  };
  const Summary summary =
      summary_of({plain_event(1, Instant{1}, 0, {to(5)}), plain_event(2, Instant{2}, 0, {to(9)}),
                  plain_event(3, Instant{3}, 0, {to(7)})});
  REQUIRE(summary.highlights.size() == 1);
  CHECK(summary.highlights[0].number == 3);
}
