// A recorded run, replayed: equal to the last digest when nothing was touched, and a difference
// with node, incarnation, input and field when something was.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/runtime/input_log_reader.hpp"
#include "sim/run/input_recorder.hpp"
#include "sim/run/replay.hpp"
#include "sim/run/run.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::run {
namespace {

// Three combined nodes with slow disks die again and again, in the middle of what they write, and
// come back. Disks fill up and fail; a disk is lost.
constexpr const char* kKills = R"json({
  "name": "kills", "story": "Nodes die again and again.", "duration": "40s",
  "disk": { "write latency": { "exponential": { "mean": "1ms", "max": "20ms" } },
            "sync latency": "5ms" },
  "cluster": { "brokers": 3, "controllers": 3, "roles": "combined",
    "config": { "logarium.log.tail.bytes": 2000, "log.segment.bytes": 16384,
                "broker.session.timeout.ms": 1500, "broker.heartbeat.interval.ms": 300 } },
  "topics": [ { "name": "orders", "partitions": 2, "replication.factor": 3,
                "config": { "min.insync.replicas": 2 } } ],
  "clients": [
    { "producer": { "topic": "orders", "rate": "300/s", "config": { "acks": "all" } } },
    { "producer": { "topic": "orders", "rate": "50/s", "config": { "acks": "0",
                    "enable.idempotence": false } } },
    { "consumer": { "assign": ["orders"] } } ],
  "faults": [ { "every": { "exponential": { "mean": "1s", "max": "3s" } }, "times": 8,
                "crash": "random(broker)", "for": "400ms" },
              { "at": "3s", "disk full": "broker(1)", "for": "200ms" },
              { "at": "5s", "disk error": { "target": "broker(3)", "share": "10%" },
                "for": "100ms" },
              { "at": "6s", "crash": "broker(2)", "for": "500ms" },
              { "at": "6100ms", "wipe": "broker(2)" },
              { "at": "1s", "error code": { "api": "Produce", "error": "REQUEST_TIMED_OUT",
                                            "target": "servers", "share": "20%" } } ],
  "phases": [ { "chaos": "9s" }, { "heal": "all" }, { "quiesce": { "within": "30s" } } ] })json";

// One node alone for a moment.
constexpr const char* kAlone = R"json({
  "name": "alone", "story": "One node starts and is killed.", "duration": "12s",
  "cluster": { "brokers": 1, "controllers": 1, "roles": "combined" },
  "topics": [ { "name": "orders", "replication.factor": 1 } ],
  "clients": [ { "producer": { "topic": "orders", "rate": "20/s" } } ],
  "phases": [ { "chaos": "1s" }, { "heal": "all" }, { "quiesce": { "within": "10s" } } ] })json";

InputRecorder::Logs record(const char* text, std::uint64_t seed, std::uint64_t events_max) {
  const scenario::ReadResult read = scenario::read(text, "recorded.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  Run run(std::make_shared<const scenario::Plan>(scenario::resolve(read.model, seed)));
  InputRecorder recorder(run.world(), {.state_digest_every = 64});
  run.add_observer(recorder);
  run.to_event(events_max);
  CHECK_FALSE(run.broken());
  return recorder.logs();
}

ReplayReport replayed(const InputRecorder::Logs& logs, std::vector<Rule> off = {}) {
  return replay(recorded_logs(logs), {std::move(off), trace::source_fingerprint()});
}

std::uint64_t inputs_of(const std::vector<std::byte>& log) {
  const InputRecorder::Logs one{{"node/00000001.inputs", log}};
  const auto source = recorded_logs(one)[0].open();
  runtime::InputLogReader reader(*source.value());
  if (!std::holds_alternative<runtime::InputLogStart>(reader.start())) return 0;
  while (std::holds_alternative<runtime::InputEntry>(reader.next())) {
  }
  return reader.inputs();
}

// Where each entry of a log ends; the first is the start. A log is its magic, then entries: length
// of the payload as a varint, its check, CRC, payload.
std::vector<std::size_t> entry_ends(const std::vector<std::byte>& log) {
  std::vector<std::size_t> ends;
  for (std::size_t at = runtime::kInputLogMagic.size(); at < log.size();) {
    std::size_t length = 0;
    for (unsigned shift = 0;; shift += 7U) {
      const auto byte = static_cast<std::size_t>(log.at(at++));
      length |= (byte & 0x7fU) << shift;
      if (byte < 0x80U) break;
    }
    at += 1 + 4 + length;
    ends.push_back(at);
  }
  return ends;
}

std::vector<runtime::EntryKind> kinds_of(const std::vector<std::byte>& log) {
  const InputRecorder::Logs one{{"node/00000001.inputs", log}};
  const auto source = recorded_logs(one)[0].open();
  runtime::InputLogReader reader(*source.value());
  REQUIRE(std::holds_alternative<runtime::InputLogStart>(reader.start()));
  std::vector<runtime::EntryKind> kinds;
  while (true) {
    const auto step = reader.next();
    const auto* entry = std::get_if<runtime::InputEntry>(&step);
    if (entry == nullptr) return kinds;
    kinds.push_back(entry->kind);
  }
}

}  // namespace

