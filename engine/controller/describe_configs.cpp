#include "engine/controller/describe_configs.hpp"

#include <algorithm>

namespace logarium::controller {

using metadata::Image;
using metadata::ResourceType;
using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using protocol::ErrorCode;
using AskedResource = DescribeConfigsRequest::DescribeConfigsResource;
using Answer = DescribeConfigsResponse::DescribeConfigsResult;
using Line = DescribeConfigsResponse::DescribeConfigsResourceResult;

namespace {

// Kafka's ConfigSource and ConfigType.
enum class Source : std::int8_t {
  kDynamicTopic = 1,
  kDynamicBroker = 2,
  kDynamicDefaultBroker = 3,
  kStaticBroker = 4,
  kDefault = 5,
};
std::int8_t type_of(const ConfigEntry& entry) {
  if (entry.type == "boolean") return 1;
  return entry.type == "long" ? 5 : 2;
}

struct DescribeOptions {
  bool synonyms = false;
  bool documentation = false;
};

bool wanted(const AskedResource& asked, const std::string& name) {
  if (!asked.configuration_keys) return true;
  const std::vector<std::string>& keys = *asked.configuration_keys;
  return std::find(keys.begin(), keys.end(), name) != keys.end();
}

Line line_of(const ConfigEntry& entry, Source source, const DescribeOptions& options) {
  Line line;
  line.name = entry.name;
  line.value = entry.value;
  line.is_default = source == Source::kDefault;
  line.config_source = static_cast<std::int8_t>(source);
  line.config_type = type_of(entry);
  if (options.documentation) line.documentation = entry.meaning;
  if (options.synonyms) line.synonyms.push_back({entry.name, entry.value, line.config_source});
  return line;
}

void describe_topic(const Image& image, const ServerConfig& config, const AskedResource& asked,
                    const DescribeOptions& options, Answer& answer) {
  if (image.topic(asked.resource_name) == nullptr) {
    answer.error_code = ErrorCode::kUnknownTopicOrPartition;
    answer.error_message = "This server does not host this topic-partition.";
    return;
  }
  const Properties& own = image.config(ResourceType::kTopic, asked.resource_name);
  // The same without the topic's own entries, and without the cluster's: where a value comes from
  // shows in which of them it appears first.
  const TopicConfig effective = image.topic_config(config.topic_defaults, asked.resource_name);
  const std::vector<ConfigEntry> cluster =
      config_entries(image.topic_config(config.topic_defaults, ""));
  const std::vector<ConfigEntry> file = config_entries(config.topic_defaults);
  std::size_t i = 0;
  for (const ConfigEntry& entry : config_entries(effective)) {
    Source source = Source::kDefault;
    if (own.contains(entry.name)) {
      source = Source::kDynamicTopic;
    } else if (cluster[i].value != file[i].value) {
      source = Source::kDynamicDefaultBroker;
    } else if (!file[i].is_default()) {
      source = Source::kStaticBroker;
    }
    if (wanted(asked, entry.name)) answer.configs.push_back(line_of(entry, source, options));
    ++i;
  }
}

void describe_dynamic(const Properties& properties, Source source, const AskedResource& asked,
                      Answer& answer) {
  for (const auto& [name, value] : properties) {
    if (!wanted(asked, name)) continue;
    Line line;
    line.name = name;
    line.value = value;
    line.config_source = static_cast<std::int8_t>(source);
    answer.configs.push_back(std::move(line));
  }
}

void describe_broker(const Image& image, const ServerConfig& config, NodeId self,
                     const AskedResource& asked, const DescribeOptions& options, Answer& answer) {
  const Properties& cluster = image.config(ResourceType::kBroker, "");
  if (asked.resource_name.empty()) {
    describe_dynamic(cluster, Source::kDynamicDefaultBroker, asked, answer);
    return;
  }
  if (asked.resource_name != std::to_string(self.value())) {
    answer.error_code = ErrorCode::kInvalidRequest;
    answer.error_message = "Unexpected broker id, expected " + std::to_string(self.value()) +
                           " or empty string, but received " + asked.resource_name;
    return;
  }
  const Properties& own = image.config(ResourceType::kBroker, asked.resource_name);
  describe_dynamic(own, Source::kDynamicBroker, asked, answer);
  for (const auto& [name, value] : cluster) {
    if (!own.contains(name)) {
      describe_dynamic({{name, value}}, Source::kDynamicDefaultBroker, asked, answer);
    }
  }
  for (const ConfigEntry& entry : config_entries(config.broker)) {
    if (own.contains(entry.name) || cluster.contains(entry.name)) continue;
    if (!wanted(asked, entry.name)) continue;
    const Source source = entry.is_default() ? Source::kDefault : Source::kStaticBroker;
    answer.configs.push_back(line_of(entry, source, options));
    answer.configs.back().read_only = true;
  }
}

}  // namespace

std::shared_ptr<DescribeConfigsResponse> describe_configs(const Image& image,
                                                          const ServerConfig& config, NodeId self,
                                                          const DescribeConfigsRequest& request) {
  auto response = std::make_shared<DescribeConfigsResponse>();
  const DescribeOptions options{request.include_synonyms, request.include_documentation};
  for (const AskedResource& asked : request.resources) {
    Answer answer;
    answer.resource_type = asked.resource_type;
    answer.resource_name = asked.resource_name;
    const auto type = static_cast<ResourceType>(asked.resource_type);
    if (type == ResourceType::kTopic) {
      describe_topic(image, config, asked, options, answer);
    } else if (type == ResourceType::kBroker) {
      describe_broker(image, config, self, asked, options, answer);
    } else {
      answer.error_code = ErrorCode::kInvalidRequest;
      answer.error_message = "Unsupported resource type " + std::to_string(asked.resource_type) +
                             "; topics (2) and brokers (4) have configs";
    }
    response->results.push_back(std::move(answer));
  }
  return response;
}

}  // namespace logarium::controller
