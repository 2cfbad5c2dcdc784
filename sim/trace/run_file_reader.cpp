#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "sim/trace/database.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::trace {
namespace {

constexpr std::int64_t kNodesMax = 1'000'000;

struct ChunkPlace {
  std::uint64_t first = 0, events = 0;
  Instant from;
  bool keyframe = false;
};

Result<std::uint64_t> number(const std::string& text, int base) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc() || stop != end) {
    return Error{"damaged: \"" + text.substr(0, 40) + "\" is no number"};
  }
  return value;
}

// The format.
Result<std::int32_t> check_kind(const Database& database) {
  const Result<std::int64_t> id = database.query("PRAGMA application_id");
  if (!id || id.value() != kApplicationId) {
    return Error{"is no run file; `logarium run SCENARIO --record FILE` writes one"};
  }
  const Result<std::int64_t> version = database.query("PRAGMA user_version");
  if (!version) return version.error();
  if (version.value() < kOldestFormat || version.value() > kFormatVersion) {
    return Error{fmt::format(
        "is a run file of format {}; this program reads formats {} to {}{}", version.value(),
        kOldestFormat, kFormatVersion,
        version.value() > kFormatVersion ? ": a later Logarium wrote it, and reads it" : "")};
  }
  return static_cast<std::int32_t>(version.value());
}

Result<std::map<std::string, std::string>> read_meta(const Database& database) {
  Result<Statement> statement = database.prepare("SELECT key, value FROM meta");
  if (!statement) return statement.error();
  std::map<std::string, std::string> out;
  while (true) {
    const Result<bool> row = statement.value().next();
    if (!row) return row.error();
    if (!row.value()) break;
    out[statement.value().text(0)] = statement.value().text(1);
  }
  for (const char* key : {"scenario", "scenario_name", "seed", "fingerprint", "verdict", "digest",
                          "events", "outcome"}) {
    if (!out.contains(key)) return Error{fmt::format("damaged: it does not say its {}", key)};
  }
  return out;
}

Result<std::map<Uuid, std::string>> read_topics(const Database& database) {
  Result<Statement> statement = database.prepare("SELECT id, name FROM topic");
  if (!statement) return statement.error();
  std::map<Uuid, std::string> out;
  while (true) {
    const Result<bool> row = statement.value().next();
    if (!row) return row.error();
    if (!row.value()) return out;
    const std::optional<Uuid> id = parse_uuid(statement.value().text(0));
    if (!id) return Error{"damaged: a topic without an id"};
    out[*id] = statement.value().text(1);
  }
}

Result<RunInfo> read_info(const Database& database) {
  Result<std::map<std::string, std::string>> meta = read_meta(database);
  if (!meta) return meta.error();
  std::map<std::string, std::string>& texts = meta.value();
  RunInfo info;
  const auto seed = number(texts["seed"], 10);
  const auto digest = number(texts["digest"], 16);
  const auto events = number(texts["events"], 10);
  for (const auto* one : {&seed, &digest, &events}) {
    if (!*one) return one->error();
  }
  info.seed = seed.value();
  info.digest = digest.value();
  info.events = events.value();
  info.scenario = std::move(texts["scenario"]);
  info.scenario_name = std::move(texts["scenario_name"]);
  info.fingerprint = std::move(texts["fingerprint"]);
  info.verdict = std::move(texts["verdict"]);
  info.outcome = std::move(texts["outcome"]);
  Result<std::map<Uuid, std::string>> topics = read_topics(database);
  if (!topics) return topics.error();
  info.topics = std::move(topics).value();
  Result<Statement> nodes =
      database.prepare("SELECT number, name, kind, id FROM node ORDER BY number");
  if (!nodes) return nodes.error();
  while (true) {
    const Result<bool> row = nodes.value().next();
    if (!row) return row.error();
    if (!row.value()) break;
    const auto expected = static_cast<std::int64_t>(info.nodes.size());
    if (nodes.value().number(0) != expected || expected > kNodesMax) {
      return Error{"damaged: its nodes are not numbered"};
    }
    const auto id = static_cast<std::int32_t>(nodes.value().number(3));
    info.nodes.push_back({nodes.value().text(1), nodes.value().text(2), NodeId(id)});
  }
  return info;
}

