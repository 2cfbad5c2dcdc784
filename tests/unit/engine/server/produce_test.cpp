// Produce and Fetch as clients see them: what is refused and how, and in which order it is
// answered.

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "engine/protocol/codec.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/init_producer_id.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::Batch;
using protocol::Codec;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;
using protocol::ProduceResponse;
using Produced = ProduceResponse::PartitionProduceResponse;

// One broker with the topic "orders" and a client.
struct ProduceLab {
  explicit ProduceLab(const Properties& topic_config = {}) : servers({}) {
    servers.ready();
    const auto request = create_topic("orders");
    for (const auto& [name, value] : topic_config) {
      request->topics[0].configs.push_back({name, value});
    }
    make_topic(servers, request);
    client = &servers.connect();
  }
  Produced put(const Batch& batch, std::int16_t version = 11, std::int16_t acks = -1) {
    return put_all({batch}, version, acks);
  }
  Produced put_all(const protocol::Records& records, std::int16_t version = 11,
                   std::int16_t acks = -1) {
    const auto answer = client->call<ProduceResponse>(produce("orders", records, acks), version);
    REQUIRE(answer != nullptr);
    return answer->responses.at(0).partition_responses.at(0);
  }
  FetchResponse::PartitionData get(std::int64_t offset, std::int16_t version = 12,
                                   std::int32_t max_bytes = 1 << 20) {
    auto request = std::make_shared<FetchRequest>();
    request->max_wait_ms = 0;
    request->max_bytes = max_bytes;
    request->session_epoch = -1;
    auto& topic = request->topics.emplace_back();
    topic.topic = "orders";
    auto& partition = topic.partitions.emplace_back();
    partition.fetch_offset = offset;
    partition.partition_max_bytes = max_bytes;
    const auto answer = client->call<FetchResponse>(request, version);
    REQUIRE(answer != nullptr);
    REQUIRE(answer->error_code == ErrorCode::kNone);
    return answer->responses.at(0).partitions.at(0);
  }
  // The batch that begins at this offset, as it is stored.
  Batch stored(std::int64_t offset) {
    const auto data = get(offset);
    REQUIRE(data.error_code == ErrorCode::kNone);
    REQUIRE_FALSE(data.records->empty());
    return data.records->front();
  }

  Servers servers;
  Servers::Client* client = nullptr;
};

std::int64_t now_ms() { return 1'700'000'000'000; }

std::vector<std::string> values_of(const Batch& batch) {
  std::vector<std::string> values;
  protocol::RecordReader reader(batch);
  protocol::RecordView record;
  while (reader.next(record)) values.emplace_back(text_of(*record.value));
  CHECK_FALSE(reader.error());
  return values;
}

}  // namespace

TEST_CASE("trap 9: only the producer id decides about idempotence; the broker sets the epoch") {
  ProduceLab lab;
  // As kafkajs and platformatic send it: no producer id, but producer epoch 0.
  protocol::BatchOptions options;
  options.producer_epoch = ProducerEpoch(0);
  options.leader_epoch = LeaderEpoch(-1);
  for (std::int64_t offset = 0; offset < 3; ++offset) {
    const Produced answer = lab.put(batch_of({"same"}, options));
    CHECK(answer.error_code == ErrorCode::kNone);
    CHECK(answer.base_offset == offset);
  }
  // As librdkafka: partition leader epoch 0. Whatever they say, the leader's epoch is stored,
  // outside the CRC, and base offsets come out right although all were sent as 0.
  options.leader_epoch = LeaderEpoch(55);
  lab.put(batch_of({"same"}, options));
  const Batch stored = lab.stored(3);
  CHECK(stored.partition_leader_epoch == LeaderEpoch(0));
  CHECK(stored.base_offset == Offset(3));
  CHECK(stored.crc_matches());
  CHECK(stored.producer_epoch == ProducerEpoch(0));
}

TEST_CASE("trap 10: answers come in the order of the requests, and acks=0 gets none") {
  ProduceLab lab;
  std::vector<std::int32_t> expected;
  for (int i = 0; i < 300; ++i) {
    const std::int16_t acks = i % 3 == 0 ? std::int16_t{0} : std::int16_t(i % 2 == 0 ? 1 : -1);
    const auto id = lab.client->send(produce("orders", {batch_of({"v"})}, acks), 11);
    if (acks != 0) expected.push_back(id);
    if (i % 10 == 0) {
      expected.push_back(lab.client->send(ask_metadata({"orders"}), 12));
    }
  }
  REQUIRE(lab.servers.run_until([&] { return lab.client->answered().size() >= expected.size(); }));
  lab.servers.run_for(seconds(1));
  CHECK(lab.client->answered() == expected);
  CHECK_FALSE(lab.client->closed());
  CHECK(lab.stored(299).base_offset == Offset(299));
}

