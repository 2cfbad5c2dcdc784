#include "engine/log/log.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/base/state_visitor.hpp"
#include "tests/support/disk/log_host.hpp"

using namespace logarium;
using test::LogHost;
using test::make_batch;

namespace {

log::Config small() {
  log::Config config;
  config.segment_bytes = 1000;
  config.index_interval_bytes = 150;
  config.tail_bytes = 0;
  return config;
}

void append_many(LogHost& host, int n, LeaderEpoch epoch = LeaderEpoch(0)) {
  for (int i = 0; i < n; ++i) {
    host.append(make_batch({2, 20, 1'700'000'000'000 + i * 10}), epoch);
    host.settle();
  }
}

log::ReadRequest all_of(LogHost& host, Offset from) {
  return {from, host->log_end(), 1'000'000, log::ReadRequest::Minimum::kOneBatch};
}

}  // namespace

TEST_CASE("an append gives its offsets at once and the log end moves when it is written") {
  LogHost host;
  host.create();
  const log::Appended first = host.append(make_batch({3}));
  const log::Appended second = host.append(make_batch({2}));
  CHECK(first.base == Offset(0));
  CHECK(second.base == Offset(3));
  CHECK(host->log_end() == Offset(0));
  CHECK(host->pending_end() == Offset(5));
  CHECK(host.count<log::LeoMoved>() == 0);
  host.settle();
  CHECK(host->log_end() == Offset(5));
  CHECK(host->synced_end() == Offset(0));
  const auto appended = host.noted<note::Appended>();
  REQUIRE(appended.size() == 2);
  CHECK(appended[1].chain == host->chain());
  host.step([&](StepContext& ctx) { host->sync(ctx); });
  host.settle();
  CHECK(host->synced_end() == Offset(5));
  CHECK(host.count<log::Synced>() == 1);
}

TEST_CASE("the files are Kafka's") {
  LogHost host;
  host.create();
  const protocol::Batch batch = make_batch({3});
  host.append(batch, LeaderEpoch(4));
  host.settle();
  const auto& bytes = host.disk().content("t-0/00000000000000000000.log");
  REQUIRE(bytes.size() == batch.size_bytes());
  const auto header = protocol::parse_batch_header(ByteView(bytes));
  REQUIRE(header.ok());
  CHECK(header.value().header.partition_leader_epoch == LeaderEpoch(4));
  CHECK(text_of(host.disk().content("t-0/leader-epoch-checkpoint")) == "0\n1\n4 0\n");
  CHECK(host.disk().has("t-0/partition.metadata"));
}

TEST_CASE("reads come from memory within the tail and from the disk before it") {
  for (const std::int64_t tail : {0, 300, 1'000'000}) {
    log::Config config = small();
    config.tail_bytes = tail;
    LogHost host(config);
    host.create();
    append_many(host, 40);
    REQUIRE(host->segments().size() > 3);
    for (int from = 0; from < 80; ++from) {
      const auto read = host.read(all_of(host, Offset(from)));
      REQUIRE(read);
      REQUIRE_FALSE(read->empty());
      CHECK(read->front().base_offset == Offset(from / 2 * 2));
    }
    CHECK(host.read_all().size() == 40);
    CHECK_FALSE(host.read(all_of(host, Offset(81))));
    CHECK(host.read(all_of(host, Offset(80)))->empty());
  }
}

TEST_CASE("what is not replicated stays in memory up to a bound of its own") {
  log::Config config = small();
  config.tail_unreplicated_bytes = 400;
  LogHost host(config);
  host.create();
  append_many(host, 10);
  const auto in_memory = [&](int from) {
    const auto read =
        host.step([&](StepContext& ctx) { return host->read(ctx, all_of(host, Offset(from))); });
    host.settle();
    return std::holds_alternative<log::ReadData>(read);
  };
  CHECK(in_memory(18));
  CHECK(in_memory(16));
  CHECK_FALSE(in_memory(0));
  host.step([&](StepContext& ctx) {
    return host->set_high_watermark(ctx, {Offset(18), LeaderEpoch(0)});
  });
  CHECK_FALSE(in_memory(16));
  CHECK(in_memory(18));
  host.step([&](StepContext& ctx) {
    return host->set_high_watermark(ctx, {Offset(20), LeaderEpoch(0)});
  });
  CHECK_FALSE(in_memory(18));
  CHECK(host.read_all().size() == 10);
}

