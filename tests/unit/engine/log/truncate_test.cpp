#include <catch2/catch_test_macros.hpp>

#include "engine/base/state_visitor.hpp"
#include "engine/log/log.hpp"
#include "tests/support/disk/log_host.hpp"

using namespace logarium;
using test::LogHost;
using test::make_batch;

namespace {

log::Config config_of(std::int64_t tail, std::int64_t segment) {
  log::Config config;
  config.segment_bytes = segment;
  config.index_interval_bytes = 200;
  config.tail_bytes = tail;
  return config;
}

// Batch i: two records of producer i % 3, epoch i / 8.
void append_one(LogHost& host, int i) {
  const ProducerId producer(i % 3);
  host.append(make_batch({2, 20, 1000 + i, producer, ProducerEpoch(0), Sequence(i / 3 * 2)}),
              LeaderEpoch(i / 8));
  host.settle();
}

void fill(LogHost& host, int n) {
  host.create();
  for (int i = 0; i < n; ++i) append_one(host, i);
}

void truncate(LogHost& host, std::int64_t offset) {
  host.step([&](StepContext& ctx) {
    host->truncate_to(ctx, Offset(offset), note::TruncateCause::kDivergingEpoch);
  });
}

// Of each producer what decides about its next batch.
std::vector<std::tuple<ProducerId, Sequence, Offset>> last_batches(const log::Log& log) {
  std::vector<std::tuple<ProducerId, Sequence, Offset>> all;
  for (const auto& [id, entry] : log.producers().producers()) {
    if (entry.count > 0) all.emplace_back(id, entry.last().last_sequence, entry.last().last_offset);
  }
  return all;
}

}  // namespace

TEST_CASE("a truncated log equals one that never went further, from memory and from disk") {
  for (const std::int64_t tail : {0, 400, 1'000'000}) {
    for (const std::int64_t segment : {700, 1'000'000}) {
      for (int keep = 0; keep <= 24; ++keep) {
        LogHost host(config_of(tail, segment));
        fill(host, 24);
        truncate(host, keep * 2);
        CHECK(host->pending_end() == Offset(keep * 2));
        host.settle();
        REQUIRE(host->ready());
        REQUIRE(host.count<log::TruncateDone>() == 1);
        LogHost fresh(config_of(tail, segment));
        fill(fresh, keep);
        CHECK(host->log_end() == fresh->log_end());
        CHECK(host->epochs() == fresh->epochs());
        CHECK(last_batches(host.log()) == last_batches(fresh.log()));
        CHECK(host.read_all() == fresh.read_all());
        for (int i = keep; i < 24; ++i) append_one(host, i);
        CHECK(host->log_end() == Offset(48));
        const auto all = host.read_all();
        REQUIRE(all.size() == 24);
        CHECK(all.back().next_offset() == Offset(48));
      }
    }
  }
}

TEST_CASE("a truncation inside a batch removes the whole batch") {
  for (const std::int64_t tail : {0, 1'000'000}) {
    LogHost host(config_of(tail, 1'000'000));
    fill(host, 10);
    truncate(host, 7);
    host.settle();
    CHECK(host->log_end() == Offset(6));
    CHECK(host->pending_end() == Offset(6));
    CHECK(host.read_all().size() == 3);
  }
}

TEST_CASE("appends in flight are truncated with the rest") {
  LogHost host;
  host.create();
  host.append(make_batch({2}));
  host.settle();
  host.append(make_batch({2}));
  host.append(make_batch({2}));
  truncate(host, 4);
  CHECK(host->pending_end() == Offset(4));
  CHECK(host->log_end() == Offset(2));
  host.append(make_batch({3}));
  host.settle();
  CHECK(host->log_end() == Offset(7));
  CHECK(host.read_all().size() == 3);
}

TEST_CASE("a truncation lowers the high watermark and says so") {
  LogHost host;
  fill(host, 4);
  host.step([&](StepContext& ctx) { host->set_high_watermark(ctx, {Offset(8), LeaderEpoch(0)}); });
  truncate(host, 6);
  CHECK(host->high_watermark() == Offset(6));
  const auto cut = host.noted<note::Truncated>();
  REQUIRE(cut.size() == 1);
  CHECK(cut[0].from == Offset(8));
  CHECK(cut[0].to == Offset(6));
  CHECK(cut[0].chain == host.noted<note::Appended>()[2].chain);
}

TEST_CASE("a leader epoch that starts during a cut starts at the log's end") {
  LogHost host(config_of(0, 1'000'000));
  fill(host, 10);
  truncate(host, 7);
  REQUIRE_FALSE(host->ready());
  CHECK(std::holds_alternative<protocol::ErrorCode>(host->check_producer(make_batch())));
  host.step([&](StepContext& ctx) { host->assign_epoch_start(ctx, LeaderEpoch(9)); });
  host.settle();
  REQUIRE(host->ready());
  CHECK(host->log_end() == Offset(6));
  CHECK(host->epochs().latest() == log::EpochEntry{LeaderEpoch(9), Offset(6)});
}

TEST_CASE("a full truncation starts anew at the leader's log start") {
  LogHost host(config_of(0, 700));
  fill(host, 20);
  host.step([&](StepContext& ctx) {
    host->truncate_fully_and_start_at(ctx, Offset(1000), note::TruncateCause::kOutOfRange);
  });
  CHECK(host->log_start() == Offset(1000));
  CHECK(host->log_end() == Offset(1000));
  CHECK(host->epochs().entries().empty());
  append_one(host, 0);
  CHECK(host->log_end() == Offset(1002));
  CHECK(host.read_all().size() == 1);
}
