// Models over a whole run, on a run made by hand: a broker that crashes and comes back, a cut that
// loses a message, an election.

#include <catch2/catch_test_macros.hpp>

#include "sim/world/types.hpp"
#include "tests/support/event_source.hpp"
#include "tests/unit/viz/model/orders.hpp"
#include "viz/model/axis.hpp"
#include "viz/model/cluster.hpp"
#include "viz/model/events.hpp"
#include "viz/model/metrics.hpp"
#include "viz/model/timeline.hpp"
#include "viz/model/violations.hpp"

namespace logarium::viz {
namespace {

trace::RunInfo hand_made() {
  trace::RunInfo info;
  info.scenario_name = "by hand";
  info.nodes = {{"broker-1", "broker", NodeId(1)},
                {"broker-2", "broker", NodeId(2)},
                {"controller-1001", "controller", NodeId(1001)},
                {"producer-1", "client", NodeId(-1)}};
  info.topics = {{kOrders, "orders"}};
  info.verdict = "fail";
  info.outcome = R"({"as_expected": false, "violation_count": 1, "violations": [
    {"property": "no acknowledged record is lost", "id": "R3", "event": 9, "time_s": 0.009,
     "node": "broker-2", "explanation": "gone", "expected": "there", "seen": "not there",
     "causes": [{"event": 6, "time_s": 0.006, "node": "broker-1", "what": "crashed"}]}]})";
  return info;
}

class Events {
 public:
  trace::Event& add(std::int64_t ms, std::uint32_t node, std::vector<Note> notes = {}) {
    trace::Event& out = list.emplace_back();
    out.number = list.size();
    out.time = Instant{ms * 1'000'000};
    out.node = node;
    out.notes = std::move(notes);
    return out;
  }
  void receive(std::int64_t ms, std::uint32_t node, std::uint32_t sender, std::uint64_t sent,
               std::int16_t api, Message::Direction direction, std::int32_t correlation) {
    trace::Event& out = add(ms, node);
    out.input = {trace::InputKind::kReceived,
                 2,
                 api,
                 direction,
                 correlation,
                 sender,
                 sent,
                 FileOpKind::kOpen,
                 IoStatus::kOk};
  }
  std::vector<trace::Event> list;
};

note::PartitionCommitted committed(int leader, int epoch, std::uint32_t isr,
                                   note::ElectionKind kind) {
  return {kOrders0,
          NodeId(leader),
          LeaderEpoch(epoch),
          PartitionEpoch(epoch),
          ReplicaSet(isr),
          ReplicaSet(0),
          kind};
}

std::vector<trace::Event> story() {
  Events events;
  const auto cut = static_cast<std::int32_t>(world::FaultKind::kCut);
  const auto crash = static_cast<std::int32_t>(world::FaultKind::kCrash);
  events.add(1, 0, {note::ProcessStarted{Incarnation(1)}});
  events.add(1, 1, {note::ProcessStarted{Incarnation(1)}});
  events.add(2, 2,
             {note::ProcessStarted{Incarnation(1)}, note::ControllerActive{QuorumEpoch(1)},
              note::ReplicaPlaced{kOrders0, 0, 2, NodeId(1)},
              note::ReplicaPlaced{kOrders0, 1, 2, NodeId(2)},
              committed(1, 0, 3, note::ElectionKind::kInitial)});
  events.add(3, 1, {note::FaultBegan{0, cut}, note::FaultSide{note::LinkSide::kFrom, true, 1}});
  events.add(3, 0, {note::FaultBegan{0, cut}, note::FaultSide{note::LinkSide::kTo, true, 0}});
  events
      .add(6, 0,
           {note::FaultBegan{1, crash}, note::ProcessEnded{Incarnation(1), note::EndCause::kCrash}})
      .lost = {{1, 0, 2, Instant{5'000'000}, 1, Message::Direction::kRequest, 7}};
  events.receive(7, 2, 1, 5, 63, Message::Direction::kRequest, 8);
  events.add(8, 2, {committed(2, 1, 2, note::ElectionKind::kClean)});
  events.receive(9, 1, 2, 8, 63, Message::Direction::kResponse, 8);
  events.add(20, 1, {note::FaultEnded{0, cut}});
  events.add(20, 0, {note::FaultEnded{0, cut}});
  events.add(30, 0, {note::ProcessStarted{Incarnation(2)}});
  events.add(40, 2, {committed(2, 1, 3, note::ElectionKind::kKeep)});
  return events.list;
}

