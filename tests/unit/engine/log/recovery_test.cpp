// What a log is after a restart: clean, killed, or powered off between any two operations.

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "engine/base/state_visitor.hpp"
#include "engine/log/log.hpp"
#include "tests/support/disk/log_host.hpp"

using namespace logarium;
using test::LogHost;
using test::make_batch;

namespace {

log::Config small_segments() {
  log::Config config;
  config.segment_bytes = 900;
  config.index_interval_bytes = 200;
  config.tail_bytes = 300;
  return config;
}

protocol::Batch batch_number(int i) {
  const ProducerId producer(i % 3);
  return make_batch({2, 20, 1000 + i, producer, ProducerEpoch(0), Sequence(i / 3 * 2)});
}

// Everything about a log that does not depend on how it came to be.
struct Facts {
  Offset start, end;
  std::vector<protocol::Batch> batches;
  std::vector<log::EpochEntry> epochs;
  std::vector<std::tuple<ProducerId, Sequence, Offset>> producers;
  bool operator==(const Facts&) const = default;
};

Facts facts_of(LogHost& host) {
  Facts f{host->log_start(), host->log_end(), host.read_all(), host->epochs().entries(), {}};
  for (const auto& [id, entry] : host->producers().producers()) {
    if (entry.count == 0) continue;
    f.producers.emplace_back(id, entry.last().last_sequence, entry.last().last_offset);
  }
  return f;
}

// Epochs and producers as the batches say (property R19).
void check_against_batches(const Facts& f) {
  log::EpochCache epochs;
  log::ProducerState producers;
  Offset end = f.batches.empty() ? f.end : f.batches.front().base_offset;
  for (const protocol::Batch& batch : f.batches) {
    REQUIRE(batch.base_offset == end);
    end = batch.next_offset();
    epochs.assign(batch.partition_leader_epoch, batch.base_offset);
    producers.append(batch);
  }
  CHECK(end == f.end);
  CHECK(epochs.entries() == f.epochs);
  Facts recomputed;
  for (const auto& [id, entry] : producers.producers()) {
    recomputed.producers.emplace_back(id, entry.last().last_sequence, entry.last().last_offset);
  }
  CHECK(recomputed.producers == f.producers);
}

void close(LogHost& host) {
  host.step([&](StepContext& ctx) { host->close(ctx); });
  host.settle();
  REQUIRE(host.count<log::Closed>() == 1);
}

}  // namespace

TEST_CASE("a log that was closed cleanly opens as it was") {
  for (const int n : {0, 1, 5, 30}) {
    LogHost host(small_segments());
    host.create();
    for (int i = 0; i < n; ++i) host.append(batch_number(i), LeaderEpoch(i / 7));
    host.settle();
    const Facts before = facts_of(host);
    close(host);
    host.restart({true, Offset(0), Offset(0), Offset(4)});
    REQUIRE(host->ready());
    CHECK(facts_of(host) == before);
    CHECK(host->high_watermark() == std::min(Offset(4), before.end));
    CHECK(host->synced_end() == before.end);
    host.append(batch_number(n), LeaderEpoch(9));
    host.settle();
    check_against_batches(facts_of(host));
  }
}

TEST_CASE("recovery tells of a batch that was written without a note") {
  LogHost host(small_segments());
  host.create();
  for (int i = 0; i < 3; ++i) host.append(batch_number(i));
  host.settle();
  const protocol::Batch last = batch_number(3);
  host.append(last);
  host.die_unanswered();
  CHECK(host.noted<note::Appended>().size() == 3);
  host.restart({});
  REQUIRE(host->log_end() == Offset(8));
  const auto recovered = host.noted<note::BatchRecovered>();
  REQUIRE(recovered.size() == 4);
  CHECK(recovered.back().base == Offset(6));
  CHECK(recovered.back().next == Offset(8));
  CHECK(recovered.back().content == last.content());
}

TEST_CASE("a killed process finds everything it had written") {
  LogHost host(small_segments());
  host.create();
  for (int i = 0; i < 30; ++i) host.append(batch_number(i), LeaderEpoch(i / 7));
  host.settle();
  const Facts before = facts_of(host);
  const std::uint64_t chain = host->chain();
  host.disk().kill();
  host.restart({});
  REQUIRE(host->ready());
  CHECK(facts_of(host) == before);
  CHECK(host->chain() == chain);
  CHECK(host->synced_end() == Offset(0));
}

namespace {

// A log under random appends, syncs, epochs and truncations, stopped between two operations.
struct Life {
  explicit Life(std::uint64_t seed, log::Config config) : random(seed), host(config) {
    host.create();
    const auto steps = random.below(60) + 1;
    for (std::uint64_t k = 0; k < steps; ++k) act();
    histories.push_back(whole());
  }

