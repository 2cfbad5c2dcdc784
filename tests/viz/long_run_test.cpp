// Run files made to measure a viewer with: as long as wanted, and open at once.

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/run/long_run.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/trace/run_file.hpp"
#include "viz/model/run_index.hpp"

using namespace logarium;

TEST_CASE("a long run is as long as wanted, opens by its index, and scanning it gives the same") {
  const std::string path = (std::filesystem::temp_directory_path() /
                            ("logarium-long-" + std::to_string(::getpid()) + ".run"))
                               .string();
  const scenario::ReadResult story = scenario::read_file("scenarios/bench/s0.json");
  REQUIRE(story.ok());
  REQUIRE(run::record_long_run(story.model, 150'000, path).ok());
  const auto opened = viz::RunIndex::open(path);
  REQUIRE(opened.ok());
  const viz::RunIndex& index = *opened.value();
  CHECK(index.remark() == "");
  CHECK(index.events() >= 150'000);
  CHECK(index.events() < 150'100);
  CHECK(index.next(0, set_of(viz::NotableKind::kCrash)));
  // Read from beginning to end instead.
  auto file = trace::RunFileReader::open(path);
  REQUIRE(file.ok());
  const auto scanned = viz::RunIndex::make(
      std::make_shared<const trace::RunFileReader>(std::move(file).value()), nullptr);
  REQUIRE(scanned.ok());
  CHECK(scanned.value()->notables().size() == index.notables().size());
  CHECK(trace::encode_summary(scanned.value()->summary()) ==
        trace::encode_summary(index.summary()));
  Random random(2);
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t event = random.below(index.events() + 1);
    const auto a = index.at(event);
    const auto b = scanned.value()->at(event);
    REQUIRE(a.ok());
    REQUIRE(b.ok());
    if (state_hash(a.value()->view) != state_hash(b.value()->view)) FAIL("event " << event);
  }
  std::filesystem::remove(path);
}
