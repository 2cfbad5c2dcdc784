#include "engine/protocol/batch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/protocol/codec.hpp"
#include "engine/protocol/control.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::protocol {
namespace {

Batch batch_of(int records, const BatchOptions& options, std::size_t value_bytes = 20) {
  BatchBuilder builder(options);
  for (int i = 0; i < records; ++i) {
    const std::string key = "key-" + std::to_string(i);
    const std::string value(value_bytes, static_cast<char>('a' + i % 26));
    const HeaderView headers[] = {{"trace", view_of("abc")}, {"empty", std::nullopt}};
    builder.append({.timestamp = 1'700'000'000'000 + i,
                    .key = view_of(key),
                    .value = view_of(value),
                    .headers = headers});
  }
  return builder.build();
}

Bytes bytes_of(const Batch& batch) {
  std::vector<std::byte> out;
  batch.encode(out);
  return Bytes(std::move(out));
}

}  // namespace

TEST_CASE("a batch comes back from its bytes with an equal identity") {
  const Batch batch = batch_of(3, {.base_offset = Offset(7),
                                   .leader_epoch = LeaderEpoch(2),
                                   .producer_id = ProducerId(4001),
                                   .producer_epoch = ProducerEpoch(1),
                                   .base_sequence = Sequence(12)});
  const Records records = split_batches(bytes_of(batch), Tail::kKeepPartial);
  REQUIRE(records.size() == 1);
  CHECK(records[0] == batch);
  CHECK(records[0].identity() == batch.identity());
  CHECK(records[0].crc_matches());
  CHECK(records[0].next_offset() == Offset(10));
  CHECK(records[0].last_sequence() == Sequence(14));
  CHECK(batch.size_bytes() == bytes_of(batch).size());
}

