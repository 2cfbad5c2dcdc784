#include "engine/controller/topics.hpp"

#include "engine/controller/configs.hpp"
#include "engine/controller/describe_configs.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ErrorCode;
using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;
using Creatable = CreateTopicsRequest::CreatableTopic;

Lab three_brokers() {
  Lab lab;
  for (std::int32_t id = 1; id <= 3; ++id) lab.broker(id);
  return lab;
}

CreateTopicsResponse::CreatableTopicResult create(Lab& lab, const Creatable& topic) {
  CreateTopicsRequest request;
  request.topics.push_back(topic);
  const Decision decision = create_topics(lab.view(), request, lab.random);
  const auto result = response_of<CreateTopicsResponse>(decision).topics.at(0);
  CHECK(decision.records.empty() == (result.error_code != ErrorCode::kNone));
  lab.apply(decision);
  return result;
}

struct BadTopic {
  std::string what;
  Creatable topic;
  ErrorCode expected;
};

TEST_CASE("a topic that cannot be created is refused with its reason") {
  using E = ErrorCode;
  const std::vector<BadTopic> table = {
      {"no name", {"", 1, 1}, E::kInvalidTopicException},
      {"a slash", {"a/b", 1, 1}, E::kInvalidTopicException},
      {"dots", {"..", 1, 1}, E::kInvalidTopicException},
      {"too long", {std::string(250, 'a'), 1, 1}, E::kInvalidTopicException},
      {"exists", {"my.topic", 1, 1}, E::kTopicAlreadyExists},
      {"collides", {"my_topic", 1, 1}, E::kInvalidTopicException},
      {"no partitions", {"t", 0, 1}, E::kInvalidPartitions},
      {"no replicas", {"t", 1, 0}, E::kInvalidReplicationFactor},
      {"too many replicas", {"t", 1, 4}, E::kInvalidReplicationFactor},
      {"unknown config", {"t", 1, 1, {}, {{"retention", "1"}}}, E::kInvalidConfig},
      {"bad config", {"t", 1, 1, {}, {{"retention.ms", "soon"}}}, E::kInvalidConfig},
      {"null config", {"t", 1, 1, {}, {{"retention.ms", std::nullopt}}}, E::kInvalidConfig},
      {"both manual and counted", {"t", 1, -1, {{0, {1}}}}, E::kInvalidRequest},
      {"manual with a gap", {"t", -1, -1, {{1, {1}}}}, E::kInvalidReplicaAssignment},
      {"manual twice", {"t", -1, -1, {{0, {1}}, {0, {2}}}}, E::kInvalidReplicaAssignment},
      {"manual of different size",
       {"t", -1, -1, {{0, {1}}, {1, {2, 3}}}},
       E::kInvalidReplicaAssignment},
      {"manual with a stranger", {"t", -1, -1, {{0, {7}}}}, E::kInvalidReplicaAssignment},
      {"manual and empty", {"t", -1, -1, {{0, {}}}}, E::kInvalidReplicaAssignment},
  };
  for (const BadTopic& bad : table) {
    INFO(bad.what);
    Lab lab = three_brokers();
    create(lab, {"my.topic", 1, 1});
    const auto result = create(lab, bad.topic);
    CHECK(result.error_code == bad.expected);
    CHECK(result.error_message.has_value());
  }
}

TEST_CASE("a created topic has its partitions, configs and directories") {
  Lab lab = three_brokers();
  lab.config.broker.num_partitions = 4;
  lab.config.broker.default_replication_factor = 2;
  const auto result = create(lab, {"orders", -1, -1, {}, {{"min.insync.replicas", "2"}}});
  CHECK(result.num_partitions == 4);
  CHECK(result.replication_factor == 2);
  const metadata::Topic* topic = lab.image->topic("orders");
  REQUIRE(topic != nullptr);
  CHECK(topic->id == result.topic_id);
  CHECK(topic->partitions.size() == 4);
  CHECK(lab.image->topic_config({}, "orders").min_insync_replicas == 2);
  const metadata::Partition& first = *topic->partition(PartitionIndex(0));
  CHECK(first.isr == first.replicas);
  CHECK(first.leader == first.preferred());
  CHECK(first.leader_epoch == LeaderEpoch(0));
  CHECK(first.directories[0] == Uuid{8, static_cast<std::uint64_t>(first.replicas[0].value())});
  for (const auto& config : *result.configs) {
    if (config.name == "min.insync.replicas") CHECK(config.config_source == 1);
    if (config.name == "retention.ms") CHECK(config.config_source == 5);
  }
  lab.check_invariants();
}

