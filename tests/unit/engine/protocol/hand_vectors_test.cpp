// Bytes written down by hand from the protocol guide and the KIPs, field by field.
#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <memory>
#include <string>

#include "engine/protocol/framing.hpp"
#include "engine/protocol/json_text.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/vote.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::protocol {
namespace {

// Joins the pieces of a vector; blanks are for the reader.
std::string joined(std::initializer_list<std::string_view> pieces) {
  std::string hex;
  for (const std::string_view piece : pieces) {
    for (const char c : piece) {
      if (c != ' ') hex += c;
    }
  }
  return hex;
}

std::string request_hex(std::shared_ptr<const Message> body, std::int16_t version) {
  std::vector<std::byte> out;
  encode_request({std::move(body), 5, version, std::make_shared<const std::string>("me")}, out);
  return hex_text(out);
}

std::string response_hex(std::shared_ptr<const Message> body, std::int16_t version) {
  std::vector<std::byte> out;
  encode_response({std::move(body), 5, version, nullptr}, out);
  return hex_text(out);
}

}  // namespace

TEST_CASE("request header v1: key, version, correlation id, client id") {
  auto request = std::make_shared<MetadataRequest>();
  request->topics.emplace().push_back({.name = "t"});
  CHECK(request_hex(request, 1) == joined({
                                       "00000013",                      // length
                                       "0003 0001 00000005 0002 6d65",  // header v1
                                       "00000001 0001 74",              // topics
                                   }));
}

TEST_CASE("request header v2: a client id of fixed-width length, then tagged fields") {
  auto request = std::make_shared<ApiVersionsRequest>();
  request->client_software_name = "x";
  request->client_software_version = "10";
  CHECK(request_hex(request, 3) == joined({
                                       "00000013",                         // length
                                       "0012 0003 00000005 0002 6d65 00",  // header v2
                                       "02 78 03 3130 00",                 // compact strings, tags
                                   }));
}

TEST_CASE("an ApiVersions response has header v0 even when its body is flexible") {
  auto response = std::make_shared<ApiVersionsResponse>();
  response->api_keys.push_back({.api_key = 18, .min_version = 0, .max_version = 4});
  CHECK(response_hex(response, 3) == joined({
                                         "00000013",              // length
                                         "00000005",              // header v0
                                         "0000",                  // no error
                                         "02 0012 0000 0004 00",  // one key
                                         "00000000 00",           // throttle time, tags
                                     }));
  response->error_code = ErrorCode::kUnsupportedVersion;
  CHECK(response_hex(response, 0) ==
        joined({"00000010", "00000005", "0023", "00000001 0012 0000 0004"}));
}

TEST_CASE("a flexible response has header v1 and its tagged fields last") {
  auto response = std::make_shared<FetchResponse>();
  response->session_id = 9;
  response->node_endpoints.push_back({.node_id = 1, .host = "h", .port = 9092});
  CHECK(response_hex(response, 16) ==
        joined({
            "00000020",                    // length
            "00000005 00",                 // header v1
            "00000000 0000 00000009 01",   // throttle, error, session
            "01 00 0d",                    // one tag: 0 with 13 bytes
            "02 00000001 02 68 00002384",  // one endpoint: id, host, port
            "00 00",                       // null rack, its tags
        }));
}

TEST_CASE("a tagged field that has its default is left out") {
  auto request = std::make_shared<BrokerHeartbeatRequest>();
  request->broker_id = 1;
  request->broker_epoch = 2;
  request->current_metadata_offset = 3;
  const std::string body = "00000001 0000000000000002 0000000000000003 00 00";
  CHECK(request_hex(request, 1) ==
        joined({"00000024", "003f 0001 00000005 0002 6d65 00", body, "00"}));
  request->offline_log_dirs.push_back({1, 2});
  CHECK(request_hex(request, 1) == joined({"00000037", "003f 0001 00000005 0002 6d65 00", body,
                                           "01 00 11 02 0000000000000001 0000000000000002"}));
}

TEST_CASE("Vote v2 ends its partition with the pre-vote flag") {
  auto request = std::make_shared<VoteRequest>();
  request->voter_id = 2;
  request->topics.push_back(
      {.topic_name = "q",
       .partitions = {{.replica_epoch = 7, .replica_id = 3, .last_offset = 8, .pre_vote = true}}});
  CHECK(request_hex(request, 2) ==
        joined({"00000052", "0034 0002 00000005 0002 6d65 00",
                "00 00000002",                 // null cluster id, voter
                "02 02 71 02",                 // one topic, its name, one partition
                "00000000 00000007 00000003",  // index, epoch, replica
                "0000000000000000 0000000000000000 0000000000000000 0000000000000000",
                "00000000 0000000000000008 01 00",  // last epoch and offset, pre-vote, tags
                "00 00"}));
}

TEST_CASE("a record batch v2 with one record, byte by byte") {
  BatchBuilder builder({.leader_epoch = LeaderEpoch(1)});
  builder.append({.timestamp = 1000, .key = view_of("k"), .value = view_of("v")});
  const Batch batch = builder.build();
  std::vector<std::byte> out;
  batch.encode(out);
  const std::string hex = hex_text(out);
  // The CRC (8 digits from 34 on) is checked by crc_matches and by the foreign batches.
  CHECK(hex.substr(0, 34) == joined({"0000000000000000 0000003a 00000001 02"}));
  CHECK(hex.substr(42) == joined({
                              "0000 00000000",                      // attributes, last delta
                              "00000000000003e8 00000000000003e8",  // base and max timestamp
                              "ffffffffffffffff ffff ffffffff",     // no producer
                              "00000001",                           // record count
                              "10 00 00 00 02 6b 02 76 00",         // the record
                          }));
}

}  // namespace logarium::protocol