TEST_CASE("an error under acks=0 closes the connection") {
  ProduceLab lab;
  Batch damaged = batch_of({"x"});
  damaged.crc ^= 1;
  lab.client->send(produce("orders", {damaged}, 0), 9);
  CHECK(lab.servers.run_until([&] { return lab.client->closed(); }));
  CHECK(lab.client->answered().empty());
}

TEST_CASE("what a producer may not send is refused with Kafka's error") {
  ProduceLab lab;
  const Batch good = batch_of({"a", "b"});
  Batch damaged = good;
  damaged.crc ^= 1;
  CHECK(lab.put(damaged).error_code == ErrorCode::kCorruptMessage);
  CHECK(lab.put_all({good, good}).error_code == ErrorCode::kInvalidRecord);
  CHECK(lab.put_all({}).error_code == ErrorCode::kInvalidRecord);
  CHECK(lab.put(good, 11, 2).error_code == ErrorCode::kInvalidRequiredAcks);

  const auto changed = [&](auto&& change) {
    Batch batch = good;
    change(batch);
    batch.crc = batch.computed_crc();
    return lab.put(batch).error_code;
  };
  CHECK(changed([](Batch& b) { b.last_offset_delta = 5; }) == ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.record_count = 3, b.last_offset_delta = 2; }) ==
        ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.record_count = 1, b.last_offset_delta = 0; }) ==
        ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.record_count = 0; }) == ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.base_offset = Offset(7); }) == ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.attributes |= Batch::kControlBit; }) == ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.attributes |= Batch::kTransactionalBit; }) ==
        ErrorCode::kInvalidTxnState);
  CHECK(changed([](Batch& b) { b.producer_id = ProducerId(4); }) == ErrorCode::kInvalidRecord);
  CHECK(changed([](Batch& b) { b.attributes |= 5; }) == ErrorCode::kCorruptMessage);
  CHECK(changed([](Batch& b) { b.attributes |= Batch::kAppendTimeBit; }) ==
        ErrorCode::kInvalidTimestamp);
  // An older format, by its magic.
  std::vector<std::byte> old;
  good.encode(old);
  old[16] = std::byte{1};
  const Batch unreadable = Batch::unreadable(Bytes(std::move(old)));
  CHECK(lab.put(unreadable).error_code == ErrorCode::kInvalidRecord);
  // Nothing of all that was appended.
  CHECK(lab.put(good).base_offset == 0);
}

TEST_CASE("a batch above max.message.bytes is too large") {
  ProduceLab lab(Properties{{"max.message.bytes", "200"}});
  CHECK(lab.put(batch_of({std::string(200, 'x')})).error_code == ErrorCode::kMessageTooLarge);
  CHECK(lab.put(batch_of({std::string(100, 'x')})).error_code == ErrorCode::kNone);
}

