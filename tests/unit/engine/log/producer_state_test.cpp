#include "engine/log/producer_state.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/disk/log_host.hpp"

using namespace logarium;
using log::ProducerState;
using log::SequenceDuplicate;
using log::SequenceOk;
using protocol::ErrorCode;

namespace {

protocol::Batch batch_of(int sequence, int records, int epoch = 0, std::int64_t base = 0) {
  protocol::Batch batch =
      test::make_batch({records, 10, 1000, ProducerId(5),
                        ProducerEpoch(static_cast<std::int16_t>(epoch)), Sequence(sequence)});
  batch.restamp(Offset(base), LeaderEpoch(0));
  return batch;
}

bool is_ok(const log::SequenceCheck& check) { return std::holds_alternative<SequenceOk>(check); }
ErrorCode error_of(const log::SequenceCheck& check) {
  const auto* error = std::get_if<ErrorCode>(&check);
  return error == nullptr ? ErrorCode::kNone : *error;
}

}  // namespace

TEST_CASE("a producer's batches must follow each other without a gap") {
  ProducerState state;
  const Rules rules;
  CHECK(is_ok(state.check(batch_of(17, 3), rules)));  // unknown producers may start anywhere
  state.append(batch_of(0, 3, 0, 100));
  CHECK(is_ok(state.check(batch_of(3, 1), rules)));
  CHECK(error_of(state.check(batch_of(4, 1), rules)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(error_of(state.check(batch_of(0, 2), rules)) == ErrorCode::kOutOfOrderSequenceNumber);
  Rules off;
  off.switch_off(Rule::kIdempotentSequences);
  CHECK(is_ok(state.check(batch_of(4, 1), off)));
}

TEST_CASE("a repeated batch is told its first offset, for the last five batches") {
  ProducerState state;
  const Rules rules;
  for (int i = 0; i < 7; ++i) state.append(batch_of(i * 2, 2, 0, 100 + i * 2));
  const auto duplicate = state.check(batch_of(4, 2), rules);
  REQUIRE(std::holds_alternative<SequenceDuplicate>(duplicate));
  CHECK(std::get<SequenceDuplicate>(duplicate).base_offset == Offset(104));
  CHECK(error_of(state.check(batch_of(2, 2), rules)) == ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_CASE("a new epoch starts at sequence 0 and fences the old one") {
  ProducerState state;
  const Rules rules;
  state.append(batch_of(0, 3));
  CHECK(error_of(state.check(batch_of(3, 1, 1), rules)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(is_ok(state.check(batch_of(0, 1, 1), rules)));
  state.append(batch_of(0, 1, 1, 3));
  CHECK(error_of(state.check(batch_of(3, 1, 0), rules)) == ErrorCode::kInvalidProducerEpoch);
}

TEST_CASE("sequences wrap from 2^31-1 to 0") {
  ProducerState state;
  const Rules rules;
  state.append(batch_of(INT32_MAX - 1, 2, 0, 10));
  CHECK(is_ok(state.check(batch_of(0, 1), rules)));
  state.append(batch_of(INT32_MAX, 3, 0, 12));  // INT_MAX, 0, 1
  CHECK(is_ok(state.check(batch_of(2, 1), rules)));
  CHECK(std::holds_alternative<SequenceDuplicate>(state.check(batch_of(INT32_MAX, 3), rules)));
}

TEST_CASE("a snapshot keeps each producer's last batch and is refused when damaged") {
  ProducerState state;
  state.append(batch_of(0, 3, 2, 100));
  state.append(batch_of(3, 2, 2, 103));
  const Bytes bytes = state.encode();
  CHECK(bytes.size() == 10 + 46);
  const auto read = ProducerState::decode(bytes.view());
  REQUIRE(read.ok());
  const log::ProducerEntry& entry = read.value().producers().at(ProducerId(5));
  CHECK(entry.count == 1);
  CHECK(entry.last() == state.producers().at(ProducerId(5)).last());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> damaged(bytes.view().begin(), bytes.view().end());
    damaged[i] ^= std::byte{1};
    CHECK_FALSE(ProducerState::decode(damaged).ok());
  }
}

TEST_CASE("idle producers are forgotten") {
  ProducerState state;
  state.append(batch_of(0, 1));
  state.expire(1999, 1000);
  CHECK(state.producers().size() == 1);
  state.expire(2000, 1000);
  CHECK(state.producers().empty());
}
