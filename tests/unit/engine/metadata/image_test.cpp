#include <catch2/catch_test_macros.hpp>

#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/metadata/apply.hpp"
#include "tests/unit/engine/metadata/random_records.hpp"

namespace logarium::metadata {
namespace {

constexpr Uuid kOrders{1, 2};

ImageRef after(const ImageRef& image, const std::vector<Record>& records, std::int64_t next = 1) {
  Result<Applied> applied = apply_records(image, records, {Offset(next), QuorumEpoch(1)});
  REQUIRE(applied.ok());
  return applied.value().next;
}

PartitionRecord partition(std::int32_t index, std::vector<std::int32_t> replicas) {
  PartitionRecord r;
  r.partition_id = index;
  r.topic_id = kOrders;
  r.isr = replicas;
  r.leader = replicas[0];
  r.replicas = std::move(replicas);
  r.leader_epoch = 0;
  r.partition_epoch = 0;
  return r;
}

ImageRef with_orders() {
  return after(Image::empty(),
               {TopicRecord{"orders", kOrders}, partition(0, {1, 2, 3}), partition(1, {2, 3, 1})});
}

TEST_CASE("a topic is found by id and by name with its partitions") {
  const ImageRef image = with_orders();
  REQUIRE(image->topic("orders") != nullptr);
  CHECK(image->topic("orders") == image->topic(kOrders));
  const Partition* first = image->partition({kOrders, PartitionIndex(0)});
  REQUIRE(first != nullptr);
  CHECK(first->leader == NodeId(1));
  CHECK(first->preferred() == NodeId(1));
  CHECK(image->partition({kOrders, PartitionIndex(2)}) == nullptr);
  CHECK(image->partition({kOrders, PartitionIndex(-1)}) == nullptr);
  CHECK(image->partition_count() == 2);
}

TEST_CASE("a partition change bumps the partition epoch, and the leader epoch with a leader") {
  PartitionChangeRecord shrink;
  shrink.topic_id = kOrders;
  shrink.partition_id = 0;
  shrink.isr = std::vector<std::int32_t>{1, 3};
  const ImageRef before = with_orders();
  const ImageRef shrunk = after(before, {shrink}, 2);
  const PartitionRef ref{kOrders, PartitionIndex(0)};
  CHECK(shrunk->partition(ref)->partition_epoch == PartitionEpoch(1));
  CHECK(shrunk->partition(ref)->leader_epoch == LeaderEpoch(0));
  PartitionChangeRecord lead;
  lead.topic_id = kOrders;
  lead.partition_id = 0;
  lead.leader = 3;
  const ImageRef led = after(shrunk, {lead}, 3);
  CHECK(led->partition(ref)->leader == NodeId(3));
  CHECK(led->partition(ref)->leader_epoch == LeaderEpoch(1));
  CHECK(led->partition(ref)->partition_epoch == PartitionEpoch(2));
  // The images before are as they were.
  CHECK(before->partition(ref)->isr.size() == 3);
  CHECK(shrunk->partition(ref)->leader == NodeId(1));
}

TEST_CASE("a delta lists what a batch changed, each thing once") {
  const ImageRef image = with_orders();
  PartitionChangeRecord first;
  first.topic_id = kOrders;
  first.partition_id = 0;
  first.isr = std::vector<std::int32_t>{1};
  PartitionChangeRecord second = first;
  second.leader = kNoLeader;
  const Result<Applied> applied = apply_records(
      image, std::vector<Record>{first, second, NoOpRecord{}}, {Offset(5), QuorumEpoch(1)});
  REQUIRE(applied.ok());
  const Delta& delta = *applied.value().delta;
  REQUIRE(delta.partitions.size() == 1);
  CHECK(delta.partitions[0].before->isr.size() == 3);
  CHECK_FALSE(delta.partitions[0].after->leader.has_value());
  CHECK(delta.topics.empty());
}

TEST_CASE("removing a topic removes its partitions and configs") {
  const ImageRef configured =
      after(with_orders(), {ConfigRecord{2, "orders", "retention.ms", "5"}}, 2);
  CHECK(configured->topic_config({}, "orders").retention_ms == 5);
  const Result<Applied> removed = apply_records(
      configured, std::vector<Record>{RemoveTopicRecord{kOrders}}, {Offset(3), QuorumEpoch(1)});
  REQUIRE(removed.ok());
  CHECK(removed.value().delta->partitions.size() == 2);
  CHECK(removed.value().delta->configs.size() == 1);
  CHECK(removed.value().delta->topics.size() == 1);
  CHECK(removed.value().delta->topics[0].removed());
  CHECK(removed.value().next->hash() == Image::empty()->hash());
  CHECK(removed.value().next->partition_count() == 0);
  CHECK(removed.value().next->config(ResourceType::kTopic, "orders").empty());
}

struct Misfit {
  std::string what;
  std::vector<Record> records;
};

TEST_CASE("a record that does not fit the image is an error") {
  PartitionChangeRecord unknown;
  unknown.topic_id = kOrders;
  unknown.partition_id = 9;
  const std::vector<Misfit> table = {
      {"a topic twice", {TopicRecord{"orders", Uuid{7, 7}}}},
      {"a partition beyond the end", {partition(3, {1})}},
      {"a partition of no topic", {RemoveTopicRecord{kOrders}, partition(0, {1})}},
      {"a change of no partition", {unknown}},
      {"a removal of no topic", {RemoveTopicRecord{Uuid{7, 7}}}},
      {"a fence of no broker", {FenceBrokerRecord{4, 1}}},
      {"an unregistration of no broker", {UnregisterBrokerRecord{4, 1}}},
  };
  for (const Misfit& misfit : table) {
    INFO(misfit.what);
    CHECK_FALSE(apply_records(with_orders(), misfit.records, {Offset(9), QuorumEpoch(1)}).ok());
  }
}

TEST_CASE("random records: the incremental hash and the delta agree with the whole image") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RecordSource source(seed);
    ImageRef image = Image::empty();
    std::vector<Record> all;
    for (std::int64_t step = 1; step <= 60; ++step) {
      const std::vector<Record> batch = source.next(*image);
      all.insert(all.end(), batch.begin(), batch.end());
      const Result<Applied> applied = apply_records(image, batch, {Offset(step), QuorumEpoch(1)});
      REQUIRE(applied.ok());
      const DeltaRef compared = difference(*image, *applied.value().next);
      CHECK(delta_text(*compared) == delta_text(*applied.value().delta));
      image = applied.value().next;
    }
    // The same records in one batch, and a snapshot, give the same image.
    CHECK(after(Image::empty(), all, 60)->equals(*image));
    const ImageRef loaded = after(Image::empty(), snapshot_records(*image), 60);
    CHECK(loaded->equals(*image));
    CHECK(loaded->hash() == image->hash());
  }
}

TEST_CASE("a copy of the image shares what did not change") {
  const ImageRef before = with_orders();
  PartitionChangeRecord change;
  change.topic_id = kOrders;
  change.partition_id = 0;
  change.isr = std::vector<std::int32_t>{1};
  const ImageRef next = after(before, {change}, 2);
  CHECK(before->partition({kOrders, PartitionIndex(1)}) ==
        next->partition({kOrders, PartitionIndex(1)}));
  CHECK(after(before, {ConfigRecord{4, "", "log.retention.ms", "1"}}, 2)
            ->topics()
            .same_object(before->topics()));
}

TEST_CASE("a long chain of remembered successors is released without a deep stack") {
  ImageRef first = Image::empty();
  ImageRef image = first;
  for (std::int64_t i = 1; i <= 200'000; ++i) {
    image = at_position(image, {Offset(i), QuorumEpoch(1)});
  }
  CHECK(image->position().next == Offset(200'000));
  image = nullptr;
  first = nullptr;
}

}  // namespace
}  // namespace logarium::metadata
