// What a run file shows is the fold of notes; this proves that the fold is the truth: after every
// event of runs in which much happens the folded view equals the one that is read off the live
// nodes. A difference names event, node and field. Where a note is kept from the fold, that is
// found.

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/live_view.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/trace/cursor.hpp"
#include "tests/determinism/stormy.hpp"

using namespace logarium;

namespace {

scenario::PlanRef plan_of(const std::string& path, std::optional<std::uint64_t> seed = {}) {
  const scenario::ReadResult read = scenario::read_file(path);
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  return std::make_shared<const scenario::Plan>(
      scenario::resolve(read.model, seed.value_or(static_cast<std::uint64_t>(read.model.seed))));
}

StateLines lines_of(const trace::View& view) {
  StateLines lines;
  visit(lines, "", view);
  return lines;
}

// Folds the notes and compares with the nodes, by digest, after every event.
class Comparison final : public world::Observer {
 public:
  using Keeps = std::function<bool(const Note&)>;
  explicit Comparison(run::Run& run, Keeps keeps = nullptr)
      : world_(run.world()), keeps_(std::move(keeps)), view_(run::node_infos(run.world())) {
    run.add_observer(*this);
  }

  void on_event(const world::EventView& event) override {
    if (!difference.empty()) return;
    ++events;
    std::vector<Note> notes;
    for (const Note& note : event.effects->notes) {
      kinds.insert(std::string(note_name(note)));
      if (!keeps_ || keeps_(note)) notes.push_back(note);
    }
    view_.apply(event.number, event.time, event.node.value(), notes,
                trace::record_of(event.input, event.origin.node, event.origin.event));
    const trace::View live = run::live_view(view_, world_);
    if (state_hash(live) != state_hash(view_)) {
      difference = "event " + std::to_string(event.number) + " at " + world_.name(event.node) +
                   ": " + first_difference(lines_of(view_), lines_of(live));
    } else if (event.input == nullptr) {
      compare_faults(event);
    }
  }

  std::uint64_t events = 0;
  std::string difference;
  std::set<std::string> kinds;

 private:
  // Faults are the host's own: it says who is paused.
  void compare_faults(const world::EventView& event) {
    const auto pause = static_cast<std::int32_t>(world::FaultKind::kPause);
    for (std::uint32_t i = 0; i < world_.size(); ++i) {
      bool paused = false;
      for (const trace::FaultView& fault : view_.faults()) {
        paused = paused || (fault.kind == pause && fault.nodes.front() == i);
      }
      if (paused == world_.paused(world::NodeIndex(i))) continue;
      difference =
          "event " + std::to_string(event.number) + ": paused: " + world_.name(world::NodeIndex(i));
    }
  }

  const world::World& world_;
  Keeps keeps_;
  trace::View view_;
};

// The whole run, or its first events.
void fold_is_what_the_nodes_hold(const scenario::PlanRef& plan, std::uint64_t events_max,
                                 std::set<std::string>* kinds = nullptr) {
  run::Run run(plan);
  Comparison comparison(run);
  run.to_event(events_max);
  INFO(plan->seed);
  CHECK(comparison.difference == "");
  CHECK(comparison.events > 3000);
  if (kinds != nullptr) kinds->insert(comparison.kinds.begin(), comparison.kinds.end());
}

// The fold knows these by number.
using world::FaultKind;
static_assert(FaultKind{0} == FaultKind::kCrash && FaultKind{1} == FaultKind::kPowerLoss &&
              FaultKind{3} == FaultKind::kWipe && FaultKind{12} == FaultKind::kConnectionReset &&
              FaultKind{16} == FaultKind::kBitRot);

constexpr std::uint64_t kAll = 40'000;

}  // namespace

TEST_CASE("folded notes are what the nodes hold, at every event of a stormy run") {
  fold_is_what_the_nodes_hold(test::stormy(), kAll);
}

TEST_CASE("folded notes are what the nodes hold, in stories of the library") {
  for (const char* story : {"failover/leader-crash", "failover/rolling-restart",
                            "rules/truncate-to-high-watermark", "replication/follower-falls-out"}) {
    INFO(story);
    fold_is_what_the_nodes_hold(plan_of("scenarios/" + std::string(story) + ".json"), kAll);
  }
}

