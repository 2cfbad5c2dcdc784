// The answer that is nothing but an error: where the codes stand, for each API and version.

#include "engine/protocol/error_response.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/message_tools.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/find_coordinator.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/produce.hpp"

namespace logarium::protocol {
namespace {

// What a message holds by place: "Topics/Partitions" is the list of partitions in the topics.
class Places final : public FieldVisitor {
 public:
  Places(const Message& message, std::int16_t version) {
    wire_message(message).walk(*this, version);
  }

  std::map<std::string, std::vector<std::int64_t>> codes;  // of the fields named ErrorCode
  std::map<std::string, std::size_t> elements;             // of all lists of a place together
  std::int64_t throttle_ms = 0;

  void number(const FieldInfo& field, std::int64_t& value) override {
    if (field.name == "ErrorCode") codes[place()].push_back(value);
    if (field.name == "ThrottleTimeMs") throttle_ms = value;
  }
  void text(const FieldInfo&, std::string&) override {}
  void uuid(const FieldInfo&, Uuid&) override {}
  void bytes(const FieldInfo&, Bytes&) override {}
  void records(const FieldInfo&, Records&) override {}
  bool presence(const FieldInfo&, bool present) override { return present; }
  std::size_t open_list(const FieldInfo& field, std::size_t size) override {
    path_.emplace_back(field.name);
    elements[place()] += size;
    return size;
  }
  void close_list(const FieldInfo&) override { path_.pop_back(); }
  void open_struct(const FieldInfo& field) override { path_.emplace_back(field.name); }
  void close_struct(const FieldInfo&) override { path_.pop_back(); }

