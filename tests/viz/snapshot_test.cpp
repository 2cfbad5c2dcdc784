// What a viewer shows of a run file, at any event, is what running the scenario again gives: every
// snapshot is compared, by digest, with the view that is read off the live nodes of a second run.

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/run/live_view.hpp"
#include "sim/run/run.hpp"
#include "sim/trace/database.hpp"
#include "sim/trace/run_file.hpp"
#include "tests/viz/recorded_story.hpp"
#include "viz/model/replicas.hpp"

using namespace logarium;

namespace {

constexpr std::uint64_t kRunEvents = 10'000;

// Asks the index for each event's snapshot while the scenario runs once more.
class SideBySide final : public world::Observer {
 public:
  SideBySide(const viz::RunIndex& index, run::Run& run) : index_(index), world_(run.world()) {
    run.add_observer(*this);
  }
  void on_event(const world::EventView& event) override {
    if (!difference.empty() || event.number > index_.events()) return;
    const Result<viz::SnapshotRef> shown = index_.at(event.number);
    if (!shown) {
      difference = shown.error().message;
      return;
    }
    const trace::View live = run::live_view(shown.value()->view, world_);
    hashes[event.number] = state_hash(live);
    if (state_hash(shown.value()->view) != hashes[event.number]) {
      difference = "event " + std::to_string(event.number);
    }
  }
  std::string difference;
  std::map<std::uint64_t, std::uint64_t> hashes;

 private:
  const viz::RunIndex& index_;
  const world::World& world_;
};

}  // namespace

TEST_CASE("the viewer's snapshot is the re-executed cluster, at every event and in any order") {
  const test::RecordedStory story("failover/leader-crash");
  run::Run run(story.plan());
  SideBySide both(story.index(), run);
  run.to_event(kRunEvents);
  CHECK(both.difference == "");
  REQUIRE(both.hashes.size() >= kRunEvents);
  Random random(9);
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t event = 1 + random.below(kRunEvents);
    const Result<viz::SnapshotRef> shown = story.index().at(event);
    REQUIRE(shown.ok());
    if (state_hash(shown.value()->view) != both.hashes[event]) FAIL("event " << event);
  }
}

namespace {

std::int64_t number_after(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(" " + name + "=");
  REQUIRE(at != std::string::npos);
  return std::stoll(text.substr(at + name.size() + 2));
}

// What the exported rows say, without the viewer.
class Rows {
 public:
  explicit Rows(const std::string& path)
      : database_(trace::Database::open(path, trace::Database::Mode::kRead)) {
    REQUIRE(database_.ok());
  }
  // The last note of one of the names about the partition at the node, up to the event.
  std::string last(const std::string& names, std::uint32_t node, PartitionRef ref,
                   std::uint64_t event) {
    auto row = database_.value().prepare(
        "SELECT note.text FROM note JOIN event ON event.number = note.event WHERE note.name IN (" +
        names +
        ") AND event.node = ?1 AND note.topic = ?2 AND note.partition = ?3 AND note.event <= ?4 "
        "ORDER BY note.event DESC, note.position DESC LIMIT 1");
    REQUIRE(row.ok());
    const std::string topic = to_string(ref.topic);
    row.value().bind(1, std::int64_t{node});
    row.value().bind(2, std::string_view(topic));
    row.value().bind(3, std::int64_t{ref.partition.value()});
    row.value().bind(4, static_cast<std::int64_t>(event));
    const Result<bool> there = row.value().next();
    REQUIRE(there.ok());
    return there.value() ? row.value().text(0) : "";
  }

 private:
  Result<trace::Database> database_;
};

}  // namespace

TEST_CASE("numbers of the replicas panel are those of the exported rows") {
  const test::RecordedStory story("failover/leader-crash");
  const Result<trace::RunFileReader> file = trace::RunFileReader::open(story.path());
  REQUIRE(file.ok());
  const std::string path = story.path() + ".rows";
  REQUIRE(trace::export_rows(file.value(), path).ok());
  Rows rows(path);
  const viz::RunIndex& index = story.index();
  int compared = 0;
  for (const viz::Notable& notable : index.notables()) {
    const Result<viz::SnapshotRef> shown = index.at(notable.event);
    REQUIRE(shown.ok());
    for (const trace::PartitionView& partition : shown.value()->view.partitions()) {
      const auto model = make_replicas(shown.value()->view, index.labels(), partition.ref);
      REQUIRE(model);
      for (const viz::ReplicaLane& lane : model->lanes) {
        if (!lane.known) continue;
        INFO("event " << notable.event << ", " << model->partition << " on " << lane.name);
        const std::string hw = rows.last("'high watermark moved', 'replica opened'", lane.node,
                                         partition.ref, notable.event);
        if (!hw.empty()) CHECK(number_after(hw, "high watermark") == lane.high_watermark.value());
        const std::string end = rows.last("'appended', 'truncated', 'replica opened'", lane.node,
                                          partition.ref, notable.event);
        const std::string field = end.starts_with("appended")    ? "next"
                                  : end.starts_with("truncated") ? "to"
                                                                 : "log end";
        if (!end.empty()) CHECK(number_after(end, field) == lane.log_end.value());
        compared += !hw.empty() && !end.empty();
      }
    }
  }
  CHECK(compared > 20);
  std::remove(path.c_str());
}