TEST_CASE("fenced brokers hold replicas but are not in the ISR") {
  Lab lab = three_brokers();
  lab.fence(2);
  create(lab, {"orders", -1, -1, {{0, {2, 3, 1}}}});
  const metadata::Partition& first = *lab.image->topic("orders")->partition(PartitionIndex(0));
  CHECK(first.isr == nodes({3, 1}));
  CHECK(first.leader == NodeId(3));
}

TEST_CASE("the same name twice in one request is refused, and so is an only validated one") {
  Lab lab = three_brokers();
  CreateTopicsRequest request;
  request.topics = {{"a", 1, 1}, {"a", 1, 1}, {"b", 1, 1}};
  const Decision decision = create_topics(lab.view(), request, lab.random);
  const auto& topics = response_of<CreateTopicsResponse>(decision).topics;
  REQUIRE(topics.size() == 2);
  CHECK(topics[0].error_code == ErrorCode::kInvalidRequest);
  CHECK(topics[1].error_code == ErrorCode::kNone);
  request.validate_only = true;
  CHECK(create_topics(lab.view(), request, lab.random).records.empty());
}

TEST_CASE("topics are deleted by name and by id") {
  Lab lab = three_brokers();
  create(lab, {"a", 2, 1});
  const Uuid b = create(lab, {"b", 2, 1}).topic_id;
  DeleteTopicsRequest twice;
  twice.topics = {{std::nullopt, b}, {"b", {}}, {"a", {}}, {"a", {}}};
  const Decision refused = delete_topics(lab.view(), twice, 6);
  CHECK(refused.records.empty());
  REQUIRE(response_of<DeleteTopicsResponse>(refused).responses.size() == 2);
  for (const auto& result : response_of<DeleteTopicsResponse>(refused).responses) {
    CHECK(result.error_code == ErrorCode::kInvalidRequest);
  }
  DeleteTopicsRequest request;
  request.topics = {{"a", {}}, {std::nullopt, b}, {"c", {}}, {std::nullopt, {9, 9}}};
  const Decision decision = delete_topics(lab.view(), request, 6);
  const auto& results = response_of<DeleteTopicsResponse>(decision).responses;
  CHECK(results[0].error_code == ErrorCode::kNone);
  CHECK(results[1].error_code == ErrorCode::kNone);
  CHECK(results[1].name == "b");
  CHECK(results[2].error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(results[3].error_code == ErrorCode::kUnknownTopicId);
  lab.apply(decision);
  CHECK(lab.image->topics().empty());
  lab.check_invariants();
}

TEST_CASE("partitions are added behind those there are") {
  Lab lab = three_brokers();
  create(lab, {"a", 2, 2});
  const auto add = [&](std::int32_t count,
                       std::vector<CreatePartitionsRequest::CreatePartitionsAssignment> manual) {
    CreatePartitionsRequest request;
    request.topics.push_back({"a", count, std::move(manual)});
    const Decision decision = create_partitions(lab.view(), request, lab.random);
    lab.apply(decision);
    return response_of<CreatePartitionsResponse>(decision).results.at(0).error_code;
  };
  CHECK(add(2, {}) == ErrorCode::kInvalidPartitions);
  CHECK(add(1, {}) == ErrorCode::kInvalidPartitions);
  CHECK(add(4, {{{1, 2}}}) == ErrorCode::kInvalidReplicaAssignment);
  CHECK(add(3, {{{1, 2, 3}}}) == ErrorCode::kInvalidReplicaAssignment);
  CHECK(add(3, {{{3, 1}}}) == ErrorCode::kNone);
  CHECK(lab.image->topic("a")->partition(PartitionIndex(2))->replicas == nodes({3, 1}));
  CHECK(add(10, {}) == ErrorCode::kNone);
  CHECK(lab.image->topic("a")->partitions.size() == 10);
  lab.check_invariants();
}

ErrorCode alter(Lab& lab, std::int8_t type, const std::string& name,
                std::vector<IncrementalAlterConfigsRequest::AlterableConfig> configs) {
  IncrementalAlterConfigsRequest request;
  request.resources.push_back({type, name, std::move(configs)});
  const Decision decision = alter_configs(lab.view(), request);
  lab.apply(decision);
  return response_of<IncrementalAlterConfigsResponse>(decision).responses.at(0).error_code;
}

TEST_CASE("configs are set, deleted, appended and subtracted") {
  Lab lab = three_brokers();
  create(lab, {"a", 1, 1});
  const auto effective = [&] { return lab.image->topic_config(lab.config.topic_defaults, "a"); };
  CHECK(alter(lab, 2, "a", {{"retention.ms", 0, "9"}}) == ErrorCode::kNone);
  CHECK(effective().retention_ms == 9);
  CHECK(alter(lab, 2, "a", {{"cleanup.policy", 2, "compact"}}) == ErrorCode::kNone);
  CHECK(effective().cleanup_policy == "compact,delete");
  CHECK(alter(lab, 2, "a", {{"cleanup.policy", 3, "delete"}}) == ErrorCode::kNone);
  CHECK(effective().cleanup_policy == "compact");
  CHECK(alter(lab, 2, "a", {{"retention.ms", 1, std::nullopt}}) == ErrorCode::kNone);
  CHECK(effective().retention_ms == lab.config.topic_defaults.retention_ms);
  CHECK(alter(lab, 4, "", {{"log.retention.ms", 0, "77"}}) == ErrorCode::kNone);
  CHECK(effective().retention_ms == 77);
  CHECK(alter(lab, 4, "2", {{"replica.lag.time.max.ms", 0, "5"}}) == ErrorCode::kNone);
  // What is refused changes nothing.
  const std::uint64_t before = lab.image->hash();
  CHECK(alter(lab, 2, "b", {}) == ErrorCode::kUnknownTopicOrPartition);
  CHECK(alter(lab, 2, "a", {{"retention.ms", 0, "x"}}) == ErrorCode::kInvalidConfig);
  CHECK(alter(lab, 2, "a", {{"retention", 0, "1"}}) == ErrorCode::kInvalidConfig);
  CHECK(alter(lab, 2, "a", {{"retention.ms", 0, std::nullopt}}) == ErrorCode::kInvalidRequest);
  CHECK(alter(lab, 2, "a", {{"retention.ms", 9, "1"}}) == ErrorCode::kInvalidRequest);
  CHECK(alter(lab, 4, "9", {}) == ErrorCode::kInvalidRequest);
  CHECK(alter(lab, 4, "x", {}) == ErrorCode::kInvalidRequest);
  CHECK(alter(lab, 32, "x", {}) == ErrorCode::kInvalidRequest);
  CHECK(lab.image->hash() == before);
}

TEST_CASE("lowering min.insync.replicas empties the ELR chosen under the old value") {
  Lab lab = three_brokers();
  lab.orders({.replicas = nodes({1, 2, 3}), .isr = nodes({1}), .leader = 1, .elr = nodes({2})});
  lab.topic_config("min.insync.replicas", "2");
  CHECK(alter(lab, 2, "orders", {{"min.insync.replicas", 0, "1"}}) == ErrorCode::kNone);
  CHECK(lab.partition().elr.empty());
  CHECK(lab.partition().leader_epoch == LeaderEpoch(5));
  lab.check_invariants();
}

TEST_CASE("DescribeConfigs says where each value comes from") {
  Lab lab = three_brokers();
  create(lab, {"a", 1, 1, {}, {{"retention.ms", "5"}}});
  lab.config.topic_defaults.segment_bytes = 4096;
  alter(lab, 4, "", {{"log.retention.bytes", 0, "123"}});
  protocol::DescribeConfigsRequest request;
  request.resources.push_back({2, "a", std::nullopt});
  request.resources.push_back({4, "1", std::vector<std::string>{"num.partitions"}});
  request.resources.push_back({4, "2", std::nullopt});
  request.resources.push_back({2, "b", std::nullopt});
  const auto response = describe_configs(*lab.image, lab.config, NodeId(1), request);
  std::map<std::string, std::pair<std::string, int>> found;
  for (const auto& config : response->results[0].configs) {
    found[config.name] = {config.value.value_or(""), config.config_source};
  }
  CHECK(found.at("retention.ms") == std::pair<std::string, int>("5", 1));
  CHECK(found.at("retention.bytes") == std::pair<std::string, int>("123", 3));
  CHECK(found.at("segment.bytes") == std::pair<std::string, int>("4096", 4));
  CHECK(found.at("cleanup.policy") == std::pair<std::string, int>("delete", 5));
  REQUIRE(response->results[1].configs.size() == 1);
  CHECK(response->results[1].configs[0].value == "1");
  CHECK(response->results[2].error_code == ErrorCode::kInvalidRequest);
  CHECK(response->results[3].error_code == ErrorCode::kUnknownTopicOrPartition);
}

}  // namespace
}  // namespace logarium::controller
