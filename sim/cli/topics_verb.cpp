#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <utility>

#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/describe_configs.hpp"
#include "engine/protocol/messages/describe_topic_partitions.hpp"
#include "sim/cli/client_verbs.hpp"
#include "sim/cli/cluster_session.hpp"
#include "sim/cli/output.hpp"

namespace logarium::cli {
namespace {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using protocol::ErrorCode;
using protocol::MetadataResponse;
using Described = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
using DescribedPartition =
    DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;

constexpr std::int8_t kTopicResource = 2;  // ConfigResource.Type
constexpr std::int8_t kDefaultConfig = 5;  // ConfigSource DEFAULT_CONFIG

std::string said(ErrorCode error, const std::optional<std::string>& message) {
  const std::string name(name_of(error));
  return message && !message->empty() ? name + ": " + *message : name;
}

// ---- describing ---------------------------------------------------------------------------------

// What a cluster that does not know DescribeTopicPartitions (before Kafka 3.7) tells: no ELR.
Described described(const MetadataResponse::MetadataResponseTopic& topic) {
  Described out;
  out.error_code = topic.error_code;
  out.name = topic.name;
  out.topic_id = topic.topic_id;
  for (const auto& partition : topic.partitions) {
    DescribedPartition entry;
    entry.partition_index = partition.partition_index;
    entry.leader_id = partition.leader_id;
    entry.replica_nodes = partition.replica_nodes;
    entry.isr_nodes = partition.isr_nodes;
    out.partitions.push_back(std::move(entry));
  }
  return out;
}

Result<std::vector<Described>> describe_by_metadata(ClusterSession& session,
                                                    const std::string& topic) {
  auto all = session.all_topics();
  if (!all) return all.error();
  std::vector<Described> out;
  for (const auto& entry : all.value()) {
    if (topic.empty() || entry.name == topic) out.push_back(described(entry));
  }
  return out;
}

// The topic, or all when the name is empty; pages are joined.
Result<std::vector<Described>> describe_topics(ClusterSession& session, const std::string& topic) {
  std::vector<Described> out;
  std::optional<DescribeTopicPartitionsRequest::Cursor> cursor;
  for (;;) {
    auto request = std::make_shared<DescribeTopicPartitionsRequest>();
    if (!topic.empty()) request->topics.push_back({topic});
    request->cursor = cursor;
    const auto answer = session.ask(std::move(request));
    if (!answer && session.unsupported()) return describe_by_metadata(session, topic);
    if (!answer) return answer.error();
    const auto& response = protocol::as<DescribeTopicPartitionsResponse>(answer.value());
    for (const Described& entry : response.topics) {
      if (!out.empty() && out.back().name == entry.name) {
        out.back().partitions.insert(out.back().partitions.end(), entry.partitions.begin(),
                                     entry.partitions.end());
      } else {
        out.push_back(entry);
      }
    }
    if (!response.next_cursor) return out;
    cursor = {response.next_cursor->topic_name, response.next_cursor->partition_index};
  }
}

// Configs that are not defaults, "name=value,...", by topic; empty where a cluster tells none.
Result<std::map<std::string, std::string>> configs_of(ClusterSession& session,
                                                      const std::vector<Described>& topics) {
  auto request = std::make_shared<DescribeConfigsRequest>();
  for (const Described& topic : topics) {
    if (topic.error_code != ErrorCode::kNone) continue;
    request->resources.push_back({kTopicResource, topic.name.value_or(""), std::nullopt});
  }
  std::map<std::string, std::string> out;
  if (request->resources.empty()) return out;
  const auto answer = session.ask(std::move(request));
  if (!answer && session.unsupported()) return out;
  if (!answer) return answer.error();
  for (const auto& result : protocol::as<DescribeConfigsResponse>(answer.value()).results) {
    std::string& text = out[result.resource_name];
    for (const auto& config : result.configs) {
      if (config.is_default || config.config_source == kDefaultConfig) continue;
      text += fmt::format("{}{}={}", text.empty() ? "" : ",", config.name,
                          config.value.value_or("null"));
    }
  }
  return out;
}

std::string ids(const std::optional<std::vector<std::int32_t>>& nodes) {
  return nodes ? fmt::format("{}", fmt::join(*nodes, ",")) : "N/A";
}

// As kafka-topics.sh --describe prints it.
std::string described_text(const Described& topic, const std::string& configs) {
  const std::string name = topic.name.value_or("");
  std::string out = "Topic: " + name;
  if (!topic.topic_id.is_zero()) out += "\tTopicId: " + to_string(topic.topic_id);
  const std::size_t replicas =
      topic.partitions.empty() ? 0 : topic.partitions.front().replica_nodes.size();
  out += fmt::format("\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n",
                     topic.partitions.size(), replicas, configs);
  for (const DescribedPartition& partition : topic.partitions) {
    const std::string leader =
        partition.leader_id < 0 ? "none" : std::to_string(partition.leader_id);
    out += fmt::format(
        "\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}\tElr: {}\tLastKnownElr: "
        "{}\n",
        name, partition.partition_index, leader, ids(partition.replica_nodes),
        ids(partition.isr_nodes), ids(partition.eligible_leader_replicas),
        ids(partition.last_known_elr));
  }
  return out;
}

// ---- the verb -----------------------------------------------------------------------------------

class TopicsTool {
 public:
  TopicsTool(const TopicsVerb& verb, std::vector<Endpoint> bootstrap)
      : verb_(verb), session_(loop_, log_, "topics", verb.cluster, std::move(bootstrap)) {}