TEST_CASE("records out of time are named one by one from version 8 on") {
  ProduceLab lab(
      {{"message.timestamp.before.max.ms", "1000"}, {"message.timestamp.after.max.ms", "5000"}});
  const std::int64_t now = lab.servers.wall_ms();
  protocol::BatchBuilder builder;
  const std::string value = "v";
  builder.append({.timestamp = now, .value = view_of(value)});
  builder.append({.timestamp = now - 100'000, .value = view_of(value)});
  builder.append({.timestamp = now + 100'000, .value = view_of(value)});
  const Batch batch = builder.build();
  const Produced answer = lab.put(batch, 8);
  CHECK(answer.error_code == ErrorCode::kInvalidTimestamp);
  REQUIRE(answer.record_errors.size() == 2);
  CHECK(answer.record_errors[0].batch_index == 1);
  CHECK(answer.record_errors[1].batch_index == 2);
  CHECK(answer.record_errors[0].batch_index_error_message);
  CHECK(answer.error_message);
  CHECK(lab.put(batch, 7).record_errors.empty());
  CHECK(lab.put(batch_of({"v"}, {}, lab.servers.wall_ms())).error_code == ErrorCode::kNone);
}

TEST_CASE("a compacted topic takes no record without a key") {
  ProduceLab lab(Properties{{"cleanup.policy", "compact"}});
  const Produced answer = lab.put(batch_of({"a", "b"}));
  CHECK(answer.error_code == ErrorCode::kInvalidRecord);
  REQUIRE(answer.record_errors.size() == 2);
  CHECK(answer.record_errors[1].batch_index == 1);
}

TEST_CASE("zstd needs Produce 7, and Fetch 10 where the topic is in zstd") {
  ProduceLab lab(Properties{{"compression.type", "zstd"}});
  const Batch packed = batch_of({"a"}, {.codec = Codec::kZstd});
  for (std::int16_t version = 3; version < 7; ++version) {
    CHECK(lab.put(packed, version).error_code == ErrorCode::kUnsupportedCompressionType);
  }
  CHECK(lab.put(packed, 7).error_code == ErrorCode::kNone);
  for (std::int16_t version = 4; version < 10; ++version) {
    CHECK(lab.get(0, version).error_code == ErrorCode::kUnsupportedCompressionType);
  }
  CHECK(lab.get(0, 10).error_code == ErrorCode::kNone);
}

TEST_CASE("compression.type: a topic stores what it was sent, or packs it anew") {
  const std::vector<std::string> values(20, "the same words again and again");
  for (const Codec sent : {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    ProduceLab plain;
    const Batch batch = batch_of(values, {.codec = sent});
    plain.put(batch);
    CHECK(plain.stored(0).content() == batch.content());
    CHECK(plain.stored(0).codec() == sent);
    ProduceLab gzip(Properties{{"compression.type", "gzip"}});
    protocol::BatchOptions options{.codec = sent};
    options.producer_id = ProducerId(9);
    options.producer_epoch = ProducerEpoch(0);
    options.base_sequence = Sequence(0);
    gzip.put(batch_of(values, options));
    const Batch repacked = gzip.stored(0);
    CHECK(repacked.codec() == Codec::kGzip);
    CHECK(repacked.crc_matches());
    CHECK(repacked.producer_id == ProducerId(9));
    CHECK(repacked.base_sequence == Sequence(0));
    CHECK(values_of(repacked) == values);
    ProduceLab plainly(Properties{{"compression.type", "uncompressed"}});
    plainly.put(batch);
    CHECK(plainly.stored(0).codec() == Codec::kNone);
    CHECK(values_of(plainly.stored(0)) == values);
  }
}

TEST_CASE("LogAppendTime: the broker's clock replaces the producer's") {
  ProduceLab lab(Properties{{"message.timestamp.type", "LogAppendTime"}});
  const Produced answer = lab.put(batch_of({"a"}, {}, 5));
  CHECK(answer.error_code == ErrorCode::kNone);
  CHECK(answer.log_append_time_ms >= now_ms());
  const Batch stored = lab.stored(0);
  CHECK(stored.timestamp_type() == protocol::TimestampType::kLogAppendTime);
  CHECK(stored.max_timestamp == answer.log_append_time_ms);
  CHECK(stored.crc_matches());
}

TEST_CASE("a wrong max timestamp is put right when the batch is appended") {
  ProduceLab lab;
  Batch batch = batch_of({"a"}, {}, lab.servers.wall_ms());
  batch.max_timestamp += 77;
  batch.crc = batch.computed_crc();
  CHECK(lab.put(batch).error_code == ErrorCode::kNone);
  CHECK(lab.stored(0).max_timestamp == batch.max_timestamp - 77);
  CHECK(lab.stored(0).crc_matches());
}

TEST_CASE("idempotent sequences: the last five batches are known, gaps are refused") {
  ProduceLab lab;
  auto init = std::make_shared<protocol::InitProducerIdRequest>();
  const auto id = lab.client->call<protocol::InitProducerIdResponse>(init, 4);
  REQUIRE(id->error_code == ErrorCode::kNone);
  const auto numbered = [&](std::int32_t sequence) {
    protocol::BatchOptions options;
    options.producer_id = ProducerId(id->producer_id);
    options.producer_epoch = ProducerEpoch(id->producer_epoch);
    options.base_sequence = Sequence(sequence);
    return batch_of({"r" + std::to_string(sequence)}, options);
  };
  for (std::int32_t i = 0; i < 7; ++i) CHECK(lab.put(numbered(i)).base_offset == i);
  for (std::int32_t i = 2; i < 7; ++i) {
    const Produced again = lab.put(numbered(i));
    CHECK(again.error_code == ErrorCode::kNone);
    CHECK(again.base_offset == i);
  }
  CHECK(lab.put(numbered(1)).error_code == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(lab.put(numbered(9)).error_code == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(lab.put(numbered(7)).base_offset == 7);
}

TEST_CASE("InitProducerId gives each producer another id, in every version") {
  ProduceLab lab;
  std::set<std::int64_t> ids;
  for (std::int16_t version = 0; version <= 5; ++version) {
    const auto answer = lab.client->call<protocol::InitProducerIdResponse>(
        std::make_shared<protocol::InitProducerIdRequest>(), version);
    REQUIRE(answer != nullptr);
    CHECK(answer->producer_epoch == 0);
    ids.insert(answer->producer_id);
  }
  CHECK(ids.size() == 6);
}

TEST_CASE("every served version of Produce appends and every version of Fetch reads") {
  ProduceLab lab;
  const Uuid id = lab.servers.node(1).image()->topic("orders")->id;
  for (std::int16_t version = 3; version <= 13; ++version) {
    auto request = produce("orders", {batch_of({"v" + std::to_string(version)})});
    request->topic_data[0].topic_id = id;
    const auto answer = lab.client->call<ProduceResponse>(request, version);
    REQUIRE(answer != nullptr);
    CHECK(answer->responses.at(0).partition_responses.at(0).base_offset == version - 3);
  }
  for (std::int16_t version = 4; version <= 18; ++version) {
    auto request = std::make_shared<FetchRequest>();
    request->max_bytes = 1 << 20;
    request->min_bytes = 1;
    request->max_wait_ms = 500;
    request->session_epoch = -1;
    auto& topic = request->topics.emplace_back();
    topic.topic = version < 13 ? "orders" : "";
    topic.topic_id = version < 13 ? kZeroUuid : id;
    auto& partition = topic.partitions.emplace_back();
    partition.partition_max_bytes = 1 << 20;
    const auto answer = lab.client->call<FetchResponse>(request, version);
    REQUIRE(answer != nullptr);
    const auto& data = answer->responses.at(0).partitions.at(0);
    CHECK(data.error_code == ErrorCode::kNone);
    CHECK(data.high_watermark == 11);
    CHECK(data.records->size() == 11);
    CHECK(values_of(data.records->back()) == std::vector<std::string>{"v13"});
  }
}

TEST_CASE("unknown topics and ids, and partitions that do not exist") {
  ProduceLab lab;
  const auto answer = lab.client->call<ProduceResponse>(produce("nowhere", {batch_of({"a"})}), 12);
  CHECK(answer->responses.at(0).partition_responses.at(0).error_code ==
        ErrorCode::kUnknownTopicOrPartition);
  auto by_id = produce("", {batch_of({"a"})});
  by_id->topic_data[0].topic_id = Uuid{3, 4};
  CHECK(lab.client->call<ProduceResponse>(by_id, 13)
            ->responses.at(0)
            .partition_responses.at(0)
            .error_code == ErrorCode::kUnknownTopicId);
  auto beyond = produce("orders", {batch_of({"a"})});
  beyond->topic_data[0].partition_data[0].index = 5;
  CHECK(lab.client->call<ProduceResponse>(beyond, 9)
            ->responses.at(0)
            .partition_responses.at(0)
            .error_code == ErrorCode::kUnknownTopicOrPartition);
}

TEST_CASE("clients do not write to Kafka's own topics") {
  ProduceLab lab;
  make_topic(lab.servers, create_topic("__consumer_offsets"));
  const auto answer =
      lab.client->call<ProduceResponse>(produce("__consumer_offsets", {batch_of({"a"})}), 9);
  CHECK(answer->responses.at(0).partition_responses.at(0).error_code ==
        ErrorCode::kInvalidTopicException);
}

TEST_CASE("who is not the leader names the leader and where it listens (KIP-951)") {
  Servers servers({.nodes = 2});
  servers.ready();
  auto request = create_topic("orders", -1, -1);
  request->topics[0].assignments.push_back({.partition_index = 0, .broker_ids = {2}});
  make_topic(servers, request, 2);
  auto& client = servers.connect(1);
  const auto told = client.call<ProduceResponse>(produce("orders", {batch_of({"a"})}), 10);
  const auto& part = told->responses.at(0).partition_responses.at(0);
  CHECK(part.error_code == ErrorCode::kNotLeaderOrFollower);
  CHECK(part.current_leader.leader_id == 2);
  REQUIRE(told->node_endpoints.size() == 1);
  CHECK(told->node_endpoints[0].host == "n2");
  CHECK(told->node_endpoints[0].port == 9092);
  CHECK(client.call<ProduceResponse>(produce("orders", {batch_of({"a"})}), 9)
            ->node_endpoints.empty());
  auto fetch = std::make_shared<FetchRequest>();
  fetch->session_epoch = -1;
  auto& topic = fetch->topics.emplace_back();
  topic.topic_id = servers.node(1).image()->topic("orders")->id;
  topic.partitions.emplace_back();
  const auto fetched = client.call<FetchResponse>(fetch, 17);
  CHECK(fetched->responses.at(0).partitions.at(0).current_leader.leader_id == 2);
  REQUIRE(fetched->node_endpoints.size() == 1);
  CHECK(fetched->node_endpoints[0].port == 9092);
}

}  // namespace logarium::test