TEST_CASE("nodes that were killed and started again replay with equal effects and states") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const InputRecorder::Logs logs = record(kKills, seed, 1'000'000'000);
    const ReplayReport report = replayed(logs);
    INFO("seed " << seed << "\n" << to_text(report));
    CHECK(report.equal());
    CHECK(report.incarnations.size() >= 5);
    std::uint64_t digests = 0;
    for (const IncarnationReplay& one : report.incarnations) {
      CHECK(one.same_sources);
      CHECK(one.inputs == inputs_of(logs.at(one.path)));
      CHECK(one.effects > 0);
      digests += one.state_digests;
    }
    CHECK(digests > 50);
  }
}

TEST_CASE("a replay with a rule switched off diverges") {
  const InputRecorder::Logs logs = record(kKills, 1, 1'000'000'000);
  for (const Rule rule : {Rule::kAnswerAfterHighWatermark, Rule::kReadBelowHighWatermark,
                          Rule::kSyncBeforeFetch, Rule::kPreVote}) {
    const ReplayReport report = replayed(logs, {rule});
    INFO(to_text(report));
    CHECK_FALSE(report.equal());
    CHECK(report.readable());
  }
}

TEST_CASE("a log that is cut anywhere replays up to its last whole entry") {
  InputRecorder::Logs logs = record(kAlone, 1, 300);
  REQUIRE(logs.size() == 1);
  const std::string path = logs.begin()->first;
  const std::vector<std::byte> whole = logs.begin()->second;
  const std::uint64_t inputs = inputs_of(whole);
  CHECK(inputs > 100);
  std::uint64_t before = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto end = whole.begin() + static_cast<std::ptrdiff_t>(size);
    const std::vector<std::byte> cut(whole.begin(), end);
    const std::uint64_t read = inputs_of(cut);
    // Once per entry, and close to both of its ends.
    const bool ends_here = read != before;
    if (ends_here || size % 101 == 0 || size + 40 > whole.size()) {
      const ReplayReport report = replayed({{path, cut}});
      INFO(size << " of " << whole.size() << " bytes\n" << to_text(report));
      REQUIRE(report.equal());
      REQUIRE(report.incarnations[0].inputs == read);
      if (ends_here) REQUIRE(report.incarnations[0].cut_bytes == 0);
    }
    REQUIRE((read == before || read == before + 1));
    before = read;
  }
  CHECK(before == inputs);
}

TEST_CASE("one changed byte is reported as the input and field that it belongs to") {
  InputRecorder::Logs logs = record(kAlone, 1, 300);
  const std::string path = logs.begin()->first;
  const std::vector<std::byte> whole = logs.begin()->second;
  const std::uint64_t inputs = inputs_of(whole);
  const std::vector<std::size_t> ends = entry_ends(whole);
  REQUIRE(ends.size() == inputs + 1);
  REQUIRE(ends.back() == whole.size());
  std::map<std::string, int> fields;
  std::set<std::uint64_t> named;
  for (std::size_t at = 8; at < whole.size(); at += 7) {
    std::vector<std::byte> changed = whole;
    changed[at] ^= std::byte{0x10};
    const ReplayReport report = replayed({{path, changed}});
    const IncarnationReplay& one = report.incarnations.at(0);
    INFO("byte " << at << "\n" << to_text(report));
    REQUIRE(one.end == ReplayEnd::kDiffers);
    REQUIRE(one.difference);
    const auto entry = std::upper_bound(ends.begin(), ends.end(), at);
    REQUIRE(one.difference->input == static_cast<std::uint64_t>(entry - ends.begin()));
    // All before it is as it was.
    REQUIRE(one.inputs == (one.difference->input == 0 ? 0 : one.difference->input - 1));
    ++fields[one.difference->field];
    named.insert(one.difference->input);
  }
  CHECK(fields["entry"] == 0);
  for (const char* field : {"broker config", "frame", "effects", "monotonic clock", "io content",
                            "length", "checksum", "random stream"}) {
    INFO(field);
    CHECK(fields[field] > 0);
  }
  CHECK(named.size() > inputs / 2);
  std::set<runtime::EntryKind> kinds;
  const std::vector<runtime::EntryKind> of_inputs = kinds_of(whole);
  for (const std::uint64_t input : named) {
    if (input > 0) kinds.insert(of_inputs.at(input - 1));
  }
  using runtime::EntryKind;
  for (const EntryKind kind : {EntryKind::kStarted, EntryKind::kAccepted, EntryKind::kReceived,
                               EntryKind::kWake, EntryKind::kIoDone}) {
    INFO(entry_name(kind));
    CHECK(kinds.contains(kind));
  }
}

TEST_CASE("a file that is not as the node left it is named") {
  InputRecorder::Logs logs = record(kKills, 2, 1'000'000'000);
  // A node whose second incarnation is the first that is looked at has files that nobody wrote.
  for (const auto& [path, bytes] : logs) {
    if (!path.ends_with("00000002.inputs")) continue;
    const ReplayReport report = replayed({{path, bytes}});
    INFO(to_text(report));
    REQUIRE(report.incarnations[0].difference);
    CHECK(report.incarnations[0].difference->field == "files");
    CHECK(report.incarnations[0].difference->input == 0);
    return;
  }
  FAIL("no node was started twice");
}

TEST_CASE("what is no input log is unreadable, not different") {
  const std::string text = "LGRMIN99 something else";
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  const ReplayReport report = replayed({{"node-1/00000001.inputs", bytes}});
  CHECK_FALSE(report.readable());
  CHECK_FALSE(report.equal());
}

}  // namespace logarium::run