std::unique_ptr<RunIndex> index_of(std::vector<trace::Event> events, std::size_t chunk = 4) {
  auto made =
      RunIndex::make(std::make_shared<test::EventSource>(hand_made(), std::move(events), chunk));
  REQUIRE(made.ok());
  return std::move(made).value();
}

template <class T>
T take(Result<T> result) {
  REQUIRE(result.ok());
  return std::move(result).value();
}

}  // namespace

TEST_CASE("a partition's lane shows when its leader was down and nobody had noticed") {
  const auto index = index_of(story());
  const std::vector<Stay>& stays = index->history().partitions.at(kOrders0).stays;
  REQUIRE(stays.size() == 3);
  CHECK(stays[0].text == "b1 epoch 0");
  CHECK(stays[1].kind == SpanKind::kNobody);
  CHECK(stays[1].text == "b1 epoch 0, down");
  CHECK(stays[1].first == 6);
  CHECK(stays[1].last == 8);
  CHECK(stays[2].kind == SpanKind::kReign);
  CHECK(stays[2].text == "b2 epoch 1");
}

TEST_CASE("an index finds the next and the previous notable of each kind") {
  const auto index = index_of(story());
  const NotableSet crash = set_of(NotableKind::kCrash);
  CHECK(index->next(0, crash) == 6U);
  CHECK_FALSE(index->next(6, crash));
  CHECK(index->previous(13, crash) == 6U);
  CHECK_FALSE(index->previous(6, crash));
  CHECK(index->next(0, kAnyElection) == 3U);
  CHECK(index->next(3, kAnyElection) == 8U);
  CHECK(index->next(8, set_of(NotableKind::kIsrChange)) == 13U);
  CHECK(index->next(0, set_of(NotableKind::kViolation)) == 9U);
  CHECK(index->first_look() == 9);
  CHECK(index->next(6, kAnyFault) == 10U);
  std::string elections;
  for (const Notable& one : index->notables()) {
    if (one.kind == NotableKind::kElection || one.kind == NotableKind::kIsrChange) {
      elections += one.text + "\n";
    }
  }
  CHECK(elections ==
        "orders-0: leader b1 -> b2, epoch 0 -> 1, ISR {b1,b2} -> {b2}\n"
        "orders-0: ISR {b2} -> {b1,b2}\n");
}

TEST_CASE("an index goes from times to events and back, and along messages") {
  const auto index = index_of(story());
  CHECK(take(index->event_at(Instant{0})) == 0);
  CHECK(take(index->event_at(Instant{3'000'000})) == 5);
  CHECK(take(index->event_at(Instant{19'999'999})) == 9);
  CHECK(take(index->event_at(Instant{99'000'000})) == 13);
  CHECK(take(index->time_of(6)) == Instant{6'000'000});
  CHECK(take(index->sending_of(9)) == 8);
  CHECK(take(index->receiving_of(8)) == 9);
  CHECK(take(index->receiving_of(9)) == 0);
  CHECK(take(index->step_at_node(5, 0, true)) == 6);
  CHECK(take(index->step_at_node(5, 0, false)) == 1);
  CHECK(take(index->step_at_node(1, 0, false)) == 0);
}

TEST_CASE("a snapshot knows the messages that are on their way") {
  const auto index = index_of(story());
  const SnapshotRef before = take(index->at(5));
  REQUIRE(before->under_way.size() == 2);
  CHECK(before->under_way[0].lost);
  CHECK(words_of(before->under_way[0], index->labels()) == "Fetch request b2 -> b1, lost");
  CHECK(words_of(before->under_way[1], index->labels()) ==
        "BrokerHeartbeat request b2 -> c1001, 4.0 ms");
  CHECK(take(index->at(9))->under_way.empty());
  const ClusterModel cluster = make_cluster(before->view, index->labels(), before->under_way);
  REQUIRE(cluster.links.size() == 1);
  CHECK(cluster.links[0].a == 1);
  CHECK(cluster.links[0].b == 0);
  CHECK(cluster.links[0].one_way);
  CHECK(cluster.messages.size() == 2);
  CHECK(cluster.faults == std::vector<std::string>{"cut b2 -> b1"});
  CHECK(take(index->at(11))->view.faults().empty());
}

