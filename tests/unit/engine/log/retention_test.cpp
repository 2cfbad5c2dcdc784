#include <catch2/catch_test_macros.hpp>

#include "engine/log/log.hpp"
#include "engine/log/validation.hpp"
#include "tests/support/disk/log_host.hpp"

using namespace logarium;
using protocol::ErrorCode;
using test::LogHost;
using test::make_batch;

namespace {

constexpr std::int64_t kNowMs = 1'700'000'000'000;

// Five segments of two batches each; segment i carries timestamps around kNowMs - age + i * 1000.
void fill(LogHost& host, std::int64_t age_ms = 100'000) {
  host.create();
  for (int i = 0; i < 10; ++i) {
    host.append(make_batch({1, 100, kNowMs - age_ms + i / 2 * 1000}));
    host.settle();
  }
  REQUIRE(host->segments().size() == 5);
}

log::Config config() {
  log::Config c;
  c.segment_bytes = 400;
  c.retention_ms = -1;
  return c;
}

std::size_t clean(LogHost& host) {
  const std::size_t n =
      host.step([&](StepContext& ctx) { return host->delete_old_segments(ctx, host.now().wall); });
  host.settle();
  return n;
}

void commit(LogHost& host, std::int64_t offset) {
  host.step([&](StepContext& ctx) {
    host->set_high_watermark(ctx, {Offset(offset), LeaderEpoch(0)});
  });
}

}  // namespace

TEST_CASE("retention by time deletes committed segments only, unless the rule is off") {
  for (const bool rule_on : {true, false}) {
    log::Config c = config();
    c.retention_ms = 1000;
    Rules rules;
    if (!rule_on) rules.switch_off(Rule::kRetentionBelowHighWatermark);
    LogHost host(c, rules);
    fill(host);
    commit(host, 5);
    CHECK(clean(host) == (rule_on ? 2U : 5U));
    CHECK(host->log_start() == Offset(rule_on ? 4 : 10));
    const auto deleted = host.noted<note::SegmentDeleted>();
    CHECK(deleted.front().cause == note::DeleteCause::kTime);
    CHECK(deleted.front().next == Offset(2));
  }
}

TEST_CASE("retention by time reaches the active segment, which is rolled first") {
  log::Config c = config();
  c.retention_ms = 1000;
  LogHost host(c);
  fill(host);
  commit(host, 10);
  CHECK(clean(host) == 5);
  CHECK(host->log_start() == Offset(10));
  CHECK(host->segments().size() == 1);
  CHECK(clean(host) == 0);
  host.append(make_batch());
  host.settle();
  CHECK(host.read_all().size() == 1);
}

TEST_CASE("retention by size keeps at least the size asked for") {
  log::Config c = config();
  LogHost probe(c);
  fill(probe);
  c.retention_bytes = probe->size_bytes() - 2 * probe->segments().front().size;
  LogHost host(c);
  fill(host);
  commit(host, 10);
  CHECK(clean(host) == 2);
  CHECK(host->size_bytes() == c.retention_bytes);
  CHECK(host.noted<note::SegmentDeleted>().front().cause == note::DeleteCause::kSize);
}

TEST_CASE("segments below the log start go and files are removed after a delay") {
  LogHost host(config());
  fill(host);
  commit(host, 10);
  CHECK(host.step([&](StepContext& ctx) {
    return host->advance_log_start(ctx, Offset(5), note::StartCause::kDeleteRecords);
  }));
  CHECK(clean(host) == 2);
  CHECK(host->log_start() == Offset(5));
  CHECK(host.disk().has("t-0/00000000000000000000.log.deleted"));
  CHECK_FALSE(host.disk().has("t-0/00000000000000000000.log"));
  host.pass(seconds(60));
  CHECK_FALSE(host.disk().has("t-0/00000000000000000000.log.deleted"));
  CHECK(host.disk().has("t-0/00000000000000000004.log"));
  CHECK(host.read({Offset(5), Offset(10), 10'000, log::ReadRequest::Minimum::kOneBatch})
            ->front()
            .base_offset == Offset(5));
}

TEST_CASE("what a producer sends is checked before it is appended") {
  log::Config c;
  Rules rules;
  const WallTime now{kNowMs * 1'000'000};
  const auto verdict = [&](const protocol::Batch& b) {
    protocol::Batch batch = b;
    const auto refusal = log::admit(batch, c, now, rules);
    return refusal ? refusal->error : ErrorCode::kNone;
  };
  CHECK(verdict(make_batch({3})) == ErrorCode::kNone);
  protocol::Batch damaged = make_batch({3});
  damaged.crc ^= 1;
  CHECK(verdict(damaged) == ErrorCode::kCorruptMessage);
  rules.switch_off(Rule::kVerifyBatchCrc);
  CHECK(verdict(damaged) == ErrorCode::kNone);
  rules = Rules{};
  CHECK(verdict(make_batch({1, 20, kNowMs + 3'600'001})) == ErrorCode::kInvalidTimestamp);
  CHECK(verdict(make_batch({1, 20, kNowMs + 3'600'000})) == ErrorCode::kNone);
  c.message_timestamp_before_max_ms = 1000;
  CHECK(verdict(make_batch({1, 20, kNowMs - 1001})) == ErrorCode::kInvalidTimestamp);
  c.log_append_time = true;
  CHECK(verdict(make_batch({1, 20, kNowMs - 1001})) == ErrorCode::kNone);
  c.max_message_bytes = 100;
  CHECK(verdict(make_batch({1, 100, kNowMs})) == ErrorCode::kMessageTooLarge);
  CHECK(verdict(protocol::Batch::unreadable(Bytes::copy_of("x"))) == ErrorCode::kInvalidRecord);
}
