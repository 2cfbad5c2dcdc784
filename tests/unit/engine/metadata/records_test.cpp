#include <catch2/catch_test_macros.hpp>

#include "engine/metadata/apply.hpp"
#include "engine/protocol/records.hpp"
#include "tests/unit/engine/metadata/random_records.hpp"

namespace logarium::metadata {
namespace {

std::string hex(const Bytes& bytes) {
  std::string out;
  for (const std::byte b : bytes.view()) {
    const char* digits = "0123456789abcdef";
    out += digits[static_cast<unsigned>(b) >> 4];
    out += digits[static_cast<unsigned>(b) & 15];
  }
  return out;
}

protocol::Batch batch_of(const std::vector<Record>& records, std::int64_t base) {
  protocol::BatchOptions options;
  options.base_offset = Offset(base);
  options.leader_epoch = LeaderEpoch(1);
  protocol::BatchBuilder builder(options);
  for (const Record& record : records) {
    const Bytes bytes = encode_record(record);
    builder.append({.timestamp = 5, .value = bytes.view()});
  }
  return builder.build();
}

TEST_CASE("a record has Kafka's frame: frame version, api key, version, fields") {
  CHECK(hex(encode_record(NoOpRecord{})) == "01140000");
  // TopicRecord v0: compact string, uuid, no tagged fields.
  CHECK(hex(encode_record(TopicRecord{"t", Uuid{1, 2}})) ==
        "0102000274000000000000000100000000000000020"
        "0");
  // PartitionChangeRecord v2 with the leader alone: one tagged field, tag 1, four bytes.
  PartitionChangeRecord change;
  change.partition_id = 3;
  change.topic_id = Uuid{0, 5};
  change.leader = 7;
  CHECK(hex(encode_record(change)) ==
        "010502000000030000000000000000000000000000000501010400000007");
  // FenceBrokerRecord v0.
  CHECK(hex(encode_record(FenceBrokerRecord{1, 2})) == "01070000000001000000000000000200");
}

TEST_CASE("every record comes back from its bytes") {
  RecordSource source(7);
  ImageRef image = Image::empty();
  for (int i = 0; i < 400; ++i) {
    const std::vector<Record> records = source.next(*image);
    for (const Record& record : records) {
      const Result<Record> decoded = decode_record(encode_record(record));
      REQUIRE(decoded.ok());
      CHECK(decoded.value() == record);
    }
    image = apply_records(image, records, {Offset(i), QuorumEpoch(1)}).value().next;
  }
}

TEST_CASE("a change with every field set comes back from its bytes") {
  PartitionChangeRecord change;
  change.partition_id = 1;
  change.topic_id = Uuid{3, 4};
  change.isr = std::vector<std::int32_t>{};
  change.leader = -1;
  change.replicas = std::vector<std::int32_t>{1, 2};
  change.removing_replicas = std::vector<std::int32_t>{3};
  change.adding_replicas = std::vector<std::int32_t>{};
  change.leader_recovery_state = 0;
  change.directories = std::vector<Uuid>{{1, 1}, {2, 2}};
  change.eligible_leader_replicas = std::vector<std::int32_t>{4};
  change.last_known_elr = std::vector<std::int32_t>{5};
  const Result<Record> decoded = decode_record(encode_record(change));
  REQUIRE(decoded.ok());
  CHECK(decoded.value() == Record(change));
}

TEST_CASE("damaged records are errors") {
  const Bytes good = encode_record(TopicRecord{"orders", Uuid{1, 2}});
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_FALSE(decode_record(good.slice(0, length)).ok());
  }
  CHECK_FALSE(decode_record(Bytes::copy_of(std::string_view("\x02\x02\x00", 3))).ok());
  CHECK_FALSE(decode_record(Bytes::copy_of(std::string_view("\x01\x63\x00", 3))).ok());
  CHECK_FALSE(decode_record(Bytes::copy_of(std::string_view("\x01\x02\x09", 3))).ok());
}

TEST_CASE("nodes that apply the same batch to the same image get the same objects") {
  const ImageRef genesis = Image::empty();
  const protocol::Batch batch = batch_of({TopicRecord{"orders", Uuid{1, 2}}}, 0);
  const Result<Applied> first = metadata::apply(genesis, batch);
  const Result<Applied> second = metadata::apply(genesis, batch);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first.value().next == second.value().next);
  CHECK(first.value().delta == second.value().delta);
  CHECK(first.value().next->position() == Position{Offset(1), QuorumEpoch(1)});
  // Another batch gives another successor.
  const Result<Applied> other =
      metadata::apply(genesis, batch_of({TopicRecord{"other", Uuid{1, 3}}}, 0));
  REQUIRE(other.ok());
  CHECK(other.value().next != first.value().next);
  CHECK(other.value().next->topic("orders") == nullptr);
}

TEST_CASE("a snapshot in batches gives the image that was written") {
  RecordSource source(11);
  ImageRef image = Image::empty();
  for (int i = 0; i < 100; ++i) {
    image = apply_records(image, source.next(*image), {Offset(50), QuorumEpoch(3)}).value().next;
  }
  ImageRef loaded = Image::empty();
  std::int64_t base = 0;
  for (const Record& record : snapshot_records(*image)) {
    const Result<Applied> applied = metadata::apply(loaded, batch_of({record}, base++));
    REQUIRE(applied.ok());
    loaded = applied.value().next;
  }
  loaded = at_position(loaded, image->position());
  CHECK(loaded->equals(*image));
  CHECK(difference(*image, *loaded)->empty());
}

}  // namespace
}  // namespace logarium::metadata