TEST_CASE("the timeline shows what lasted, and messages as arcs") {
  const auto index = index_of(story());
  TimelineRequest request;
  request.window = {TimeAxis::kTime, 0, 40'000'000};
  request.width = 400;
  request.cursor = 8;
  request.partitions = {kOrders0};
  const TimelineModel model = take(make_timeline(*index, Filter(), request));
  CHECK(dump(model) ==
        "0.000 s to 0.040 s, 13 events\n"
        "faults        \n"
        "           cut b2,b1: 0.003 s to 0.020 s (17 ms)  events 4 to 11\n"
        "           crash b1 at 0.006 s  event 6\n"
        "controller    \n"
        "           c1001 epoch 1: 0.002 s to the end, 0.040 s (38 ms)  events 3 to 13\n"
        "orders-0      \n"
        "           b1 epoch 0: 0.002 s to 0.006 s (4.0 ms)  events 3 to 6\n"
        "           b1 epoch 0, down: 0.006 s to 0.008 s (2.0 ms)  events 6 to 8\n"
        "           b2 epoch 1: 0.008 s to the end, 0.040 s (32 ms)  events 8 to 13\n"
        "b1             5 events\n"
        "           starting: 0.001 s to 0.006 s (5.0 ms)  events 1 to 6\n"
        "           crashed: 0.006 s to 0.030 s (24 ms)  events 6 to 12\n"
        "           starting: 0.030 s to the end, 0.040 s (10 ms)  events 12 to 13\n"
        "b2             4 events\n"
        "           starting: 0.001 s to the end, 0.040 s (39 ms)  events 2 to 13\n"
        "c1001          4 events\n"
        "p1             0 events\n"
        "message    Fetch request b2 -> b1, lost, sent at event 2 (lost)\n"
        "message    BrokerHeartbeat request b2 -> c1001, 4.0 ms, sent at event 5, arrived at 7\n"
        "message    BrokerHeartbeat response c1001 -> b2, 1.0 ms, sent at event 8, arrived at 9 "
        "(under way)\n");
  const Lane& first = model.lanes[2];
  CHECK(first.id == "orders-0");
  CHECK(first.spans[0].x0 == 20);
  CHECK(first.spans[0].x1 == 60);
  CHECK(model.cursor == 80);
  CHECK(model.violations == std::vector<float>{90});
}

TEST_CASE("lanes may be pinned and hidden, and a filter dims") {
  const auto index = index_of(story());
  TimelineRequest request;
  request.window = whole_run(*index, TimeAxis::kEvents);
  request.pinned = {"c1001"};
  request.hidden = {"p1", "b1"};
  const Filter crash = Filter::parse("kind=ELECT", index->labels()).filter;
  const TimelineModel model = take(make_timeline(*index, crash, request));
  REQUIRE(model.lanes.size() == 4);
  CHECK(model.lanes[0].id == "c1001");
  CHECK(model.lanes[0].pinned);
  int bright = 0;
  for (const Lane& lane : model.lanes) {
    for (const TimeSpan& event : lane.events) bright += !event.dim;
  }
  CHECK(bright == 2);
}

