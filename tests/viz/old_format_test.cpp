// A run file that an earlier Logarium wrote, in format 2: the first 8,192 events of a run of
// scenarios in which everything breaks, as they were recorded then (its verdict, which told of
// later events, is set to inconclusive). It opens everywhere, and everything says what it lacks.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "sim/trace/database.hpp"
#include "sim/trace/run_file.hpp"
#include "viz/app/viewer.hpp"

using namespace logarium;

namespace {

const std::string kOldFile = "tests/golden/run-file/format-2.run";
constexpr std::uint64_t kFileEvents = 8192;

std::filesystem::path scratch(const std::string& name) {
  return std::filesystem::temp_directory_path() /
         ("logarium-old-format-" + std::to_string(::getpid()) + "-" + name);
}

// The file with another number of its format in the database's header, at byte 60.
std::string with_format(char number) {
  const std::string path = scratch("other.run").string();
  std::filesystem::copy_file(kOldFile, path, std::filesystem::copy_options::overwrite_existing);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(63);
  file.put(number);
  return path;
}

struct Ended {
  int status = -1;
  std::string said;  // on both channels
};

Ended run_program(const std::string& arguments) {
  const char* program = std::getenv("LOGARIUM");
  if (program == nullptr) SKIP("LOGARIUM does not say where the program is");
  Ended out;
  std::FILE* pipe = ::popen((std::string(program) + " " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    out.said.append(buffer.data(), got);
  }
  out.status = WEXITSTATUS(::pclose(pipe));
  return out;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a run file of format 2 is read to its last byte, as it was written") {
  const auto file = trace::RunFileReader::open(kOldFile);
  REQUIRE(file.ok());
  const trace::RunFileReader& run = file.value();
  CHECK(run.format() == 2);
  CHECK(run.info().events == kFileEvents);
  REQUIRE(run.chunks() == 2);
  CHECK_FALSE(run.has_keyframe(1));
  CHECK(run.summary().value() == nullptr);
  std::uint64_t number = 0;
  std::set<Uuid> topics;
  std::size_t messages = 0;
  for (std::size_t i = 0; i < run.chunks(); ++i) {
    const auto events = run.events(i);
    REQUIRE(events.ok());
    for (const trace::Event& event : events.value()) {
      REQUIRE(event.number == ++number);
      CHECK(event.lost.empty());
      CHECK(event.input.sent == 0);
      messages += event.input.kind == trace::InputKind::kReceived ? 1 : 0;
      for (const Note& note : event.notes) {
        if (const auto* read = std::get_if<note::Appended>(&note)) {
          topics.insert(read->partition.topic);
        }
      }
    }
    // The writer noted the time of a chunk's last event beside its bytes.
    if (i == 0) CHECK(events.value().back().time == Instant{2'295'552'577});
    if (i == 1) CHECK(events.value().back().time == Instant{3'347'630'644});
  }
  CHECK(number == kFileEvents);
  CHECK(messages > 2'000);
  REQUIRE_FALSE(topics.empty());
  for (const Uuid& topic : topics) CHECK(run.info().topics.contains(topic));
}

TEST_CASE("the viewer opens a run file of format 2 and says what it does not tell") {
  auto session = viz::open_recorded(kOldFile);
  REQUIRE(session.ok());
  viz::Viewer viewer(std::move(session.value()));
  viewer.update({{0, 0}, {1600, 900}}, 1);
  CHECK(viewer.shown().run.trouble.empty());
  const std::string violations = viewer.dump(viz::PanelId::kViolations);
  CHECK(contains(violations, "a run file of format 2"));
  CHECK(contains(violations, "who sent a message"));
  CHECK(contains(violations, "has no index"));
}

TEST_CASE("trace info, show and export read a run file of format 2 and say what it lacks") {
  const Ended info = run_program("trace info " + kOldFile);
  CHECK(info.status == 0);
  CHECK(contains(info.said, "8192 events"));
  CHECK(contains(info.said, "format 2"));
  const Ended shown = run_program("trace show " + kOldFile + " --at 8000");
  CHECK(shown.status == 0);
  CHECK(contains(shown.said, "broker-3"));
  CHECK(contains(shown.said, "format 2"));
  const std::string out = scratch("rows.db").string();
  const Ended exported = run_program("trace export " + kOldFile + " --out " + out);
  CHECK(exported.status == 0);
  CHECK(contains(exported.said, "which messages were lost"));
  {
    const auto rows = trace::Database::open(out, trace::Database::Mode::kRead);
    REQUIRE(rows.ok());
    CHECK(rows.value().query("SELECT count(*) FROM event").value() == 8192);
    CHECK(rows.value().query("SELECT count(*) FROM event WHERE sent > 0").value() == 0);
    CHECK(rows.value().query("SELECT count(*) FROM lost").value() == 0);
    CHECK(rows.value().query("SELECT count(*) FROM note").value() > 1'000);
  }
  std::filesystem::remove(out);
}

TEST_CASE("a run file of a format to come, or of one long gone, is refused with its number") {
  const std::string later = with_format(9);
  const auto file = trace::RunFileReader::open(later);
  REQUIRE_FALSE(file.ok());
  CHECK(contains(file.error().message, later));
  CHECK(contains(file.error().message, "is a run file of format 9"));
  CHECK(contains(file.error().message, "formats 2 to 3"));
  CHECK(contains(file.error().message, "a later Logarium wrote it"));
  CHECK_FALSE(viz::open_recorded(later).ok());
  CHECK(run_program("trace show " + later).status == 3);
  const auto gone = trace::RunFileReader::open(with_format(1));
  REQUIRE_FALSE(gone.ok());
  CHECK(contains(gone.error().message, "format 1"));
  CHECK_FALSE(contains(gone.error().message, "later"));
  std::filesystem::remove(later);
}
