// What a person marks: ranges with their numbers, bookmarks, what the mouse is over; and lanes that
// scroll.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/viz/app/recorded.hpp"

namespace logarium::viz {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Counted by looking at every event of (from, to].
RangeModel counted_anew(const RunIndex& index, std::uint64_t from, std::uint64_t to) {
  RangeModel out;
  std::map<EventKind, std::uint64_t> kinds;
  std::map<std::uint32_t, std::uint64_t> nodes;
  for (std::uint64_t i = from + 1; i <= to; ++i) {
    const trace::Event event = index.event(i).value();
    ++out.events;
    ++kinds[kind_of(event)];
    ++nodes[event.node];
    out.lost += event.lost.size();
  }
  out.kinds.assign(kinds.begin(), kinds.end());
  out.nodes.assign(nodes.begin(), nodes.end());
  return out;
}

template <class T>
T sorted(T list) {
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace

TEST_CASE("r begins a range, stepping carries its end along, r ends it, r forgets it") {
  Show show(kFails);
  show.type("g");
  show.type("#3000");
  show.key(Key::kEnter);
  show.type("r");
  REQUIRE(show.state().range);
  CHECK(show.state().range->open);
  show.type("g");
  show.type("#4500");
  show.key(Key::kEnter);
  show.type("r");
  REQUIRE(show.viewer.shown().range);
  const RangeModel& range = *show.viewer.shown().range;
  const RangeModel wanted = counted_anew(show.viewer.index(), 3000, 4500);
  CHECK(range.whole);
  CHECK(range.events == 1500);
  CHECK(sorted(range.kinds) == wanted.kinds);
  CHECK(sorted(range.nodes) == wanted.nodes);
  CHECK(range.lost == wanted.lost);
  // The numbers stay those of the range wherever one goes.
  const std::string dump = show.viewer.dump(PanelId::kMetrics);
  CHECK(contains(dump, "1500 events"));
  show.key(Key::kHome);
  CHECK(show.viewer.dump(PanelId::kMetrics) == dump);
  CHECK(show.viewer.hits().find("metrics/range-0"));
  show.type("R");
  CHECK(show.state().window.from < show.state().range->between.from.time.ns);
  CHECK(show.state().window.to > show.state().range->between.to.time.ns);
  show.type("r");
  CHECK_FALSE(show.state().range);
  CHECK_FALSE(show.viewer.shown().range);
  CHECK_FALSE(contains(show.viewer.dump(PanelId::kMetrics), "1500 events"));
}

TEST_CASE("Ctrl and drag mark a range on either axis, in either direction, and Escape forgets it") {
  Show show(kFails);
  show.type("F");
  for (const bool by_order : {false, true}) {
    if (by_order) show.type("t");
    const std::uint64_t event = show.state().event;
    show.drag("timeline/lanes", 0.7F, 0.3F, Button::kLeft, {.ctrl = true});
    CHECK(show.state().event == event);
    REQUIRE(show.state().range);
    CHECK_FALSE(show.state().range->open);
    const EventRange range = in_order(show.state().range->between);
    const TimeWindow window = show.state().window;
    const auto at = [&](const Place& place) {
      const std::int64_t here = by_order ? static_cast<std::int64_t>(place.event) : place.time.ns;
      return static_cast<double>(here - window.from) / static_cast<double>(window.to - window.from);
    };
    CHECK(std::abs(at(range.from) - 0.3) < 0.02);
    CHECK(std::abs(at(range.to) - 0.7) < 0.02);
    show.key(Key::kEscape);
    CHECK_FALSE(show.state().range);
  }
}

TEST_CASE("rates of a range are means over it, gauges its ends") {
  Show show(kFails);
  const RunIndex& index = show.viewer.index();
  const auto from = index.at(2000).value();
  const auto to = index.at(9000).value();
  MetricsRequest request;
  request.window = whole_run(index, TimeAxis::kTime);
  request.range = true;
  const MetricsModel model = make_metrics(index, *from, *to, request);
  const auto row = std::find_if(model.rows.begin(), model.rows.end(), [](const MetricRow& one) {
    return one.name == "MessagesInPerSec";
  });
  REQUIRE(row != model.rows.end());
  const auto in = [](const Snapshot& snapshot) {
    return trace::readings_of(snapshot.view)[static_cast<std::size_t>(trace::Reading::kRecordsIn)];
  };
  const double seconds = static_cast<double>((to->time - from->time).ns) / 1e9;
  REQUIRE(in(*to) > in(*from));
  CHECK(std::abs(row->now - static_cast<double>(in(*to) - in(*from)) / seconds) < 1e-6);
}

TEST_CASE("of a long range what stands out is counted, and it says so") {
  Show show(kFails);
  const RunIndex& index = show.viewer.index();
  const EventRange all{{0, Instant{0}}, {index.events(), index.end()}};
  const RangeModel exact = make_range(index, all).value();
  const RangeModel rough = make_range(index, all, 100).value();
  CHECK(exact.whole);
  CHECK_FALSE(rough.whole);
  CHECK(rough.events == exact.events);
  CHECK(contains(dump(rough), "what stands out"));
  const auto of = [](const RangeModel& model, EventKind kind) {
    for (const auto& [each, count] : model.kinds) {
      if (each == kind) return count;
    }
    return std::uint64_t{0};
  };
  for (const EventKind kind : {EventKind::kElect, EventKind::kTruncate, EventKind::kFault}) {
    CHECK(of(exact, kind) > 0);
    CHECK(of(rough, kind) == of(exact, kind));
  }
  CHECK(of(rough, EventKind::kMessage) == 0);
}

TEST_CASE("what the mouse is over is marked in every panel") {
  Show show(kFails);
  const auto& rows = show.viewer.shown().events.rows;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const EventRow& one) {
    return !one.partitions.empty() &&
           show.viewer.hits().find("events/" + std::to_string(one.event));
  });
  REQUIRE(row != rows.end());
  const EventRow about = *row;
  const Picture before = show.stage.picture();
  show.point_at("events/" + std::to_string(about.event));
  CHECK(show.state().hover.event == about.event);
  CHECK(show.state().hover.node == about.node);
  CHECK(show.state().hover.partition == about.partitions.front());
  CHECK(show.viewer.shown().hover_at == about.time.ns);
  const Picture after = show.stage.picture();
  // Something changed in the box of the node, in the row of the partition and among the lanes.
  const auto changed = [&](const std::string& path) {
    const auto box = show.viewer.hits().find(path);
    if (!box) return std::size_t{1};  // not on the screen
    std::size_t pixels = 0;
    for (int y = static_cast<int>(box->min.y); y < static_cast<int>(box->max.y); ++y) {
      for (int x = static_cast<int>(box->min.x) - 4; x < static_cast<int>(box->max.x); ++x) {
        pixels += before.at(x, y) == after.at(x, y) ? std::size_t{0} : std::size_t{1};
      }
    }
    return pixels;
  };
  const Labels& labels = show.viewer.index().labels();
  CHECK(changed("topics/" + labels.partition(about.partitions.front())) > 0);
  CHECK(changed("timeline/row/" + labels.brief(about.node)) > 0);
  if (labels.is_broker(about.node)) CHECK(changed("cluster/" + labels.brief(about.node)) > 0);
  show.point_at("bar/play");
  CHECK(show.state().hover == Hover{});
  CHECK_FALSE(show.viewer.shown().hover_at);
}