TEST_CASE("what would be narrower than three pixels is folded with a count") {
  Events events;
  const auto pause = static_cast<std::int32_t>(world::FaultKind::kPause);
  for (int i = 0; i < 5000; ++i) {
    events.add(i, 0, {note::FaultBegan{i, pause}});
    events.add(i, 0, {note::FaultEnded{i, pause}});
  }
  const auto index = index_of(events.list, 512);
  TimelineRequest request;
  request.window = whole_run(*index, TimeAxis::kTime);
  request.width = 300;
  const TimelineModel model = take(make_timeline(*index, Filter(), request));
  std::uint64_t spans = 0;
  std::uint64_t count = 0;
  for (const TimeSpan& span : model.lanes[0].spans) {
    ++spans;
    count += span.count;
  }
  CHECK(spans <= 110);
  CHECK(count == 5000);
  for (const Lane& lane : model.lanes) {
    if (lane.id != "b1") continue;
    CHECK(lane.events.size() <= 101);
    std::uint64_t all = 0;
    for (const TimeSpan& event : lane.events) all += event.count;
    CHECK(all == 10'000);
  }
  // Counts alone, when there are too many to look at.
  request.events_max = 100;
  const TimelineModel counts = take(make_timeline(*index, Filter(), request));
  CHECK(counts.arcs_hidden == 10'000);
  for (const Lane& lane : counts.lanes) {
    if (lane.id != "b1") continue;
    CHECK(lane.events.size() <= 110);
    std::uint64_t all = 0;
    for (const TimeSpan& event : lane.events) all += event.count;
    CHECK(all == 10'000);
  }
}

TEST_CASE("the list of events goes around an anchor, as the filter lets through") {
  const auto index = index_of(story());
  EventsRequest request;
  request.anchor = 8;
  request.before = 2;
  request.after = 1;
  CHECK(dump(take(make_events(*index, Filter(), request))) ==
        "13 events\n"
        "         6      0.006 s  FAULT    b1     fault crash; and 1 more\n"
        "         7      0.007 s  MESSAGE  c1001  BrokerHeartbeat request 8 from b2\n"
        ">        8      0.008 s  ELECT    c1001  orders-0: leader b1 -> b2, epoch 0 -> 1, ISR "
        "{b1,b2} -> {b2}\n"
        "         9      0.009 s  MESSAGE  b2     BrokerHeartbeat response 8 from c1001  (a "
        "property was violated here)\n"
        "  looked at events 6 to 9\n");
  const Filter crash = Filter::parse("kind=CRASH,ELECT", index->labels()).filter;
  const EventsModel found = take(make_events(*index, crash, request));
  REQUIRE(found.rows.size() == 3);
  CHECK(found.rows[0].event == 3);
  CHECK(found.rows[1].event == 6);
  CHECK(found.rows[2].event == 8);
  CHECK(found.current == 2U);
  CHECK_FALSE(found.more_after);
  const Filter slow = Filter::parse("fetch", index->labels()).filter;
  request.scan_max = 3;
  const EventsModel none = take(make_events(*index, slow, request));
  CHECK(none.rows.empty());
  CHECK(none.more_before);
  CHECK(none.searched_from == 5);
  CHECK(none.searched_to == 11);
}

TEST_CASE("an event folds out to what it changed") {
  const auto index = index_of(story());
  CHECK(dump(take(make_event_detail(*index, 8))) ==
        "event 8  0.008 s  ELECT  c1001\n"
        "note     orders-0: leader b2, epoch 1, 1 in sync, elected from the ISR\n"
        "change   orders-0: isr: {b1,b2} -> {b2}\n"
        "change   orders-0: leader: b1 -> b2\n"
        "change   orders-0: leader epoch: 0 -> 1\n"
        "change   orders-0: partition epoch: 0 -> 1\n"
        "sends    a message that arrives at event 9\n");
  const EventDetail crash = take(make_event_detail(*index, 6));
  CHECK(crash.lost == std::vector<std::string>{"Fetch request b2 -> b1, lost, sent at event 2"});
}

TEST_CASE("a violation is told with its meaning and its causes") {
  const ViolationsModel model =
      take(make_violations(hand_made(), "scenarios/x.json", "failure.run"));
  CHECK(dump(model) ==
        "FAIL  1 violation\n"
        "\n"
        "R3  no acknowledged record is lost\n"
        "  What a producer was told is stored is in the log of the current leader, or was removed "
        "by retention or DeleteRecords, or its loss is explained.\n"
        "  0.009 s, event 9, broker-2\n"
        "  gone\n"
        "  expected: there\n"
        "  seen:     not there\n"
        "  how it came about:\n"
        "        0.006 s  event 6        broker-1         crashed\n"
        "\n"
        "./logarium run scenarios/x.json --seed 0\n"
        "./logarium run scenarios/x.json --seed 0 --record failure.run\n"
        "./logarium view failure.run --at 9\n");
  trace::RunInfo going_on = hand_made();
  going_on.verdict = going_on.outcome = "";
  CHECK(take(make_violations(going_on, "", "")).headline == "the run goes on");
  trace::RunInfo damaged = hand_made();
  damaged.outcome = "{";
  CHECK_FALSE(make_violations(damaged, "", "").ok());
}

TEST_CASE("a partition that nobody may lead is told with its causes") {
  trace::RunInfo info = hand_made();
  info.verdict = "fail";
  info.outcome = R"J({"as_expected": true, "violations": [], "violation_count": 0,
    "explained_losses": [], "unavailable": [{"partition": "orders-0", "since_s": 0.006,
    "explanation": "its disk was emptied", "causes": [{"event": 6, "time_s": 0.006,
    "node": "broker-1", "what": "the disk was wiped"}]}]})J";
  const ViolationsModel model = take(make_violations(info, "", ""));
  CHECK(dump(model) ==
        "FAIL  1 partition that nobody may lead, as expected\n"
        "\n"
        "Explained unavailability: nobody may lead orders-0 since 0.006 s\n"
        "  its disk was emptied\n"
        "  how it came about:\n"
        "        0.006 s  event 6        broker-1         the disk was wiped\n");
}

TEST_CASE("metrics compare two instants under Kafka's names") {
  const auto index = index_of(story());
  const SnapshotRef was = take(index->at(5));
  const SnapshotRef now = take(index->at(9));
  MetricsRequest request;
  request.window = whole_run(*index, TimeAxis::kTime);
  request.width = 40;
  request.plots = {"UnderReplicatedPartitions"};
  const MetricsModel model = make_metrics(*index, *was, *now, request);
  REQUIRE(model.rows.size() == metric_names().size());
  CHECK(model.rows[0].name == "UnderReplicatedPartitions");
  CHECK(model.rows[0].was_text == "0");
  CHECK(model.rows[0].now_text == "1");
  CHECK(model.rows[0].delta_text == "+1");
  CHECK(model.rows[0].alarming);
  REQUIRE(model.plots.size() == 1);
  REQUIRE(model.plots[0].columns.size() == 40);
  CHECK(model.plots[0].columns[5].high == 0);
  CHECK(model.plots[0].columns[20].low == 1);
  CHECK(model.plots[0].columns[39].high == 1);
}

TEST_CASE("an empty run, and one of a single event, are shown") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}}) {
    std::vector<trace::Event> events = story();
    events.resize(count);
    const auto index = index_of(events);
    CHECK(index->events() == count);
    const SnapshotRef end = take(index->at(count));
    CHECK(end->at.has_value() == (count == 1));
    for (const TimeAxis axis : {TimeAxis::kTime, TimeAxis::kEvents}) {
      TimelineRequest request;
      request.window = whole_run(*index, axis);
      CHECK(make_timeline(*index, Filter(), request).ok());
      MetricsRequest metrics;
      metrics.window = request.window;
      CHECK_FALSE(make_metrics(*index, *end, *end, metrics).rows.empty());
    }
    CHECK(take(make_events(*index, Filter(), {})).rows.empty() == (count == 0));
    CHECK_FALSE(make_cluster(end->view, index->labels()).servers.empty());
  }
}

TEST_CASE("pixels and places belong together") {
  const TimeWindow window{TimeAxis::kTime, 1000, 5000};
  CHECK(x_of(window, 400, 1000) == 0);
  CHECK(x_of(window, 400, 3000) == 200);
  CHECK(at_of(window, 400, 200) == 3000);
  const std::vector<RulerTick> ticks = make_ruler({TimeAxis::kTime, 0, 1'000'000'000}, 1000, 90);
  REQUIRE(ticks.size() == 11);
  CHECK(ticks[1].text == "0.1 s");
  CHECK(ticks[1].x == 100);
  CHECK(make_ruler({TimeAxis::kEvents, 8000, 9000}, 1000, 90)[1].text == "#8100");
}

}  // namespace logarium::viz