 private:
  // Elements of lists have no name of their own.
  [[nodiscard]] std::string place() const {
    std::string out;
    for (const std::string& part : path_) {
      if (!part.empty()) out += (out.empty() ? "" : "/") + part;
    }
    return out;
  }
  std::vector<std::string> path_;
};

// Where a refusal of one API has its codes, from one version on: at the top, and in a list of the
// response with as many elements as a list of the request.
struct Expected {
  std::int16_t from = 0;
  bool at_top = false;
  std::string in;        // of the response; empty: nowhere
  std::string asked_in;  // of the request
};
using Rows = std::vector<Expected>;  // the last one whose `from` has come counts

// AbstractRequest.getErrorResponse of Kafka 4's request classes.
const std::map<ApiKey, Rows>& expectations() {
  static const Rows kTop = {{0, true, "", ""}};
  static const std::map<ApiKey, Rows> kAll = {
      {ApiKey::kProduce, {{0, false, "Responses/PartitionResponses", "TopicData/PartitionData"}}},
      {ApiKey::kFetch,
       {{0, false, "Responses/Partitions", "Topics/Partitions"},
        {7, true, "Responses/Partitions", "Topics/Partitions"},
        {13, true, "", ""}}},
      {ApiKey::kListOffsets, {{0, false, "Topics/Partitions", "Topics/Partitions"}}},
      {ApiKey::kMetadata, {{0, false, "Topics", "Topics"}, {13, true, "Topics", "Topics"}}},
      {ApiKey::kFindCoordinator,
       {{0, true, "", ""}, {4, false, "Coordinators", "CoordinatorKeys"}}},
      {ApiKey::kApiVersions, kTop},
      {ApiKey::kCreateTopics, {{0, false, "Topics", "Topics"}}},
      {ApiKey::kDeleteTopics,
       {{0, false, "Responses", "TopicNames"}, {6, false, "Responses", "Topics"}}},
      {ApiKey::kDeleteRecords, {{0, false, "Topics/Partitions", "Topics/Partitions"}}},
      {ApiKey::kInitProducerId, kTop},
      {ApiKey::kOffsetForLeaderEpoch, {{0, false, "Topics/Partitions", "Topics/Partitions"}}},
      {ApiKey::kDescribeConfigs, {{0, false, "Results", "Resources"}}},
      {ApiKey::kCreatePartitions, {{0, false, "Results", "Topics"}}},
      {ApiKey::kElectLeaders,
       {{0, false, "ReplicaElectionResults/PartitionResult", "TopicPartitions/Partitions"},
        {1, true, "ReplicaElectionResults/PartitionResult", "TopicPartitions/Partitions"}}},
      {ApiKey::kIncrementalAlterConfigs, {{0, false, "Responses", "Resources"}}},
      {ApiKey::kAlterPartitionReassignments,
       {{0, true, "Responses/Partitions", "Topics/Partitions"}}},
      {ApiKey::kListPartitionReassignments, kTop},
      {ApiKey::kVote, kTop},
      {ApiKey::kBeginQuorumEpoch, kTop},
      {ApiKey::kEndQuorumEpoch, kTop},
      {ApiKey::kDescribeQuorum, kTop},
      {ApiKey::kAlterPartition, kTop},
      {ApiKey::kFetchSnapshot, kTop},
      {ApiKey::kDescribeCluster, kTop},
      {ApiKey::kBrokerRegistration, kTop},
      {ApiKey::kBrokerHeartbeat, kTop},
      {ApiKey::kUnregisterBroker, kTop},
      {ApiKey::kAllocateProducerIds, kTop},
      {ApiKey::kControllerRegistration, kTop},
      {ApiKey::kAssignReplicasToDirs, kTop},
      {ApiKey::kDescribeTopicPartitions, {{0, false, "Topics", "Topics"}}},
  };
  return kAll;
}

const Expected& expected_at(const Rows& rows, std::int16_t version) {
  const Expected* found = &rows.front();
  for (const Expected& row : rows) {
    if (row.from <= version) found = &row;
  }
  return *found;
}

constexpr ErrorCode kCode = ErrorCode::kNotEnoughReplicas;

// Throws on a response that does not come back from its bytes.
MessageRef through_bytes(const ApiEntry& entry, const MessageRef& response, std::int16_t version) {
  std::vector<std::byte> bytes;
  response->encode(bytes, version);
  const auto back = entry.decode_response(Bytes(std::move(bytes)), version);
  REQUIRE((back.ok() ? "" : back.error().message) == "");
  REQUIRE(back.value()->hash(version) == response->hash(version));
  return back.value();
}

void check_places(const ApiEntry& entry, const Message& request, const Message& response,
                  std::int16_t version) {
  const Expected& expected = expected_at(expectations().at(entry.key), version);
  const Places asked(request, version);
  const Places answered(response, version);
  CHECK(answered.throttle_ms == 0);
  std::map<std::string, std::vector<std::int64_t>> codes;
  const auto code = static_cast<std::int64_t>(kCode);
  if (expected.at_top) codes[""] = {code};
  if (!expected.in.empty()) {
    const auto list = asked.elements.find(expected.asked_in);
    const std::size_t count = list == asked.elements.end() ? 0 : list->second;
    if (count > 0) codes[expected.in].assign(count, code);
  }
  CHECK(answered.codes == codes);
}

}  // namespace

TEST_CASE("a refusal has its codes where Kafka puts them, in every API and version") {
  Random random(7);
  for (const ApiEntry& entry : api_table()) {
    if (!has_error_response(entry.key)) continue;
    for (std::int16_t version = entry.versions.min; version <= entry.versions.max; ++version) {
      for (int round = 0; round < 10; ++round) {
        const auto request = entry.new_request();
        randomise(*request, version, random);
        if (entry.key == ApiKey::kProduce) dynamic_cast<ProduceRequest&>(*request).acks = -1;
        CAPTURE(entry.name, version, to_json(*request, version));
        const MessageRef response = error_response(*request, version, kCode);
        REQUIRE(response != nullptr);
        REQUIRE(response->api_key() == request->api_key());
        REQUIRE(response->direction() == Message::Direction::kResponse);
        check_places(entry, *request, *through_bytes(entry, response, version), version);
      }
    }
  }
}

TEST_CASE("every API but Envelope, which no server answers, can be refused") {
  for (const ApiEntry& entry : api_table()) {
    CAPTURE(entry.name);
    CHECK(has_error_response(entry.key) == (entry.key != ApiKey::kEnvelope));
    CHECK(has_error_response(entry.key) == expectations().contains(entry.key));
    if (has_error_response(entry.key)) continue;
    CHECK(error_response(*entry.new_request(), entry.versions.max, kCode) == nullptr);
  }
  CHECK_FALSE(has_error_response(ApiKey::kShareFetch));
}

TEST_CASE("a Produce is refused partition by partition, and with acks=0 not at all") {
  ProduceRequest request;
  request.acks = -1;
  request.topic_data.resize(2);
  request.topic_data[0].name = "a";
  request.topic_data[0].topic_id = Uuid{1, 2};
  request.topic_data[0].partition_data = {{.index = 3}, {.index = 5}};
  request.topic_data[1].name = "b";
  request.topic_data[1].partition_data = {{.index = 0}};
  const MessageRef made = error_response(request, 9, kCode, "too few");
  const auto& response = as<ProduceResponse>(made);
  REQUIRE(response.responses.size() == 2);
  CHECK(response.responses[0].name == "a");
  CHECK(response.responses[0].topic_id == Uuid{1, 2});
  REQUIRE(response.responses[0].partition_responses.size() == 2);
  const auto& second = response.responses[0].partition_responses[1];
  CHECK(second.index == 5);
  CHECK(second.error_code == kCode);
  CHECK(second.error_message == "too few");
  CHECK(second.base_offset == -1);
  CHECK(second.log_append_time_ms == -1);
  CHECK(second.log_start_offset == -1);
  CHECK(response.responses[1].partition_responses.at(0).error_code == kCode);
  request.acks = 0;
  CHECK(error_response(request, 9, kCode) == nullptr);
}

TEST_CASE("a Fetch is refused at the top, and before version 13 in its partitions, too") {
  FetchRequest request;
  request.session_id = 77;
  request.topics.resize(1);
  request.topics[0].topic = "a";
  request.topics[0].partitions.resize(1);
  request.topics[0].partitions[0].partition = 4;
  const MessageRef old = error_response(request, 12, kCode);
  REQUIRE(as<FetchResponse>(old).responses.size() == 1);
  CHECK(as<FetchResponse>(old).responses[0].topic == "a");
  const auto& partition = as<FetchResponse>(old).responses[0].partitions.at(0);
  CHECK(partition.partition_index == 4);
  CHECK(partition.high_watermark == -1);
  REQUIRE(partition.records);
  CHECK(partition.records->empty());
  const MessageRef made = error_response(request, 13, kCode);
  CHECK(as<FetchResponse>(made).error_code == kCode);
  CHECK(as<FetchResponse>(made).session_id == 77);
  CHECK(as<FetchResponse>(made).responses.empty());
}

TEST_CASE("topics are refused by the name or the id that the request gave") {
  MetadataRequest metadata;
  metadata.topics->push_back({Uuid{5, 6}, std::nullopt});
  const MessageRef made = error_response(metadata, 12, kCode);
  CHECK(as<MetadataResponse>(made).topics.at(0).topic_id == Uuid{5, 6});
  CHECK(as<MetadataResponse>(made).topics.at(0).name == "");
  metadata.topics.reset();
  const MessageRef of_all = error_response(metadata, 12, kCode);
  CHECK(as<MetadataResponse>(of_all).topics.empty());
  DeleteTopicsRequest deletion;
  deletion.topic_names = {"a", "b"};
  const MessageRef deleted = error_response(deletion, 5, kCode, "no");
  REQUIRE(as<DeleteTopicsResponse>(deleted).responses.size() == 2);
  CHECK(as<DeleteTopicsResponse>(deleted).responses[1].name == "b");
  CHECK(as<DeleteTopicsResponse>(deleted).responses[1].error_message == "no");
}

TEST_CASE("ApiVersions tells its own versions with UNSUPPORTED_VERSION, and with nothing else") {
  const ApiVersionsRequest request;
  const MessageRef unsupported = error_response(request, 0, ErrorCode::kUnsupportedVersion);
  REQUIRE(as<ApiVersionsResponse>(unsupported).api_keys.size() == 1);
  CHECK(as<ApiVersionsResponse>(unsupported).api_keys[0].api_key == 18);
  CHECK(as<ApiVersionsResponse>(unsupported).api_keys[0].max_version == 4);
  const MessageRef other = error_response(request, 3, kCode);
  CHECK(as<ApiVersionsResponse>(other).api_keys.empty());
}

TEST_CASE("FindCoordinator is refused as a whole up to version 3, then key by key") {
  FindCoordinatorRequest request;
  request.coordinator_keys = {"a", "b"};
  const MessageRef old = error_response(request, 3, kCode);
  CHECK(as<FindCoordinatorResponse>(old).error_code == kCode);
  CHECK(as<FindCoordinatorResponse>(old).node_id == -1);
  CHECK(as<FindCoordinatorResponse>(old).coordinators.empty());
  const MessageRef made = error_response(request, 4, kCode);
  REQUIRE(as<FindCoordinatorResponse>(made).coordinators.size() == 2);
  CHECK(as<FindCoordinatorResponse>(made).coordinators[1].key == "b");
  CHECK(as<FindCoordinatorResponse>(made).coordinators[1].port == -1);
}

TEST_CASE("an error is found by Kafka's name, and every name leads back to its number") {
  CHECK(find_error("NOT_LEADER_OR_FOLLOWER") == ErrorCode::kNotLeaderOrFollower);
  CHECK(find_error("UNKNOWN_SERVER_ERROR") == ErrorCode::kUnknownServerError);
  CHECK(find_error("NONE") == ErrorCode::kNone);
  CHECK_FALSE(find_error("not_leader_or_follower"));
  CHECK_FALSE(find_error("unknown"));
  for (const std::string_view name : error_names()) {
    REQUIRE(find_error(name));
    CHECK(name_of(*find_error(name)) == name);
  }
}

}  // namespace logarium::protocol
