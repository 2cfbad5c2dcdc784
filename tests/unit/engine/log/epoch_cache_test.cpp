#include "engine/log/epoch_cache.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace logarium;
using log::EpochCache;
using log::EpochEnd;

namespace {

EpochCache cache_of(std::initializer_list<std::pair<int, int>> entries) {
  EpochCache cache;
  for (const auto& [epoch, start] : entries) cache.assign(LeaderEpoch(epoch), Offset(start));
  return cache;
}

}  // namespace

TEST_CASE("the end of an epoch is where the next known one starts") {
  const EpochCache cache = cache_of({{1, 10}, {3, 30}, {6, 60}});
  const Offset end(100);
  CHECK(cache.end_offset_for(LeaderEpoch(6), end) == EpochEnd{LeaderEpoch(6), end});
  CHECK(cache.end_offset_for(LeaderEpoch(3), end) == EpochEnd{LeaderEpoch(3), Offset(60)});
  CHECK(cache.end_offset_for(LeaderEpoch(5), end) == EpochEnd{LeaderEpoch(3), Offset(60)});
  CHECK(cache.end_offset_for(LeaderEpoch(0), end) == EpochEnd{LeaderEpoch(0), Offset(10)});
  CHECK_FALSE(cache.end_offset_for(LeaderEpoch(7), end));
  CHECK_FALSE(EpochCache().end_offset_for(LeaderEpoch(0), end));
}

TEST_CASE("an epoch without records gives way to the next one") {
  EpochCache cache = cache_of({{1, 0}, {2, 5}});
  CHECK(cache.assign(LeaderEpoch(3), Offset(5)));
  CHECK(cache == cache_of({{1, 0}, {3, 5}}));
  CHECK_FALSE(cache.assign(LeaderEpoch(3), Offset(9)));
}

TEST_CASE("truncation at both ends keeps the epochs of what remains") {
  EpochCache cache = cache_of({{0, 0}, {2, 20}, {4, 40}});
  CHECK_FALSE(cache.truncate_from_end(Offset(41)));
  CHECK(cache.truncate_from_end(Offset(40)));
  CHECK(cache.latest()->epoch == LeaderEpoch(2));
  CHECK(cache.truncate_from_start(Offset(10)));
  CHECK(cache.entries().front() == log::EpochEntry{LeaderEpoch(0), Offset(10)});
  CHECK(cache.truncate_from_start(Offset(25)));
  CHECK(cache.entries().size() == 1);
  CHECK(cache.epoch_at(Offset(25)) == LeaderEpoch(2));
  CHECK_FALSE(cache.epoch_at(Offset(24)));
  CHECK_FALSE(cache.truncate_from_start(Offset(25)));
}

TEST_CASE("the checkpoint text is Kafka's and damaged text is refused") {
  const EpochCache cache = cache_of({{0, 0}, {2, 20}});
  CHECK(cache.encode() == "0\n2\n0 0\n2 20\n");
  CHECK(EpochCache::decode(cache.encode()).value() == cache);
  for (const char* text : {"", "1\n0\n", "0\n3\n0 0\n2 20\n", "0\n2\n2 20\n0 0\n", "0\n1\n0 x\n",
                           "0\n1\n-1 0\n", "0\n1\n99999999999 0\n"}) {
    CHECK_FALSE(EpochCache::decode(text).ok());
  }
}