  void act() {
    const std::uint64_t dice = random.below(25);
    if (dice < syncs) host.step([&](StepContext& ctx) { host->sync(ctx); });
    if (dice == 10) ++epoch;
    if (dice == 11) host.step([&](StepContext& ctx) { host->roll(ctx); });
    if (dice == 12 && host->pending_end() > Offset(0)) {
      histories.push_back(whole());
      const auto batches = static_cast<std::uint64_t>(host->pending_end().value() / 2);
      number = static_cast<int>(random.below(batches));
      host.step([&](StepContext& ctx) {
        host->truncate_to(ctx, Offset(2 * number), note::TruncateCause::kDivergingEpoch);
      });
      while (!host->ready()) host.perform_one();
      if (random.below(2) == 0) host.step([&](StepContext& ctx) { host->roll(ctx); });
      ++epoch;
    }
    host.append(batch_number(number++), LeaderEpoch(epoch));
    for (std::uint64_t io = random.below(12); io > 0; --io) host.perform_one();
  }
  // What was appended, read from a copy that gets all its answers.
  std::vector<protocol::Batch> whole() const {
    LogHost copy = host;
    copy.settle();
    return copy.read_all();
  }
  [[nodiscard]] bool is_prefix_of_a_history(const std::vector<protocol::Batch>& log) const {
    return std::any_of(histories.begin(), histories.end(), [&](const auto& h) {
      return log.size() <= h.size() && std::equal(log.begin(), log.end(), h.begin());
    });
  }

  Random random;
  std::uint64_t syncs = random.below(10);  // of 25 steps
  LogHost host;
  int number = 0;
  int epoch = 0;
  std::vector<std::vector<protocol::Batch>> histories;
};

}  // namespace

TEST_CASE("after a power failure the log is a prefix of what it was and holds what was synced") {
  for (std::uint64_t seed = 0; seed < 800; ++seed) {
    INFO("seed " << seed);
    log::Config config = small_segments();
    config.tail_bytes = seed % 2 == 0 ? 300 : 1'000'000;
    Life life(seed, config);
    LogHost& host = life.host;
    const Offset synced = host->synced_end();
    host.power_off(life.random);
    const log::OpenOptions options{false, synced, Offset(0), Offset(0)};
    if (seed % 3 == 0) {
      // The power fails again during recovery.
      host.begin_restart(options);
      for (std::uint64_t io = life.random.below(40); io > 0; --io) host.perform_one();
      host.power_off(life.random);
    }
    host.restart(options);
    REQUIRE(host->ready());
    CHECK(host->log_end() >= synced);
    const Facts after = facts_of(host);
    CHECK(life.is_prefix_of_a_history(after.batches));
    check_against_batches(after);
    for (int i = 0; i < 8; ++i) host.append(make_batch({2}), LeaderEpoch(life.epoch + 1));
    host.settle();
    CHECK(host->log_end() == after.end + 16);
    CHECK(host.read_all().size() == after.batches.size() + 8);
  }
}

TEST_CASE(
    "a power failure during a full truncation leaves the old log's beginning or the new log") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    LogHost host(small_segments());
    host.create();
    for (int i = 0; i < 30; ++i) host.append(batch_number(i), LeaderEpoch(i / 7));
    host.step([&](StepContext& ctx) { host->sync(ctx); });
    host.settle();
    const std::vector<protocol::Batch> before = host.read_all();
    host.step([&](StepContext& ctx) {
      host->truncate_fully_and_start_at(ctx, Offset(1000), note::TruncateCause::kOutOfRange);
    });
    host.append(batch_number(0), LeaderEpoch(9));
    host.power_off(random);
    host.restart({});
    REQUIRE(host->ready());
    const Facts after = facts_of(host);
    check_against_batches(after);
    if (after.start == Offset(1000)) continue;
    REQUIRE(after.batches.size() <= before.size());
    CHECK(std::equal(after.batches.begin(), after.batches.end(), before.begin()));
  }
}

TEST_CASE("a copy of a log goes on exactly as the original") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Life original(seed, small_segments());
    Life copy = original;
    for (int k = 0; k < 30; ++k) {
      original.act();
      copy.act();
      REQUIRE(state_hash(original.host.log()) == state_hash(copy.host.log()));
    }
  }
}

TEST_CASE("a damaged batch and everything after it is cut, unless the rule is off") {
  for (const bool rule_on : {true, false}) {
    Rules rules;
    if (!rule_on) rules.switch_off(Rule::kVerifyBatchCrc);
    LogHost host(small_segments(), rules);
    host.create();
    for (int i = 0; i < 30; ++i) host.append(batch_number(i));
    host.settle();
    const std::string path = "t-0/00000000000000000000.log";
    auto bytes = host.disk().content(path);
    const std::size_t third = 2 * batch_number(0).size_bytes();
    bytes[third + 70] ^= std::byte{1};
    host.disk().kill();
    host.disk().put(path, bytes);
    host.restart({});
    REQUIRE(host->ready());
    CHECK(host->log_end() == Offset(rule_on ? 4 : 60));
    if (rule_on) CHECK(host->segments().size() == 1);
  }
}

