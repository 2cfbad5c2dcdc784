#include "engine/client/partitioner.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace logarium::client {
namespace {

TopicInfo topic_of(int partitions) {
  TopicInfo topic;
  topic.partitions.resize(static_cast<std::size_t>(partitions));
  for (auto& partition : topic.partitions) partition.leader = NodeId(1);
  return topic;
}

TEST_CASE("murmur2 gives Kafka's values") {
  CHECK(murmur2(view_of("21")) == -973932308);
  CHECK(murmur2(view_of("foobar")) == -790332482);
  CHECK(murmur2(view_of("abc")) == 479470107);
  CHECK(murmur2(view_of("a-little-bit-long-string")) == -985981536);
}

TEST_CASE("a key always goes to the same partition, leader or not") {
  CHECK(partition_of_key(view_of("abc"), 6) == PartitionIndex(479470107 % 6));
  CHECK(partition_of_key(view_of("21"), 6) ==
        PartitionIndex(static_cast<std::int32_t>((-973932308) & 0x7fffffff) % 6));
}

TEST_CASE("sticky: one partition until batch.size bytes went there and the batch is complete") {
  KeylessPartitioner sticky;
  Random random(1);
  const TopicInfo topic = topic_of(50);
  using State = KeylessPartitioner::BatchState;
  const PartitionIndex first = sticky.pick(random, topic);
  sticky.appended(90, 100, State::kFilling);
  CHECK(sticky.pick(random, topic) == first);
  sticky.appended(20, 100, State::kFilling);
  CHECK(sticky.pick(random, topic) == first);
  std::set<PartitionIndex> seen;
  for (int i = 0; i < 20; ++i) {
    sticky.appended(100, 100, State::kComplete);
    seen.insert(sticky.pick(random, topic));
  }
  CHECK(seen.size() > 5);
}

TEST_CASE("sticky and round-robin pass over partitions without a leader") {
  TopicInfo topic = topic_of(3);
  topic.partitions[1].leader.reset();
  Random random(1);
  KeylessPartitioner turn(KeylessPartitioner::Kind::kRoundRobin);
  for (int i = 0; i < 9; ++i) {
    CHECK(turn.pick(random, topic) != PartitionIndex(1));
    KeylessPartitioner sticky;
    CHECK(sticky.pick(random, topic) != PartitionIndex(1));
  }
  const PartitionIndex a = turn.pick(random, topic);
  const PartitionIndex b = turn.pick(random, topic);
  CHECK(a != b);
}

}  // namespace
}  // namespace logarium::client