  ExitCode run(Properties configs) {
    switch (verb_.what) {
      case TopicsVerb::What::kCreate:
        return create(std::move(configs));
      case TopicsVerb::What::kList:
        return list();
      case TopicsVerb::What::kDescribe:
        return describe();
      case TopicsVerb::What::kDelete:
        return remove();
    }
    return ExitCode::kOwnFailure;
  }

 private:
  static ExitCode refused(const std::string& text) {
    complain("topics: " + text);
    return ExitCode::kNotAsExpected;
  }
  static ExitCode printed(const std::string& text) {
    if (print(text)) return ExitCode::kAsExpected;
    complain("topics: cannot write to stdout");
    return ExitCode::kOwnFailure;
  }
  [[nodiscard]] ExitCode missing() const {
    if (verb_.if_exists) return ExitCode::kAsExpected;
    return refused(
        fmt::format("topic '{}' does not exist; `logarium topics list` names those "
                    "that do",
                    verb_.topic));
  }

  ExitCode create(Properties configs) {
    auto request = std::make_shared<CreateTopicsRequest>();
    request->timeout_ms = static_cast<std::int32_t>(verb_.cluster.timeout_ms);
    CreateTopicsRequest::CreatableTopic topic;
    topic.name = verb_.topic;
    topic.num_partitions = verb_.partitions.value_or(-1);
    topic.replication_factor = verb_.replication_factor.value_or(-1);
    for (auto& [name, value] : configs) topic.configs.push_back({name, std::move(value)});
    request->topics.push_back(std::move(topic));
    const auto answer = session_.ask(std::move(request));
    if (!answer) return refused(answer.error().message);
    for (const auto& result : protocol::as<CreateTopicsResponse>(answer.value()).topics) {
      if (result.error_code == ErrorCode::kTopicAlreadyExists && verb_.if_not_exists) continue;
      if (result.error_code != ErrorCode::kNone) {
        return refused(fmt::format("cannot create {}: {}", result.name,
                                   said(result.error_code, result.error_message)));
      }
      if (result.name.find_first_of("._") != std::string::npos) {
        complain(
            "topics: warning: '.' and '_' become the same character in the names of metrics; "
            "better use only one of them in the names of topics");
      }
      const ExitCode code = printed("Created topic " + result.name + ".\n");
      if (code != ExitCode::kAsExpected) return code;
    }
    return ExitCode::kAsExpected;
  }

  ExitCode list() {
    const auto topics = session_.all_topics();
    if (!topics) return refused(topics.error().message);
    std::string text;
    for (const auto& topic : topics.value()) text += topic.name.value_or("") + "\n";
    return printed(text);
  }

  ExitCode describe() {
    const auto topics = describe_topics(session_, verb_.topic);
    if (!topics) return refused(topics.error().message);
    if (topics.value().empty() && !verb_.topic.empty()) return missing();
    const auto configs = configs_of(session_, topics.value());
    if (!configs) return refused(configs.error().message);
    std::string text;
    for (const Described& topic : topics.value()) {
      if (topic.error_code == ErrorCode::kUnknownTopicOrPartition) return missing();
      const std::string name = topic.name.value_or("");
      if (topic.error_code != ErrorCode::kNone) {
        return refused(fmt::format("cannot describe {}: {}", name, name_of(topic.error_code)));
      }
      const auto at = configs.value().find(name);
      text += described_text(topic, at == configs.value().end() ? "" : at->second);
    }
    return printed(text);
  }

  ExitCode remove() {
    auto request = std::make_shared<DeleteTopicsRequest>();
    request->timeout_ms = static_cast<std::int32_t>(verb_.cluster.timeout_ms);
    // By name in either form: which one is sent depends on the version.
    request->topics.push_back({verb_.topic, kZeroUuid});
    request->topic_names.push_back(verb_.topic);
    const auto answer = session_.ask(std::move(request));
    if (!answer) return refused(answer.error().message);
    for (const auto& result : protocol::as<DeleteTopicsResponse>(answer.value()).responses) {
      if (result.error_code == ErrorCode::kUnknownTopicOrPartition) return missing();
      if (result.error_code != ErrorCode::kNone) {
        return refused(fmt::format("cannot delete {}: {}", verb_.topic,
                                   said(result.error_code, result.error_message)));
      }
    }
    return ExitCode::kAsExpected;
  }

  const TopicsVerb& verb_;
  live::Loop loop_;
  live::LogLines log_;
  ClusterSession session_;
};

}  // namespace

ExitCode topics(const TopicsVerb& verb) {
  auto bootstrap = parse_bootstrap(verb.cluster.bootstrap);
  auto configs = parse_settings(verb.configs, "--config");
  for (const auto* error :
       {bootstrap ? nullptr : &bootstrap.error(), configs ? nullptr : &configs.error()}) {
    if (error == nullptr) continue;
    complain("topics: " + error->message);
    return ExitCode::kBadInput;
  }
  return TopicsTool(verb, std::move(bootstrap).value()).run(std::move(configs).value());
}

}  // namespace logarium::cli
