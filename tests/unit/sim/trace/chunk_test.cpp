#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/trace/random_events.hpp"

using namespace logarium;
using namespace logarium::trace;
using namespace logarium::trace::test;

TEST_CASE("events of every kind come back from a chunk as they were") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<Event> events = random_events(seed, 500);
    const std::vector<Chunk> chunks = chunks_of(events);
    REQUIRE(chunks.size() == 1);
    const auto read = read_chunk(chunks.front());
    REQUIRE(read.ok());
    REQUIRE(read.value().size() == events.size());
    for (std::size_t i = 0; i < events.size(); ++i) CHECK(same(read.value()[i], events[i]));
  }
}

TEST_CASE("a full chunk is followed by one that needs nothing of it") {
  const std::vector<Event> events = random_events(3, 2 * kChunkEvents + 100);
  const std::vector<Chunk> chunks = chunks_of(events);
  REQUIRE(chunks.size() == 3);
  const auto last = read_chunk(chunks.back());
  REQUIRE(last.ok());
  CHECK(last.value().size() == 100);
  CHECK(same(last.value().back(), events.back()));
}

TEST_CASE("a chunk whose bytes were changed or cut is refused or read, never more") {
  Random random(5);
  const Chunk whole = chunks_of(random_events(4, 300)).front();
  for (int i = 0; i < 2000; ++i) {
    Chunk damaged = whole;
    const std::size_t at = random.below(damaged.bytes.size());
    damaged.bytes[at] ^= static_cast<std::byte>(1 + random.below(255));
    if (i % 3 == 0) damaged.bytes.resize(at);
    if (i % 5 == 0) damaged.events = random.below(1 << 21);
    static_cast<void>(read_chunk(damaged).ok());
  }
  Chunk cut = whole;
  cut.bytes.pop_back();
  CHECK_FALSE(read_chunk(cut).ok());
  Chunk longer = whole;
  longer.bytes.push_back(std::byte{0});
  CHECK_FALSE(read_chunk(longer).ok());
  Chunk later = whole;
  later.to = later.to + Duration{1};
  CHECK_FALSE(read_chunk(later).ok());
}
