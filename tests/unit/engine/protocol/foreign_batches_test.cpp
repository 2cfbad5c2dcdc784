#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/protocol/codec.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/protocol/json_text.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/protocol/records.hpp"
#include "tests/support/batches/json_batch.hpp"

namespace logarium::protocol {
namespace {

using test::build_batch;
using test::hex_of;
using test::unhex;
using Json = nlohmann::json;

std::vector<Json> lines_of(const std::string& name) {
  std::ifstream file("tests/spec/vectors/" + name);
  std::vector<Json> all;
  for (std::string line; std::getline(file, line);) all.push_back(Json::parse(line));
  return all;
}

// The records of a batch in the form of the vectors.
Json records_of(const Batch& batch) {
  RecordReader reader(batch);
  RecordView record;
  Json records = Json::array();
  while (reader.next(record)) {
    Json headers = Json::array();
    for (const HeaderView& header : record.headers) {
      headers.push_back({std::string(header.key), std::string(text_of(*header.value))});
    }
    records.push_back({{"key", std::string(text_of(*record.key))},
                       {"value", std::string(text_of(*record.value))},
                       {"timestamp", record.timestamp},
                       {"headers", headers}});
  }
  CHECK_FALSE(reader.error());
  return records;
}

void read_and_compare(const Json& vector) {
  const auto hex = vector["hex"].get<std::string>();
  const auto codec = vector["codec"].get<std::string>();
  CAPTURE(vector.value("by", "us"), codec);
  const Records batches = split_batches(unhex(hex), Tail::kKeepPartial);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].readable());
  CHECK(batches[0].crc_matches());
  CHECK(name_of(batches[0].codec()) == codec);
  CHECK(records_of(batches[0]) == vector["records"]);
  CHECK_FALSE(check_records(batches[0]));
  CHECK(hex_of(batches[0]) == hex);
}

}  // namespace

TEST_CASE("batches of every codec made by librdkafka and kafka-python are read") {
  const auto vectors = lines_of("batches.json");
  CHECK(vectors.size() == 10);
  for (const Json& vector : vectors) read_and_compare(vector);
}

TEST_CASE("our uncompressed batch is byte for byte that of kafka-python") {
  for (const Json& vector : lines_of("batches.json")) {
    if (vector["by"] != "kafka-python" || vector["codec"] != "none") continue;
    Batch batch = build_batch(Codec::kNone, vector["records"]);
    // kafka-python leaves the leader epoch, which the CRC does not cover, at 0.
    batch.restamp(Offset(0), LeaderEpoch(0));
    CHECK(hex_of(batch) == vector["hex"].get<std::string>());
  }
}

TEST_CASE("requests of clients old and new decode and encode to the same bytes") {
  auto vectors = lines_of("librdkafka.json");
  CHECK(vectors.size() > 12);
  const auto old = lines_of("old_clients.json");
  CHECK(old.size() > 20);
  vectors.insert(vectors.end(), old.begin(), old.end());
  for (const Json& vector : vectors) {
    CAPTURE(vector["api"].get<std::string>(), vector["version"].get<int>());
    const auto hex = vector["hex"].get<std::string>();
    const auto frame = decode_request(unhex(hex));
    REQUIRE((frame.ok() ? "" : frame.error().message) == "");
    CHECK(name_of(static_cast<ApiKey>(frame.value().body->api_key())) ==
          vector["api"].get<std::string>());
    std::vector<std::byte> out;
    encode_request(frame.value(), out);
    CHECK(hex_text(ByteView(out).subspan(4)) == hex);
    if (vector["api"] != "Produce") continue;
    const auto& request = as<ProduceRequest>(frame.value().body);
    const Batch& batch = request.topic_data.at(0).partition_data.at(0).records->at(0);
    CHECK(batch.crc_matches());
    CHECK_FALSE(check_records(batch));
  }
}

}  // namespace logarium::protocol
