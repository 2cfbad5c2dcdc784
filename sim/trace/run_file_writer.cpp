#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/hash.hpp"
#include "sim/trace/database.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::trace {
namespace {

// One write at the end is enough: the file is not at its place before that.
constexpr const char* kRunFileSchema = R"sql(
PRAGMA page_size = 32768;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE node (number INTEGER PRIMARY KEY, name TEXT, kind TEXT, id INTEGER);
CREATE TABLE topic (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE chunk (first INTEGER PRIMARY KEY, events INTEGER, from_ns INTEGER, to_ns INTEGER,
                    hash INTEGER, bytes BLOB, keyframe BLOB);
CREATE TABLE "index" (hash INTEGER, bytes BLOB);
BEGIN;
)sql";

// Whether what stands at the path may be replaced.
Result<> may_replace(const std::string& path) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) return Ok{};
  if (!std::filesystem::is_regular_file(status)) return at(path, "is not a regular file");
  if (std::filesystem::file_size(path, failure) == 0) return Ok{};
  const Result<Database> database = Database::open(path, Database::Mode::kRead);
  const Result<std::int64_t> id =
      database ? database.value().query("PRAGMA application_id") : Result<std::int64_t>(0);
  if (id && id.value() == kApplicationId) return Ok{};
  return at(path, "is a file that is no run file; name another, or remove it first");
}

}  // namespace

struct RunFileWriter::State {
  std::string path, part;
  Database database;
  Statement insert;
  std::uint64_t bytes = 0;
  bool finished = false;
};

RunFileWriter::RunFileWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunFileWriter::RunFileWriter(RunFileWriter&&) noexcept = default;
RunFileWriter& RunFileWriter::operator=(RunFileWriter&&) noexcept = default;

RunFileWriter::~RunFileWriter() {
  if (!state_ || state_->finished) return;
  std::error_code ignored;
  state_->insert = {};
  state_->database.close();
  std::filesystem::remove(state_->part, ignored);
}

Result<RunFileWriter> RunFileWriter::create(const std::string& path) {
  const Result<> allowed = may_replace(path);
  if (!allowed) return allowed.error();
  auto state = std::make_unique<State>();
  state->path = path;
  state->part = path + ".part";
  std::error_code ignored;
  std::filesystem::remove(state->part, ignored);
  Result<Database> database = Database::open(state->part, Database::Mode::kCreate);
  if (!database) return at(path, "cannot be written: " + database.error().message);
  state->database = std::move(database).value();
  const std::string ids = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                      kApplicationId, kFormatVersion);
  for (const std::string& sql : {std::string(kRunFileSchema), ids}) {
    const Result<> made = state->database.execute(sql);
    if (!made) return at(path, "cannot be written: " + made.error().message);
  }
  Result<Statement> insert =
      state->database.prepare("INSERT INTO chunk VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!insert) return at(path, insert.error().message);
  state->insert = std::move(insert).value();
  return RunFileWriter(std::move(state));
}

Result<> RunFileWriter::add(const Chunk& chunk) {
  Statement& insert = state_->insert;
  insert.bind(1, static_cast<std::int64_t>(chunk.first));
  insert.bind(2, static_cast<std::int64_t>(chunk.events));
  insert.bind(3, chunk.from.ns);
  insert.bind(4, chunk.to.ns);
  insert.bind(5, static_cast<std::int64_t>(chunk_hash(chunk)));
  insert.bind(6, ByteView(chunk.bytes));
  insert.bind(7, ByteView(chunk.keyframe));
  state_->bytes += chunk.bytes.size() + chunk.keyframe.size();
  const Result<> written = insert.run();
  if (!written) return at(state_->path, "cannot be written: " + written.error().message);
  return Ok{};
}

Result<> RunFileWriter::add(const Summary& summary) {
  const std::vector<std::byte> bytes = encode_summary(summary);
  Result<Statement> insert = state_->database.prepare("INSERT INTO \"index\" VALUES (?1, ?2)");
  if (!insert) return at(state_->path, insert.error().message);
  insert.value().bind(1, static_cast<std::int64_t>(hash_bytes(bytes)));
  insert.value().bind(2, ByteView(bytes));
  state_->bytes += bytes.size();
  const Result<> written = insert.value().run();
  if (!written) return at(state_->path, "cannot be written: " + written.error().message);
  return Ok{};
}

Result<> RunFileWriter::finish(const RunInfo& info) {
  const auto failed = [this](const Error& error) {
    return at(state_->path, "cannot be written: " + error.message);
  };
  Result<Statement> meta = state_->database.prepare("INSERT INTO meta VALUES (?1, ?2)");
  if (!meta) return failed(meta.error());
  const std::pair<std::string_view, std::string> texts[] = {
      {"scenario", info.scenario},
      {"scenario_name", info.scenario_name},
      {"seed", fmt::format("{}", info.seed)},
      {"fingerprint", info.fingerprint},
      {"verdict", info.verdict},
      {"digest", fmt::format("{:016x}", info.digest)},
      {"events", fmt::format("{}", info.events)},
      {"outcome", info.outcome}};
  for (const auto& [key, value] : texts) {
    meta.value().bind(1, key);
    meta.value().bind(2, std::string_view(value));
    if (const Result<> written = meta.value().run(); !written) return failed(written.error());
  }
  Result<Statement> node = state_->database.prepare("INSERT INTO node VALUES (?1, ?2, ?3, ?4)");
  if (!node) return failed(node.error());
  for (std::size_t i = 0; i < info.nodes.size(); ++i) {
    node.value().bind(1, static_cast<std::int64_t>(i));
    node.value().bind(2, std::string_view(info.nodes[i].name));
    node.value().bind(3, std::string_view(info.nodes[i].kind));
    node.value().bind(4, std::int64_t{info.nodes[i].id.value()});
    if (const Result<> written = node.value().run(); !written) return failed(written.error());
  }
  Result<Statement> topic = state_->database.prepare("INSERT INTO topic VALUES (?1, ?2)");
  if (!topic) return failed(topic.error());
  for (const auto& [id, name] : info.topics) {
    const std::string text = to_string(id);
    topic.value().bind(1, std::string_view(text));
    topic.value().bind(2, std::string_view(name));
    if (const Result<> written = topic.value().run(); !written) return failed(written.error());
  }
  if (const Result<> done = state_->database.execute("COMMIT"); !done) return failed(done.error());
  state_->insert = {};
  meta.value() = {};
  topic.value() = {};
  node.value() = {};
  state_->database.close();
  std::error_code failure;
  std::filesystem::rename(state_->part, state_->path, failure);
  if (failure) return at(state_->path, "cannot be written: " + failure.message());
  state_->finished = true;
  return Ok{};
}

std::uint64_t RunFileWriter::chunk_bytes() const { return state_->bytes; }

}  // namespace logarium::trace
