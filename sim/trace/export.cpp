#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "sim/trace/database.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::trace {
namespace {

constexpr const char* kExportSchema = R"sql(
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE run (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE node (number INTEGER PRIMARY KEY, name TEXT, kind TEXT, id INTEGER);
CREATE TABLE topic (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE event (number INTEGER PRIMARY KEY, time_ns INTEGER, node INTEGER, input TEXT,
                    api_key INTEGER, direction TEXT, correlation INTEGER, detail INTEGER,
                    sender INTEGER, sent INTEGER);
CREATE TABLE lost (event INTEGER, position INTEGER, time_ns INTEGER, api_key INTEGER,
                   direction TEXT, correlation INTEGER, sender INTEGER, sent INTEGER,
                   receiver INTEGER, PRIMARY KEY (event, position)) WITHOUT ROWID;
CREATE TABLE note (event INTEGER, position INTEGER, name TEXT, topic TEXT, partition INTEGER,
                   text TEXT, PRIMARY KEY (event, position)) WITHOUT ROWID;
BEGIN;
)sql";
constexpr const char* kIndexes = R"sql(
CREATE INDEX event_by_node ON event (node, number);
CREATE INDEX note_by_name ON note (name, event);
COMMIT;
)sql";

struct PartitionOf {
  std::string topic;
  std::int64_t partition = -1;
  void operator()(std::string_view, const PartitionRef& ref) {
    topic = to_string(ref.topic);
    partition = ref.partition.value();
  }
  template <class T>
  void operator()(std::string_view, const T&) {}
};

class Exporter {
 public:
  explicit Exporter(Database& database) : database_(database) {}

  Result<> write(const RunFileReader& run) {
    for (const auto& [statement, sql] :
         {std::pair{&event_, "INSERT INTO event VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"},
          std::pair{&lost_, "INSERT INTO lost VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)"},
          std::pair{&note_, "INSERT INTO note VALUES (?1,?2,?3,?4,?5,?6)"}}) {
      Result<Statement> made = database_.prepare(sql);
      if (!made) return made.error();
      *statement = std::move(made).value();
    }
    if (Result<> done = head(run.info()); !done) return done;
    for (std::size_t i = 0; i < run.chunks(); ++i) {
      const Result<std::vector<Event>> events = run.events(i);
      if (!events) return events.error();
      for (const Event& event : events.value()) {
        if (Result<> done = add(event); !done) return done;
      }
    }
    return Ok{};
  }

 private:
  Result<> head(const RunInfo& info) {
    Result<Statement> row = database_.prepare("INSERT INTO run VALUES (?1, ?2)");
    Result<Statement> node = database_.prepare("INSERT INTO node VALUES (?1, ?2, ?3, ?4)");
    if (!row) return row.error();
    if (!node) return node.error();
    const std::pair<std::string_view, std::string> texts[] = {
        {"scenario", info.scenario_name},
        {"seed", fmt::format("{}", info.seed)},
        {"verdict", info.verdict},
        {"digest", fmt::format("{:016x}", info.digest)},
        {"fingerprint", info.fingerprint}};
    for (const auto& [key, value] : texts) {
      row.value().bind(1, key);
      row.value().bind(2, std::string_view(value));
      if (Result<> done = row.value().run(); !done) return done;
    }
    for (std::size_t i = 0; i < info.nodes.size(); ++i) {
      node.value().bind(1, static_cast<std::int64_t>(i));
      node.value().bind(2, std::string_view(info.nodes[i].name));
      node.value().bind(3, std::string_view(info.nodes[i].kind));
      node.value().bind(4, std::int64_t{info.nodes[i].id.value()});
      if (Result<> done = node.value().run(); !done) return done;
    }
    Result<Statement> topic = database_.prepare("INSERT INTO topic VALUES (?1, ?2)");
    if (!topic) return topic.error();
    for (const auto& [id, name] : info.topics) {
      const std::string text = to_string(id);
      topic.value().bind(1, std::string_view(text));
      topic.value().bind(2, std::string_view(name));
      if (Result<> done = topic.value().run(); !done) return done;
    }
    return Ok{};
  }

  Result<> add(const Event& event) {
    const bool message = event.input.kind == InputKind::kReceived;
    const bool request = event.input.direction == Message::Direction::kRequest;
    event_.bind(1, static_cast<std::int64_t>(event.number));
    event_.bind(2, event.time.ns);
    event_.bind(3, std::int64_t{event.node});
    event_.bind(4, input_name(event.input.kind));
    event_.bind(5, std::int64_t{message ? event.input.api_key : -1});
    event_.bind(6, std::string_view(!message ? "" : request ? "request" : "response"));
    event_.bind(7, std::int64_t{event.input.correlation});
    event_.bind(8, static_cast<std::int64_t>(event.input.number));
    const bool known = event.input.sent != 0;
    event_.bind(9, std::int64_t{known ? static_cast<std::int64_t>(event.input.sender) : -1});
    event_.bind(10, static_cast<std::int64_t>(event.input.sent));
    if (Result<> done = event_.run(); !done) return done;
    if (Result<> done = add_lost(event); !done) return done;
    for (std::size_t i = 0; i < event.notes.size(); ++i) {
      const Note& note = event.notes[i];
      PartitionOf of;
      std::visit([&of](const auto& one) { one.fields(of); }, note);
      note_.bind(1, static_cast<std::int64_t>(event.number));
      note_.bind(2, static_cast<std::int64_t>(i));
      note_.bind(3, note_name(note));
      note_.bind(4, std::string_view(of.topic));
      note_.bind(5, of.partition);
      const std::string text = logarium::to_string(note);
      note_.bind(6, std::string_view(text));
      if (Result<> done = note_.run(); !done) return done;
    }
    return Ok{};
  }

  Result<> add_lost(const Event& event) {
    for (std::size_t i = 0; i < event.lost.size(); ++i) {
      const Lost& one = event.lost[i];
      const bool request = one.direction == Message::Direction::kRequest;
      lost_.bind(1, static_cast<std::int64_t>(event.number));
      lost_.bind(2, static_cast<std::int64_t>(i));
      lost_.bind(3, one.time.ns);
      lost_.bind(4, std::int64_t{one.api_key});
      lost_.bind(5, std::string_view(request ? "request" : "response"));
      lost_.bind(6, std::int64_t{one.correlation});
      lost_.bind(7, std::int64_t{one.from});
      lost_.bind(8, static_cast<std::int64_t>(one.sent));
      lost_.bind(9, std::int64_t{one.to});
      if (Result<> done = lost_.run(); !done) return done;
    }
    return Ok{};
  }

  Database& database_;
  Statement event_, note_, lost_;
};

}  // namespace

Result<> export_rows(const RunFileReader& run, const std::string& path) {
  std::error_code failure;
  if (std::filesystem::exists(path, failure)) {
    return Error{path + ": exists already; name another file, or remove it first"};
  }
  Result<Database> database = Database::open(path, Database::Mode::kCreate);
  const auto failed = [&path](const Error& error) { return Error{path + ": " + error.message}; };
  if (!database) return failed(database.error());
  if (Result<> made = database.value().execute(kExportSchema); !made) return failed(made.error());
  Exporter exporter(database.value());
  if (Result<> written = exporter.write(run); !written) return failed(written.error());
  if (Result<> done = database.value().execute(kIndexes); !done) return failed(done.error());
  return Ok{};
}

}  // namespace logarium::trace
