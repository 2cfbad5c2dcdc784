#include "engine/log/directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <memory>

#include "engine/base/node.hpp"
#include "tests/support/disk/fake_disk.hpp"

using namespace logarium;
using log::Checkpoint;
using log::Directory;
using log::DirectoryLoaded;

namespace {

const Uuid kCluster{1, 2};

struct Host {
  std::shared_ptr<test::FakeDisk> disk;
  NodeCore core;
  Directory directory;
  std::vector<log::DirectoryEvent> events;

  explicit Host(std::shared_ptr<test::FakeDisk> shared, Rules rules = {}, NodeId node = NodeId(1))
      : disk(std::move(shared)), directory({"", kCluster, node, rules}) {
    core.random = Random(3);
    step([&](StepContext& ctx) { directory.start(ctx); });
  }
  void step(const std::function<void(StepContext&)>& act) {
    Effects effects;
    StepContext ctx({}, core, effects);
    act(ctx);
    for (const Action& action : effects.actions) {
      const IoDone done = disk->perform(std::get<FileOp>(action));
      step([&](StepContext& inner) { directory.on_io(inner, done); });
    }
    while (auto event = directory.next_event()) events.push_back(std::move(*event));
  }
  [[nodiscard]] const DirectoryLoaded& loaded() const {
    return std::get<DirectoryLoaded>(events.front());
  }
};

std::vector<std::byte> bytes_of(std::string_view text) {
  const ByteView view = view_of(text);
  return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("a new directory gets an id that it keeps") {
  auto disk = std::make_shared<test::FakeDisk>();
  Host first(disk);
  CHECK_FALSE(first.loaded().clean);
  CHECK_FALSE(first.loaded().directory.is_zero());
  Host second(disk);
  CHECK(second.loaded().directory == first.loaded().directory);
  Host other(disk, {}, NodeId(2));
  CHECK(std::holds_alternative<log::DirectoryFailed>(other.events.front()));
}

TEST_CASE("checkpoints come back and are written only when they changed") {
  auto disk = std::make_shared<test::FakeDisk>();
  Host host(disk);
  const TopicPartition p{"orders", PartitionIndex(3)};
  const auto save = [&](std::int64_t offset) {
    bool wrote = false;
    host.step([&](StepContext& ctx) {
      wrote = host.directory.save(ctx, Checkpoint::kHighWatermark, {{p, Offset(offset)}});
    });
    return wrote;
  };
  CHECK(save(5));
  CHECK_FALSE(save(5));
  CHECK(save(6));
  CHECK(text_of(disk->content("replication-offset-checkpoint")) == "0\n1\norders 3 6\n");
  Host next(disk);
  CHECK(next.directory.offset(Checkpoint::kHighWatermark, p) == Offset(6));
  CHECK_FALSE(next.directory.offset(Checkpoint::kRecoveryPoint, p));
}

TEST_CASE("the clean marker counts once, unless the rule of KAFKA-10471 is off") {
  for (const bool rule_on : {true, false}) {
    Rules rules;
    if (!rule_on) rules.switch_off(Rule::kRemoveCleanMarkerAtStart);
    auto disk = std::make_shared<test::FakeDisk>();
    Host host(disk);
    host.step([&](StepContext& ctx) { host.directory.write_clean_marker(ctx, BrokerEpoch(9)); });
    CHECK(std::holds_alternative<log::CleanMarkerWritten>(host.events.back()));
    Host second(disk, rules);
    CHECK(second.loaded().clean);
    CHECK(second.loaded().clean_epoch == BrokerEpoch(9));
    Host third(disk, rules);
    CHECK(third.loaded().clean == !rule_on);
  }
}

TEST_CASE("partition directories are found with their topic ids, leftovers are removed") {
  auto disk = std::make_shared<test::FakeDisk>();
  const Uuid topic{4, 5};
  for (const char* name : {"a-b-12", "c-0", "x-0.abc-delete", "odd"}) disk->make_dir(name);
  disk->put("a-b-12/partition.metadata", bytes_of(log::encode_partition_metadata(topic)));
  disk->put("x-0.abc-delete/00000000000000000000.log", {});
  Host host(disk);
  const auto& found = host.loaded().partitions;
  REQUIRE(found.size() == 2);
  CHECK(found[0].partition == TopicPartition{"a-b", PartitionIndex(12)});
  CHECK(found[0].topic == topic);
  CHECK_FALSE(found[1].topic);
  CHECK_FALSE(disk->has("x-0.abc-delete/00000000000000000000.log"));
}

TEST_CASE("a damaged checkpoint counts as empty") {
  for (const char* text : {"", "1\n0\n", "0\n2\norders 3 6\n", "0\n1\norders 3 -6\n",
                           "0\n1\norders x 6\n", "0\n1\n 3 6\n"}) {
    CHECK_FALSE(log::decode_offsets(text).ok());
    auto disk = std::make_shared<test::FakeDisk>();
    disk->put("recovery-point-offset-checkpoint", bytes_of(text));
    Host host(disk);
    CHECK(host.events.size() == 1);
    CHECK_FALSE(host.directory.offset(Checkpoint::kRecoveryPoint, {"orders", PartitionIndex(3)}));
  }
}

TEST_CASE("a disk error fails the directory") {
  auto disk = std::make_shared<test::FakeDisk>();
  disk->fail_next(FileOpKind::kList, IoStatus::kIoError);
  Host host(disk);
  CHECK(host.directory.failed());
}
