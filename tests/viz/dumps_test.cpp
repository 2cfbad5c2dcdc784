// What the viewer says of three stories at their notable events, as text, compared with the files
// in tests/golden/viewer. With UPDATE_GOLDENS=1 in the environment the files are written anew.

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/viz/recorded_story.hpp"
#include "viz/model/cluster.hpp"
#include "viz/model/events.hpp"
#include "viz/model/metrics.hpp"
#include "viz/model/replicas.hpp"
#include "viz/model/timeline.hpp"
#include "viz/model/topics.hpp"
#include "viz/model/violations.hpp"

using namespace logarium;
using namespace logarium::viz;

namespace {

// The first of each kind that a reader of the story would go to.
std::vector<std::uint64_t> instants(const RunIndex& index) {
  std::set<std::uint64_t> out{index.events()};
  std::uint64_t from = index.ready() ? index.event_at(*index.ready()).value() : 0;
  for (const NotableKind kind :
       {NotableKind::kFaultBegan, NotableKind::kElection, NotableKind::kIsrChange,
        NotableKind::kTruncation, NotableKind::kRestart, NotableKind::kViolation}) {
    if (const auto event = index.next(from, set_of(kind))) out.insert(*event);
  }
  return {out.begin(), out.end()};
}

template <class T>
T value_of(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(result).value();
}

std::string timeline_at(const RunIndex& index, std::uint64_t event) {
  TimelineRequest request;
  request.cursor = event;
  const auto time = value_of(index.time_of(event)).ns;
  request.window = {TimeAxis::kTime, time - 2'000'000, time + 2'000'000};
  return dump(value_of(make_timeline(index, Filter(), request)));
}

std::string everything_at(const RunIndex& index, std::uint64_t event, const Snapshot& bookmark) {
  const SnapshotRef now = value_of(index.at(event));
  const trace::View& view = now->view;
  const auto title = [&](const char* panel) {
    return fmt::format("\n== {} at {}\n", panel, event);
  };
  std::string out = title("cluster") + dump(make_cluster(view, index.labels(), now->under_way));
  const auto ref = index.labels().find_partition("orders-0", view);
  if (ref) {
    out += title("replicas") + dump(*make_replicas(view, index.labels(), *ref));
  }
  out += title("topics") + dump(make_topics(view, index.labels(), index.min_isr()));
  EventsRequest around;
  around.anchor = event;
  around.before = around.after = 4;
  out += title("events") + dump(value_of(make_events(index, Filter(), around)));
  out += title("event") + dump(value_of(make_event_detail(index, event)));
  out += title("timeline") + timeline_at(index, event);
  MetricsRequest metrics;
  metrics.window = whole_run(index, TimeAxis::kTime);
  out += title("metrics") + dump(make_metrics(index, bookmark, *now, metrics));
  return out;
}

std::string everything(const RunIndex& index, const std::string& story) {
  std::string out =
      "== violations\n" +
      dump(value_of(make_violations(index.info(), "scenarios/" + story + ".json", "")));
  TimelineRequest whole;
  whole.window = whole_run(index, TimeAxis::kTime);
  out += "\n== timeline of the whole run\n" + dump(value_of(make_timeline(index, Filter(), whole)));
  const Filter::Parsed filter =
      Filter::parse("kind=CRASH,START,ELECT,ISR,TRUNCATE,FAULT,HEAL !kind=TOPIC", index.labels());
  REQUIRE_FALSE(filter.error);
  EventsRequest all;
  all.anchor = index.events();
  all.before = 60;
  out += "\n== what happened\n" + dump(value_of(make_events(index, filter.filter, all)));
  const std::vector<std::uint64_t> events = instants(index);
  const SnapshotRef bookmark = value_of(index.at(events.front()));
  for (const std::uint64_t event : events) out += everything_at(index, event, *bookmark);
  return out;
}

void compare_with_golden(const std::string& story) {
  const test::RecordedStory run(story);
  const std::string text = everything(run.index(), story);
  const std::string name = std::filesystem::path(story).filename().string();
  const std::string path = "tests/golden/viewer/" + name + ".txt";
  if (std::getenv("UPDATE_GOLDENS") != nullptr) {
    std::filesystem::create_directories("tests/golden/viewer");
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  REQUIRE_FALSE(golden.empty());
  const auto differs = std::mismatch(text.begin(), text.end(), golden.begin(), golden.end());
  const auto line = 1 + std::count(text.begin(), differs.first, '\n');
  INFO(path << " differs from line " << line << " on; UPDATE_GOLDENS=1 writes it anew");
  CHECK((text == golden));
}

}  // namespace

TEST_CASE("the viewer's words for a leader that crashes") {
  compare_with_golden("failover/leader-crash");
}
TEST_CASE("the viewer's words for a broker that is cut off one way") {
  compare_with_golden("network/one-way-cut");
}
TEST_CASE("the viewer's words for records lost by truncation to the high watermark") {
  compare_with_golden("rules/truncate-to-high-watermark");
}