// Chunks follow one another without gaps and hold as many events as the run has.
// typeof() reads no blob, which a comparison with NULL would walk to.
Result<std::vector<ChunkPlace>> read_places(const Database& database, std::uint64_t events) {
  Result<Statement> rows = database.prepare(
      "SELECT first, events, from_ns, typeof(keyframe) <> 'null' FROM chunk ORDER BY first");
  if (!rows) return rows.error();
  std::vector<ChunkPlace> out;
  std::uint64_t next = 1;
  while (true) {
    const Result<bool> row = rows.value().next();
    if (!row) return row.error();
    if (!row.value()) break;
    const auto first = static_cast<std::uint64_t>(rows.value().number(0));
    const std::int64_t count = rows.value().number(1);
    if (first != next || count <= 0) {
      return Error{fmt::format("damaged: events from {} on are missing", next)};
    }
    out.push_back({first, static_cast<std::uint64_t>(count), Instant{rows.value().number(2)},
                   rows.value().number(3) != 0});
    next += static_cast<std::uint64_t>(count);
  }
  if (next != events + 1) {
    return Error{fmt::format("damaged: it holds {} of {} events", next - 1, events)};
  }
  return out;
}

}  // namespace

std::string lacks_of(std::int32_t format) {
  if (format >= kFormatVersion) return {};
  return fmt::format(
      "a run file of format {}: it does not say who sent a message, which messages were lost and "
      "between whom links failed, and has no index",
      format);
}

struct RunFileReader::State {
  std::string path;
  Database database;
  RunInfo info;
  std::vector<ChunkPlace> places;
  std::int32_t format = kFormatVersion;
};

RunFileReader::RunFileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunFileReader::RunFileReader(RunFileReader&&) noexcept = default;
RunFileReader& RunFileReader::operator=(RunFileReader&&) noexcept = default;
RunFileReader::~RunFileReader() = default;

Result<RunFileReader> RunFileReader::open(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) return at(path, "there is no such file");
  Result<Database> database = Database::open(path, Database::Mode::kRead);
  if (!database) return at(path, database.error().message);
  auto state = std::make_unique<State>();
  state->path = path;
  state->database = std::move(database).value();
  const Result<std::int32_t> format = check_kind(state->database);
  if (!format) return at(path, format.error().message);
  state->format = format.value();
  Result<RunInfo> info = read_info(state->database);
  if (!info) return at(path, info.error().message);
  state->info = std::move(info).value();
  Result<std::vector<ChunkPlace>> places = read_places(state->database, state->info.events);
  if (!places) return at(path, places.error().message);
  state->places = std::move(places).value();
  return RunFileReader(std::move(state));
}

const RunInfo& RunFileReader::info() const { return state_->info; }

std::size_t RunFileReader::chunks() const { return state_->places.size(); }

std::size_t RunFileReader::chunk_of(std::uint64_t event) const {
  ENSURE(event >= 1 && event <= state_->info.events);
  const auto after = std::upper_bound(
      state_->places.begin(), state_->places.end(), event,
      [](std::uint64_t wanted, const ChunkPlace& place) { return wanted < place.first; });
  return static_cast<std::size_t>(after - state_->places.begin()) - 1;
}

// A chunk as it lies in the file, undamaged.
Result<Chunk> RunFileReader::chunk(std::size_t chunk) const {
  ENSURE(chunk < state_->places.size());
  Result<Statement> row = state_->database.prepare(
      "SELECT first, events, from_ns, to_ns, hash, bytes, keyframe FROM chunk WHERE first = ?1");
  if (!row) return at(state_->path, row.error().message);
  Statement& found = row.value();
  found.bind(1, static_cast<std::int64_t>(state_->places[chunk].first));
  const Result<bool> there = found.next();
  if (!there) return at(state_->path, there.error().message);
  if (!there.value()) return at(state_->path, "damaged: a chunk is gone");
  Chunk out;
  out.first = state_->places[chunk].first;
  out.events = state_->places[chunk].events;
  out.senders = state_->format > kOldestFormat;
  out.from = Instant{found.number(2)};
  out.to = Instant{found.number(3)};
  const ByteView bytes = found.blob(5);
  out.bytes.assign(bytes.begin(), bytes.end());
  const ByteView keyframe = found.blob(6);
  out.keyframe.assign(keyframe.begin(), keyframe.end());
  if (out.from.ns < 0 || static_cast<std::int64_t>(chunk_hash(out)) != found.number(4)) {
    return at(state_->path, fmt::format("damaged: the chunk from event {} on", out.first));
  }
  return out;
}