TEST_CASE("sequences wrap from 2^31-1 to 0") {
  const Batch batch = batch_of(3, {.base_sequence = Sequence(2'147'483'646)});
  CHECK(batch.last_sequence() == Sequence(0));
}

TEST_CASE("restamping offset and epoch leaves the CRC right and the payload shared") {
  Batch batch = batch_of(2, {});
  const auto* data = batch.payload().view().data();
  const std::uint32_t crc = batch.crc;
  batch.restamp(Offset(1000), LeaderEpoch(5));
  CHECK(batch.crc == crc);
  CHECK(batch.crc_matches());
  CHECK(batch.payload().view().data() == data);
  batch.restamp_append_time(1'800'000'000'000);
  CHECK(batch.crc_matches());
  CHECK(batch.timestamp_type() == TimestampType::kLogAppendTime);
  RecordReader reader(batch);
  RecordView record;
  REQUIRE(reader.next(record));
  CHECK(record.timestamp == 1'800'000'000'000);
  CHECK(record.offset == Offset(1000));
}

TEST_CASE("records of every codec come back as they were") {
  for (const Codec codec :
       {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    CAPTURE(name_of(codec));
    for (const std::size_t value_bytes : {0U, 20U, 40'000U}) {
      const Batch batch = batch_of(5, {.codec = codec, .base_offset = Offset(40)}, value_bytes);
      CHECK(batch.codec() == codec);
      CHECK_FALSE(check_records(batch));
      RecordReader reader(batch);
      RecordView record;
      int seen = 0;
      for (; reader.next(record); ++seen) {
        CHECK(record.offset == Offset(40 + seen));
        CHECK(record.timestamp == 1'700'000'000'000 + seen);
        CHECK(text_of(*record.key) == "key-" + std::to_string(seen));
        CHECK(record.value->size() == value_bytes);
        REQUIRE(record.headers.size() == 2);
        CHECK(record.headers[0].key == "trace");
        CHECK_FALSE(record.headers[1].value);
        CHECK(reader.share(*record.key) == Bytes::copy_of(text_of(*record.key)));
      }
      CHECK(seen == 5);
      CHECK_FALSE(reader.error());
    }
  }
}

TEST_CASE("null keys and values differ from empty ones") {
  BatchBuilder builder;
  builder.append({.timestamp = 1, .key = std::nullopt, .value = ByteView()});
  const Batch batch = builder.build();
  RecordReader reader(batch);
  RecordView record;
  REQUIRE(reader.next(record));
  CHECK_FALSE(record.key);
  REQUIRE(record.value);
  CHECK(record.value->empty());
}

TEST_CASE("one flipped payload byte is seen by the CRC") {
  const Bytes whole = bytes_of(batch_of(2, {}));
  std::vector<std::byte> bytes(whole.view().begin(), whole.view().end());
  bytes[kBatchHeaderBytes + 3] ^= std::byte{1};
  const Records records = split_batches(Bytes(std::move(bytes)), Tail::kKeepPartial);
  REQUIRE(records.size() == 1);
  CHECK_FALSE(records[0].crc_matches());
}

TEST_CASE("a cut batch at the end is dropped from a fetch and kept for a broker to refuse") {
  const Bytes whole = bytes_of(batch_of(2, {}));
  std::vector<std::byte> two(whole.view().begin(), whole.view().end());
  two.insert(two.end(), whole.view().begin(), whole.view().end() - 5);
  const Bytes cut(std::move(two));
  CHECK(split_batches(cut, Tail::kDropPartial).size() == 1);
  const Records kept = split_batches(cut, Tail::kKeepPartial);
  REQUIRE(kept.size() == 2);
  CHECK_FALSE(kept[1].readable());
  CHECK(kept[0].size_bytes() + kept[1].size_bytes() == cut.size());
}

TEST_CASE("an older magic is kept as it came") {
  std::vector<std::byte> old(80, std::byte{0});
  old[11] = std::byte{68};
  old[16] = std::byte{1};
  const Records records = split_batches(Bytes(std::move(old)), Tail::kDropPartial);
  REQUIRE(records.size() == 1);
  CHECK_FALSE(records[0].readable());
  CHECK(records[0].magic == 1);
  CHECK(records[0].size_bytes() == 80);
}

TEST_CASE("damaged records end in an error, never beyond the payload") {
  const Batch batch = batch_of(3, {});
  const ByteView payload = batch.payload().view();
  for (std::size_t length = 0; length < payload.size(); ++length) {
    const Batch cut(batch.header(), Bytes::copy_of(payload.first(length)));
    RecordReader reader(cut);
    RecordView record;
    while (reader.next(record)) continue;
    CHECK(reader.error());
  }
  BatchHeader header = batch.header();
  header.record_count = 2;
  CHECK(check_records(Batch(header, batch.payload())));
}

TEST_CASE("compressed garbage is refused by every codec") {
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    CAPTURE(name_of(codec));
    CHECK_FALSE(decompress(codec, view_of("this is certainly not compressed")).ok());
    const auto good = compress(codec, view_of(std::string(1000, 'x')));
    for (const std::size_t less : {1U, 5U, 9U}) {
      CHECK_FALSE(decompress(codec, ByteView(good).first(good.size() - less)).ok());
    }
  }
  CHECK_FALSE(decompress(static_cast<Codec>(6), view_of("x")).ok());
}

TEST_CASE("control batches carry their type and value") {
  const Batch change = leader_change_batch(
      {.leader = NodeId(3), .voters = {NodeId(1), NodeId(2), NodeId(3)}, .granting = {NodeId(2)}},
      {.base_offset = Offset(9), .leader_epoch = LeaderEpoch(4)}, 1000);
  CHECK(change.is_control());
  CHECK_FALSE(change.is_transactional());
  RecordReader reader(change);
  RecordView record;
  REQUIRE(reader.next(record));
  CHECK(control_type(*record.key) == ControlType::kLeaderChange);
  const auto parsed = parse_leader_change(*record.value);
  REQUIRE(parsed.ok());
  CHECK(parsed.value().leader == NodeId(3));
  CHECK(parsed.value().voters.size() == 3);
  CHECK(parsed.value().granting == std::vector{NodeId(2)});

  const Batch commit = end_transaction_batch(ControlType::kCommit, {.coordinator_epoch = 7},
                                             {.producer_id = ProducerId(1)}, 1000);
  CHECK(commit.is_control());
  CHECK(commit.is_transactional());
  RecordReader marker(commit);
  REQUIRE(marker.next(record));
  CHECK(record.value->size() == 6);
  CHECK(control_type(*record.key) == ControlType::kCommit);
  CHECK(parse_end_transaction(*record.value).value().coordinator_epoch == 7);
  CHECK_FALSE(parse_end_transaction(ByteView()).ok());
}

}  // namespace logarium::protocol