TEST_CASE("folded notes are what the nodes hold, in storms; all that can be told is told there") {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    fold_is_what_the_nodes_hold(plan_of("tests/determinism/scenarios/storm.json", seed), kAll,
                                &kinds);
    fold_is_what_the_nodes_hold(plan_of("tests/determinism/scenarios/storm-combined.json", seed),
                                kAll, &kinds);
  }
  for (const char* kind :
       {"quorum role", "truncated", "batch recovered", "replica deleted", "reassignment completed",
        "isr state", "fault ended", "disk wiped", "position reset"}) {
    INFO(kind);
    CHECK(kinds.contains(kind));
  }
}

TEST_CASE("a note that is kept from the fold is missed") {
  // What a live node can contradict: one kind of note at a time is dropped, from some event on.
  const auto misses_in = [](std::uint64_t seed, std::size_t kind) {
    run::Run run(plan_of("tests/determinism/scenarios/storm.json", seed));
    Comparison comparison(run, [kind](const Note& note) { return note.index() != kind; });
    run.to_event(kAll);
    return !comparison.difference.empty();
  };
  // Not every storm has every note.
  const auto misses = [&misses_in](std::size_t kind) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      if (misses_in(seed, kind)) return true;
    }
    return false;
  };
  const Note notes[] = {
      note::ReplicaOpened{},      note::ReplicaDeleted{},     note::BecameLeader{},
      note::BecameFollower{},     note::Appended{},           note::Synced{},
      note::Truncated{},          note::LogStartMoved{},      note::HighWatermarkMoved{},
      note::IsrState{},           note::BrokerStateChanged{}, note::MetadataApplied{},
      note::QuorumRoleChanged{},  note::ControllerActive{},   note::ReplicaPlaced{},
      note::PartitionCommitted{}, note::BrokerRegistered{},   note::BrokerFenced{},
      note::BrokerUnfenced{},     note::BatchSent{},          note::BatchAcked{},
      note::Delivered{},          note::PositionReset{},      note::ProcessStarted{},
      note::ProcessEnded{},       note::FaultBegan{},         note::FaultEnded{}};
  for (const Note& note : notes) {
    INFO(note_name(note));
    CHECK(misses(note.index()));
  }
}

TEST_CASE("a run file shows at any event, in any order, what the fold of its notes gives") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "logarium-fold-test.run").string();
  std::vector<std::uint64_t> hashes{0};
  std::uint64_t keyframes = 0;
  {
    Result<trace::RunFileWriter> file = trace::RunFileWriter::create(path);
    REQUIRE(file.ok());
    run::Recorder recorder(file.value());
    run::Run run(plan_of("scenarios/failover/leader-crash.json"));
    recorder.watch(run);
    while (run.step() && run.world().events() < 30'000) {
      while (hashes.size() <= run.world().events()) hashes.push_back(0);
      hashes[run.world().events()] = state_hash(recorder.view());
    }
    run.to_end();
    REQUIRE(recorder.flush().ok());
    REQUIRE(file.value().finish(run_info(run, judge(run), "")).ok());
  }
  Result<trace::RunFileReader> reader = trace::RunFileReader::open(path);
  REQUIRE(reader.ok());
  for (std::size_t i = 1; i < reader.value().chunks(); ++i) {
    keyframes += reader.value().has_keyframe(i) ? 1U : 0U;
  }
  CHECK(keyframes >= 5);
  CHECK(reader.value().keyframe_bytes() * 3 < reader.value().chunk_bytes());
  trace::Cursor cursor(reader.value());
  Random random(3);
  std::uint64_t at = 0;
  for (int i = 0; i < 3000; ++i) {
    // Mostly steps either way, now and then a jump.
    const std::uint64_t dice = random.below(10);
    if (dice == 0) {
      at = 1 + random.below(hashes.size() - 1);
    } else if (dice < 6) {
      at = std::min<std::uint64_t>(at + 1, hashes.size() - 1);
    } else if (at > 1) {
      --at;
    }
    REQUIRE(cursor.seek(at).ok());
    REQUIRE(cursor.view().event() == at);
    if (hashes[at] != 0 && state_hash(cursor.view()) != hashes[at]) FAIL("at event " << at);
  }
  REQUIRE(cursor.seek(std::uint64_t{20'000}).ok());
  const Instant then = cursor.view().time();
  REQUIRE(cursor.seek(then).ok());
  CHECK(cursor.view().event() >= 20'000);
  CHECK(cursor.view().time() == then);
  // One step back costs no more than a chunk.
  const std::uint64_t before = cursor.folded();
  REQUIRE(cursor.seek(cursor.view().event() - 1).ok());
  CHECK(cursor.folded() - before <= trace::kChunkEvents);
  std::filesystem::remove(path);
}
