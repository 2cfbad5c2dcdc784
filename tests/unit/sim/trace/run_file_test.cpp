#include "sim/trace/run_file.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/sim/trace/random_events.hpp"

using namespace logarium;
using namespace logarium::trace;
using namespace logarium::trace::test;

namespace {

// A folder that goes away with the test.
struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path / name).string(); }
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("run_file_test-" + std::to_string(::getpid()));
};

RunInfo info_of(const std::vector<Event>& events) {
  RunInfo info;
  info.scenario = "{ \"name\": \"leader-crash\" }";
  info.scenario_name = "leader-crash";
  info.seed = 0xfedcba9876543210;
  info.fingerprint = source_fingerprint();
  for (int i = 0; i < 9; ++i)
    info.nodes.push_back({"broker-" + std::to_string(i), "broker", NodeId(i)});
  info.verdict = "fail";
  info.digest = 0x0123456789abcdef;
  info.events = events.size();
  info.outcome = "{}";
  return info;
}

void write_run(const std::string& path, const std::vector<Event>& events) {
  Result<RunFileWriter> writer = RunFileWriter::create(path);
  REQUIRE(writer.ok());
  for (const Chunk& chunk : chunks_of(events)) REQUIRE(writer.value().add(chunk).ok());
  REQUIRE(writer.value().finish(info_of(events)).ok());
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a run file gives back what was written") {
  const Folder folder;
  const std::vector<Event> events = random_events(1, kChunkEvents + 500);
  write_run(folder.file("a.run"), events);
  const Result<RunFileReader> read = RunFileReader::open(folder.file("a.run"));
  REQUIRE(read.ok());
  const RunFileReader& run = read.value();
  CHECK(run.info().seed == 0xfedcba9876543210);
  CHECK(run.info().digest == 0x0123456789abcdef);
  CHECK(run.info().scenario_name == "leader-crash");
  CHECK(run.info().verdict == "fail");
  CHECK(run.info().nodes.size() == 9);
  REQUIRE(run.chunks() == 2);
  CHECK(run.chunk_of(1) == 0);
  CHECK(run.chunk_of(kChunkEvents) == 0);
  CHECK(run.chunk_of(kChunkEvents + 1) == 1);
  std::size_t next = 0;
  for (std::size_t chunk = 0; chunk < run.chunks(); ++chunk) {
    const auto part = run.events(chunk);
    REQUIRE(part.ok());
    for (const Event& event : part.value()) CHECK(same(event, events[next++]));
  }
  CHECK(next == events.size());
}

TEST_CASE("a run file that was not finished leaves nothing behind") {
  const Folder folder;
  {
    Result<RunFileWriter> writer = RunFileWriter::create(folder.file("a.run"));
    REQUIRE(writer.ok());
    REQUIRE(writer.value().add(chunks_of(random_events(1, 10)).front()).ok());
  }
  CHECK(std::filesystem::is_empty(folder.path));
}

TEST_CASE("a run file replaces another, but no foreign file") {
  const Folder folder;
  write_run(folder.file("a.run"), random_events(1, 10));
  write_run(folder.file("a.run"), random_events(1, 20));
  CHECK(RunFileReader::open(folder.file("a.run")).value().info().events == 20);
  put(folder.file("letter.txt"), "Dear reader");
  const Result<RunFileWriter> refused = RunFileWriter::create(folder.file("letter.txt"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("no run file") != std::string::npos);
  CHECK(bytes_of(folder.file("letter.txt")) == "Dear reader");
  CHECK_FALSE(RunFileWriter::create(folder.file("missing/a.run")).ok());
}

TEST_CASE("foreign, cut and missing files are refused with their name") {
  const Folder folder;
  const auto message = [&](const std::string& name) {
    const Result<RunFileReader> read = RunFileReader::open(folder.file(name));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message.find(name) != std::string::npos);
    return read.error().message;
  };
  CHECK(message("none.run").find("no such file") != std::string::npos);
  put(folder.file("empty.run"), "");
  message("empty.run");
  put(folder.file("text.run"), "This is not a database, and longer than a header of SQLite is.");
  message("text.run");
  write_run(folder.file("a.run"), random_events(1, 300));
  const std::string whole = bytes_of(folder.file("a.run"));
  put(folder.file("cut.run"), whole.substr(0, whole.size() / 2));
  message("cut.run");
}

TEST_CASE("whatever byte of a run file is damaged, it is read or refused") {
  const Folder folder;
  write_run(folder.file("a.run"), random_events(2, 200));
  const std::string whole = bytes_of(folder.file("a.run"));
  Random random(8);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = whole;
    // Most of a small file is empty pages; damage what is used.
    std::size_t at = random.below(damaged.size());
    for (int tries = 0; tries < 50 && damaged[at] == 0; ++tries) at = random.below(damaged.size());
    damaged[at] = static_cast<char>(random.next());
    put(folder.file("b.run"), damaged);
    const Result<RunFileReader> read = RunFileReader::open(folder.file("b.run"));
    if (!read) continue;
    for (std::size_t chunk = 0; chunk < read.value().chunks(); ++chunk) {
      static_cast<void>(read.value().events(chunk).ok());
    }
  }
}

TEST_CASE("an export has a row for each event and note") {
  const Folder folder;
  write_run(folder.file("a.run"), random_events(3, 200));
  const Result<RunFileReader> run = RunFileReader::open(folder.file("a.run"));
  REQUIRE(run.ok());
  REQUIRE(export_rows(run.value(), folder.file("rows.db")).ok());
  CHECK(std::filesystem::file_size(folder.file("rows.db")) > 10'000);
  CHECK_FALSE(export_rows(run.value(), folder.file("rows.db")).ok());
}