TEST_CASE("a log that nobody compares hashes nothing and holds the same") {
  log::Config config = small();
  config.tail_bytes = 300;
  LogHost hashing(config);
  config.hash_chain = false;
  LogHost plain(config);
  for (LogHost* host : {&hashing, &plain}) {
    host->create();
    append_many(*host, 5);
    host->append(make_batch({50, 200, 1'700'000'000'000}));
    host->settle();
  }
  CHECK(hashing->chain() != 0);
  CHECK(plain->chain() == 0);
  for (const note::Appended& appended : plain.noted<note::Appended>()) {
    CHECK(appended.content == 0);
    CHECK(appended.chain == 0);
  }
  CHECK(plain.read_all() == hashing.read_all());
}

TEST_CASE("a read ends at its limit and its size, but may give one batch") {
  for (const std::int64_t tail : {0, 1'000'000}) {
    log::Config config;
    config.tail_bytes = tail;
    LogHost host(config);
    host.create();
    append_many(host, 5);
    const auto size = static_cast<std::int64_t>(make_batch({2}).size_bytes());
    using Minimum = log::ReadRequest::Minimum;
    CHECK(host.read({Offset(0), Offset(6), 1'000'000, Minimum::kOneBatch})->size() == 3);
    CHECK(host.read({Offset(0), Offset(5), 1'000'000, Minimum::kOneBatch})->size() == 2);
    CHECK(host.read({Offset(0), Offset(10), 2 * size, Minimum::kOneBatch})->size() == 2);
    CHECK(host.read({Offset(0), Offset(10), 1, Minimum::kOneBatch})->size() == 1);
    CHECK(host.read({Offset(0), Offset(10), 1, Minimum::kNone})->empty());
  }
}

TEST_CASE("a read that was under way during a truncation is stale") {
  LogHost host(small());
  host.create();
  append_many(host, 20);
  const auto result =
      host.step([&](StepContext& ctx) { return host->read(ctx, all_of(host, Offset(0))); });
  REQUIRE(std::holds_alternative<log::ReadPending>(result));
  host.step([&](StepContext& ctx) {
    host->truncate_to(ctx, Offset(10), note::TruncateCause::kDivergingEpoch);
  });
  host.settle();
  bool stale = false;
  for (const log::Event& event : host.events()) {
    const auto* done = std::get_if<log::ReadDone>(&event);
    if (done != nullptr) stale = done->status == log::ReadStatus::kStale;
  }
  CHECK(stale);
}

TEST_CASE("a segment rolls by age of its first record") {
  log::Config config;
  config.segment_ms = 1000;
  LogHost host(config);
  host.create();
  host.append(make_batch({1, 20, 5000}));
  host.append(make_batch({1, 20, 6000}));
  CHECK(host->segments().size() == 1);
  host.append(make_batch({1, 20, 6001}));
  CHECK(host->segments().size() == 2);
  host.settle();
  CHECK(host.disk().has("t-0/00000000000000000002.snapshot"));
  CHECK(host.disk().has("t-0/00000000000000000000.index"));
  CHECK(host->synced_end() == Offset(2));
}

TEST_CASE("a follower keeps offsets and refuses what does not begin at its end") {
  LogHost host;
  host.create();
  protocol::Batch batch = make_batch({3});
  const auto append = [&](std::int64_t base) {
    batch.restamp(Offset(base), LeaderEpoch(1));
    return host.step(
        [&](StepContext& ctx) { return host->append_as_follower(ctx, batch).has_value(); });
  };
  CHECK(append(0));
  CHECK_FALSE(append(2));
  CHECK_FALSE(append(4));
  CHECK(append(3));
}

TEST_CASE("a follower may begin inside the batch where its leader's log starts") {
  LogHost host;
  host.create(Offset(57));
  protocol::Batch batch = make_batch({10});
  batch.restamp(Offset(50), LeaderEpoch(1));
  CHECK(host.step([&](StepContext& ctx) { return host->append_as_follower(ctx, batch); }));
  host.settle();
  CHECK(host->log_start() == Offset(57));
  CHECK(host->log_end() == Offset(60));
  CHECK(host.read(all_of(host, Offset(57)))->front().base_offset == Offset(50));
}