Result<std::vector<Event>> RunFileReader::events(std::size_t index) const {
  const Result<Chunk> found = chunk(index);
  if (!found) return found.error();
  Result<std::vector<Event>> events = read_chunk(found.value());
  if (!events) return at(state_->path, "damaged: " + events.error().message);
  const std::size_t nodes = state_->info.nodes.size();
  for (const Event& event : events.value()) {
    bool known = event.node < nodes && event.input.sender < nodes;
    for (const Lost& lost : event.lost) known = known && lost.from < nodes && lost.to < nodes;
    if (!known) {
      return at(state_->path, fmt::format("damaged: event {} is of no node", event.number));
    }
  }
  return events;
}

std::uint64_t RunFileReader::first_event(std::size_t chunk) const {
  ENSURE(chunk < state_->places.size());
  return state_->places[chunk].first;
}

Instant RunFileReader::first_time(std::size_t chunk) const {
  ENSURE(chunk < state_->places.size());
  return state_->places[chunk].from;
}

bool RunFileReader::has_keyframe(std::size_t chunk) const {
  ENSURE(chunk < state_->places.size());
  return chunk == 0 || (state_->places[chunk].keyframe && state_->format > kOldestFormat);
}

Result<View> RunFileReader::keyframe(std::size_t index) const {
  ENSURE(has_keyframe(index));
  if (index == 0) return View(state_->info.nodes);
  const Result<Chunk> found = chunk(index);
  if (!found) return found.error();
  Result<View> view = decode_keyframe(found.value().keyframe, state_->info.nodes);
  if (!view) return at(state_->path, view.error().message);
  if (view.value().event() + 1 != found.value().first) {
    return at(state_->path,
              fmt::format("damaged: the keyframe before event {}", found.value().first));
  }
  return view;
}

Result<std::shared_ptr<const Summary>> RunFileReader::summary() const {
  if (state_->format == kOldestFormat) return std::shared_ptr<const Summary>();
  Result<Statement> row = state_->database.prepare("SELECT hash, bytes FROM \"index\"");
  if (!row) return at(state_->path, row.error().message);
  const Result<bool> there = row.value().next();
  if (!there) return at(state_->path, there.error().message);
  if (!there.value()) return std::shared_ptr<const Summary>();
  const ByteView bytes = row.value().blob(1);
  if (static_cast<std::int64_t>(hash_bytes(bytes)) != row.value().number(0)) {
    return at(state_->path, "damaged: its index");
  }
  Result<Summary> read = decode_summary(bytes, state_->info.nodes.size());
  if (!read) return at(state_->path, read.error().message);
  if (read.value().events != state_->info.events) {
    return at(state_->path, "damaged: its index is of other events");
  }
  return std::make_shared<const Summary>(std::move(read).value());
}

std::int32_t RunFileReader::format() const { return state_->format; }

std::uint64_t RunFileReader::keyframe_bytes() const {
  const Result<std::int64_t> sum =
      state_->database.query("SELECT sum(length(keyframe)) FROM chunk");
  return sum ? static_cast<std::uint64_t>(sum.value()) : 0;
}

std::uint64_t RunFileReader::chunk_bytes() const {
  const Result<std::int64_t> sum = state_->database.query("SELECT sum(length(bytes)) FROM chunk");
  return sum ? static_cast<std::uint64_t>(sum.value()) : 0;
}

}  // namespace logarium::trace