TEST_CASE("the mouse over a box, a lane or a replica marks its node") {
  Show show(kFails);
  const auto node = show.viewer.index().labels().find_node("b2");
  for (const char* path : {"cluster/b2", "timeline/lane/b2", "replicas/b2"}) {
    show.point_at("bar/play");
    CHECK_FALSE(show.state().hover.node);
    show.point_at(path);
    INFO(path);
    CHECK(show.state().hover.node == node);
  }
}

TEST_CASE("while something lies over the panels nothing below is marked") {
  Show show(kFails);
  show.type("?");
  show.point_at("cluster/b2");
  CHECK(show.state().hover == Hover{});
}

TEST_CASE("bookmarks are marked in the timeline and jumped to") {
  Show show(kFails);
  show.type("F");
  show.viewer.act(action::Scrub{TimeAxis::kEvents, 4000});
  show.type("m");
  show.viewer.act(action::Scrub{TimeAxis::kEvents, 9000});
  show.type("m");
  CHECK(show.viewer.shown().timeline.bookmarks.size() == 2);
  CHECK(show.viewer.shown().timeline.minimap.bookmarks.size() == 2);
  show.key(Key::kHome);
  show.type("'");
  CHECK(show.state().event == 4000);
  show.type("''");
  CHECK(show.state().event == 4000);
  show.type("m");
  CHECK(show.viewer.shown().timeline.bookmarks.size() == 1);
}