TEST_CASE("the high watermark stays within the log and the log start below it") {
  LogHost host;
  host.create();
  append_many(host, 5);
  const auto set = [&](std::int64_t offset) {
    return host.step([&](StepContext& ctx) {
      return host->set_high_watermark(ctx, {Offset(offset), LeaderEpoch(0)});
    });
  };
  CHECK(set(6));
  CHECK_FALSE(set(6));
  CHECK(host.noted<note::HighWatermarkMoved>().back().chain != 0);
  CHECK(set(5));
  CHECK(host.noted<note::HighWatermarkMoved>().back().chain == 0);  // inside a batch
  const auto advance = [&](std::int64_t offset) {
    return host.step([&](StepContext& ctx) {
      return host->advance_log_start(ctx, Offset(offset), note::StartCause::kDeleteRecords);
    });
  };
  CHECK_FALSE(advance(6));
  CHECK(advance(4));
  CHECK(host->log_start() == Offset(4));
  CHECK(set(99));
  CHECK(host->high_watermark() == Offset(10));
}

TEST_CASE("a timestamp finds its first record in memory and on disk") {
  for (const std::int64_t tail : {0, 1'000'000}) {
    log::Config config = small();
    config.tail_bytes = tail;
    LogHost host(config);
    host.create();
    append_many(host, 40);
    const auto lookup = [&](std::int64_t after) -> std::optional<log::TimestampFound> {
      host.events().clear();
      auto result = host.step([&](StepContext& ctx) {
        return host->offset_for_timestamp(ctx, 1'700'000'000'000 + after, host->log_end());
      });
      if (const auto* found = std::get_if<log::TimestampFound>(&result)) return *found;
      host.settle();
      for (const log::Event& event : host.events()) {
        if (const auto* done = std::get_if<log::LookupDone>(&event)) return done->found;
      }
      return std::nullopt;
    };
    CHECK(lookup(-5)->offset == Offset(0));
    for (int i = 0; i < 40; ++i) {
      CHECK(lookup(i * 10)->offset == Offset(i * 2));
      CHECK(lookup(i * 10 + 1)->offset == Offset(i * 2 + 1));
    }
    CHECK_FALSE(lookup(392));
  }
}

TEST_CASE("an operation that fails takes the log offline") {
  LogHost host;
  host.create();
  host.disk().fail_next(FileOpKind::kWrite, IoStatus::kNoSpace);
  host.append(make_batch());
  host.settle();
  CHECK(host->state() == log::Log::State::kFailed);
  CHECK(host.count<log::Failed>() == 1);
  CHECK(host->log_end() == Offset(0));
}

TEST_CASE("erasing renames the directory at once and removes it later") {
  LogHost host;
  host.create();
  append_many(host, 3);
  host.step([&](StepContext& ctx) { host->erase(ctx); });
  host.settle();
  CHECK_FALSE(host.disk().has("t-0/00000000000000000000.log"));
  CHECK_FALSE(host.disk().paths().empty());
  host.pass(seconds(61));
  CHECK(host.count<log::Erased>() == 1);
  CHECK(host.disk().paths().empty());
}

TEST_CASE("flush.messages and flush.ms sync by themselves") {
  log::Config config;
  config.flush_messages = 4;
  config.flush_ms = 1000;
  LogHost host(config);
  host.create();
  append_many(host, 1);
  CHECK(host->synced_end() == Offset(0));
  host.pass(seconds(1));
  CHECK(host->synced_end() == Offset(2));
  append_many(host, 2);
  CHECK(host->synced_end() == Offset(6));
}

TEST_CASE("an idle log is small and a copy of a log goes on identically") {
  CHECK(sizeof(log::Log) + sizeof(log::Segment) <= 1024);
  LogHost host(small());
  host.create();
  append_many(host, 10);
  log::Log copy = host.log();
  CHECK(state_hash(copy) == state_hash(host.log()));
  append_many(host, 1);
  CHECK(state_hash(copy) != state_hash(host.log()));
}