TEST_CASE("a batch that lies about its offsets is damage to who reads on from it") {
  const struct {
    std::size_t batch, byte;
    std::byte bit;
  } lies[] = {
      {2, 3, std::byte{1}},    // the base offset, which no CRC covers, goes beyond the log
      {2, 24, std::byte{1}},   // the last offset's delta does
      {29, 7, std::byte{32}},  // the last batch pretends to lie before others
  };
  for (const auto& lie : lies) {
    CAPTURE(lie.batch, lie.byte);
    log::Config config = small_segments();
    config.segment_bytes = 100'000;
    config.tail_bytes = 0;
    LogHost host(config);
    host.create();
    for (int i = 0; i < 30; ++i) host.append(batch_number(i));
    host.settle();
    host.disk().flip("t-0/00000000000000000000.log",
                     lie.batch * batch_number(0).size_bytes() + lie.byte, lie.bit);
    const auto from = static_cast<std::int64_t>(2 * lie.batch);
    const auto read = [&](std::int64_t offset) {
      return host.read({Offset(offset), Offset(60), 100'000, log::ReadRequest::Minimum::kOneBatch});
    };
    CHECK_FALSE(read(from));
    const auto before = read(0);
    REQUIRE(before);
    CHECK(before->size() == lie.batch);
  }
}

TEST_CASE("without recovery a torn tail stays in the way of readers") {
  Rules rules;
  rules.switch_off(Rule::kRecoverUncleanLog);
  LogHost host({}, rules);
  host.create();
  for (int i = 0; i < 5; ++i) host.append(batch_number(i));
  host.settle();
  const std::string path = "t-0/00000000000000000000.log";
  auto bytes = host.disk().content(path);
  bytes.resize(bytes.size() - 7);
  host.disk().kill();
  host.disk().put(path, bytes);
  host.restart({});
  REQUIRE(host->ready());
  CHECK(host->log_end() == Offset(8));
  host.append(batch_number(5));
  host.settle();
  host.append(batch_number(6));
  host.settle();
  host.restart({true, Offset(0), Offset(0), Offset(0)});
  CHECK(host->log_end() < Offset(12));
}

TEST_CASE("epoch 0 survives recovery unless the rule of KAFKA-10432 is off") {
  for (const bool rule_on : {true, false}) {
    Rules rules;
    if (!rule_on) rules.switch_off(Rule::kKeepEpochZero);
    LogHost host({}, rules);
    host.create();
    host.append(batch_number(0), LeaderEpoch(0));
    host.append(batch_number(1), LeaderEpoch(1));
    host.settle();
    host.restart({});
    CHECK(host->epochs().entries().size() == (rule_on ? 2U : 1U));
  }
}

TEST_CASE("damaged indexes, snapshots and epoch checkpoints are rebuilt") {
  for (const char* name : {"00000000000000000000.index", "00000000000000000000.timeindex",
                           "leader-epoch-checkpoint", "00000000000000000060.snapshot"}) {
    LogHost host(small_segments());
    host.create();
    for (int i = 0; i < 30; ++i) host.append(batch_number(i), LeaderEpoch(i / 7));
    host.settle();
    const Facts before = facts_of(host);
    close(host);
    const std::string path = std::string("t-0/") + name;
    REQUIRE(host.disk().has(path));
    auto bytes = host.disk().content(path);
    bytes.push_back(std::byte{7});
    host.disk().put(path, bytes);
    host.restart({true, before.end, Offset(0), Offset(0)});
    INFO(name);
    REQUIRE(host->ready());
    CHECK(facts_of(host) == before);
  }
}

TEST_CASE("a log that ends before its start begins anew there") {
  LogHost host(small_segments());
  host.create();
  for (int i = 0; i < 5; ++i) host.append(batch_number(i));
  host.settle();
  host.restart({false, Offset(0), Offset(100), Offset(100)});
  REQUIRE(host->ready());
  CHECK(host->log_start() == Offset(100));
  CHECK(host->log_end() == Offset(100));
  CHECK(host->epochs().entries().empty());
}

TEST_CASE("a missing directory opens as an empty log") {
  LogHost host;
  host.restart({false, Offset(0), Offset(12), Offset(0)});
  REQUIRE(host->ready());
  CHECK(host->log_end() == Offset(12));
  CHECK(host.disk().has("t-0/00000000000000000012.log"));
}

TEST_CASE("a failing read during recovery takes the log offline") {
  LogHost host;
  host.create();
  host.append(batch_number(0));
  host.settle();
  host.disk().fail_next(FileOpKind::kRead, IoStatus::kIoError);
  host.restart({});
  CHECK(host->state() == log::Log::State::kFailed);
  CHECK(host.count<log::Failed>() == 1);
}