TEST_CASE("lanes that find no room are scrolled to by wheel, by keys and by selecting") {
  Show show(kFails, {.width = 1000, .height = 420});
  const auto& lanes = show.viewer.shown().timeline.lanes;
  const std::size_t fit = show.viewer.shown().lanes_fit;
  REQUIRE(fit < lanes.size());
  const std::string first = "timeline/lane/" + lanes.front().id;
  const std::string last = "timeline/lane/" + lanes.back().id;
  CHECK(show.viewer.hits().find(first));
  CHECK_FALSE(show.viewer.hits().find(last));
  const TimeWindow window = show.state().window;
  show.wheel(first, -1);
  CHECK(show.state().scroll_lanes == 1);
  CHECK_FALSE(show.viewer.hits().find(first));
  CHECK(show.state().window == window);
  show.wheel("timeline/lane/" + lanes[1].id, 5);
  CHECK(show.state().scroll_lanes == 0);
  show.key(Key::kF4);
  for (std::size_t i = 0; i < lanes.size(); ++i) show.key(Key::kPageDown);
  CHECK(show.viewer.hits().find(last));
  for (std::size_t i = 0; i < lanes.size(); ++i) show.key(Key::kPageUp);
  CHECK(show.viewer.hits().find(first));
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    show.key(Key::kDown);
    INFO(show.state().lane);
    CHECK(show.viewer.hits().find("timeline/lane/" + show.state().lane));
  }
  CHECK(show.state().lane == lanes.back().id);
}

TEST_CASE("pages of events, partitions and violations are turned by keys") {
  Show show(kFails);
  show.key(Key::kF5);
  const std::uint64_t event = show.state().event;
  show.key(Key::kPageUp);
  CHECK(show.state().event + 5 < event);
  show.key(Key::kF6);
  show.key(Key::kPageDown);
  CHECK(show.state().scroll_lines == 6);
  show.key(Key::kPageUp);
  CHECK(show.state().scroll_lines == 0);
}

TEST_CASE("far out the timeline shows what stood out, and how dense the rest is") {
  Show show(kFails);
  const RunIndex& index = show.viewer.index();
  TimelineRequest request;
  request.window = whole_run(index, TimeAxis::kTime);
  request.events_max = 100;
  const TimelineModel model = make_timeline(index, Filter(), request).value();
  REQUIRE(model.arcs_hidden > 0);
  bool elected = false;
  bool traffic = false;
  float most = 0;
  for (const Lane& lane : model.lanes) {
    for (const TimeSpan& span : lane.events) {
      most = std::max(most, span.height);
      CHECK(span.height > 0);
      CHECK(span.height <= 1);
      traffic = traffic || span.counted;
      if (span.counted) CHECK(span.event_kind == EventKind::kTimer);
      if (span.event_kind != EventKind::kElect) continue;
      elected = true;
      CHECK((kinds_of(index.event(span.first).value()) & set_of(EventKind::kElect)) != 0);
    }
  }
  CHECK(elected);
  CHECK(traffic);
  CHECK(most == 1);
}

TEST_CASE("the minimap's density is readable where a burst is hundreds of times the rest") {
  Show show(kFails);
  std::vector<float> density = show.viewer.shown().timeline.minimap.density;
  std::erase(density, 0.0F);
  REQUIRE_FALSE(density.empty());
  std::sort(density.begin(), density.end());
  CHECK(density.back() == 1);
  CHECK(density[density.size() / 2] > 0.3F);
}

}  // namespace logarium::viz
