#include "engine/controller/configs.hpp"

#include <algorithm>
#include <set>

#include "engine/controller/index.hpp"
#include "engine/controller/new_partitions.hpp"

namespace logarium::controller {

using metadata::ConfigResource;
using metadata::ResourceType;
using protocol::ErrorCode;
using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;

namespace {

enum class Operation : std::int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

constexpr const char* kMinIsr = "min.insync.replicas";

std::set<std::string> words_of(const std::string& list) {
  std::set<std::string> out;
  std::size_t at = 0;
  while (at <= list.size() && !list.empty()) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    if (comma > at) out.insert(list.substr(at, comma - at));
    at = comma + 1;
  }
  return out;
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

// The value in force, which appending and subtracting start from.
std::string present_value(const View& view, const ConfigResource& resource,
                          const std::string& name) {
  const Properties& own = view.image.config(resource.type, resource.name);
  const auto found = own.find(name);
  if (found != own.end()) return found->second;
  if (resource.type != ResourceType::kTopic) return "";
  for (const ConfigEntry& entry : config_entries(view.topic_config(resource.name))) {
    if (entry.name == name) return entry.value;
  }
  return "";
}

Refusal apply_operation(const View& view, const ConfigResource& resource,
                        const IncrementalAlterConfigsRequest::AlterableConfig& config,
                        Properties& target) {
  const auto operation = static_cast<Operation>(config.config_operation);
  if (operation == Operation::kDelete) {
    target.erase(config.name);
    return {};
  }
  if (!config.value) {
    return {ErrorCode::kInvalidRequest, "Null value not supported for config " + config.name};
  }
  std::set<std::string> words;
  switch (operation) {
    case Operation::kSet:
      target[config.name] = *config.value;
      return {};
    case Operation::kAppend:
      words = words_of(present_value(view, resource, config.name));
      words.merge(words_of(*config.value));
      target[config.name] = joined(words);
      return {};
    case Operation::kSubtract:
      words = words_of(present_value(view, resource, config.name));
      for (const std::string& word : words_of(*config.value)) words.erase(word);
      target[config.name] = joined(words);
      return {};
    case Operation::kDelete:
      break;
  }
  return {ErrorCode::kInvalidRequest, "Unknown config operation " +
                                          std::to_string(config.config_operation) + " for " +
                                          config.name};
}

Refusal check_resource(const View& view, const ConfigResource& resource) {
  switch (resource.type) {
    case ResourceType::kTopic:
      if (view.image.topic(resource.name) != nullptr) return {};
      return {ErrorCode::kUnknownTopicOrPartition,
              "The topic '" + resource.name + "' does not exist."};
    case ResourceType::kBroker: {
      if (resource.name.empty()) return {};
      const bool number = resource.name.size() < 10 &&
                          resource.name.find_first_not_of("0123456789") == std::string::npos;
      if (number && view.image.broker(NodeId(std::stoi(resource.name))) != nullptr) return {};
      return {ErrorCode::kInvalidRequest, "No such broker as " + resource.name};
    }
  }
  return {ErrorCode::kInvalidRequest, "Unsupported resource type " +
                                          std::to_string(static_cast<int>(resource.type)) +
                                          "; topics (2) and brokers (4) have configs"};
}

Refusal check_values(const View& view, const ConfigResource& resource, const Properties& target) {
  const Result<> valid = [&]() -> Result<> {
    if (resource.type == ResourceType::kTopic) {
      const Result<TopicConfig> parsed = parse_topic_config(view.config.topic_defaults, target);
      if (!parsed) return parsed.error();
    } else {
      const Result<ServerConfig> parsed = parse_server_config(target, view.config);
      if (!parsed) return parsed.error();
    }
    return Ok{};
  }();
  if (!valid) return {ErrorCode::kInvalidConfig, valid.error().message};
  return {};
}

void empty_elr(const View& view, PartitionRef ref, std::vector<metadata::Record>& records) {
  const metadata::Partition& partition = *view.image.partition(ref);
  // With an empty ISR nothing was committed since, and the ELR is all there is to lead.
  if (partition.elr.empty() || partition.isr.empty()) return;
  metadata::PartitionChangeRecord record;
  record.topic_id = ref.topic;
  record.partition_id = ref.partition.value();
  record.eligible_leader_replicas = std::vector<std::int32_t>{};
  if (!partition.last_known_elr.empty()) record.last_known_elr = std::vector<std::int32_t>{};
  records.emplace_back(std::move(record));
}

void empty_elrs(const View& view, const ConfigResource& resource,
                std::vector<metadata::Record>& records) {
  std::set<PartitionRef> partitions;
  const metadata::Topic* only = nullptr;
  if (resource.type == ResourceType::kTopic) only = view.image.topic(resource.name);
  for (const auto& entry : view.image.brokers()) {
    for (const PartitionRef ref : view.index.with_elr_member(entry.key).elements()) {
      if (only == nullptr || ref.topic == only->id) partitions.insert(ref);
    }
  }
  for (const PartitionRef ref : partitions) empty_elr(view, ref, records);
}

void add_records(const View& view, const ConfigResource& resource, const Properties& target,
                 std::vector<metadata::Record>& records) {
  const Properties& present = view.image.config(resource.type, resource.name);
  const auto type = static_cast<std::int8_t>(resource.type);
  bool min_isr = false;
  for (const auto& [name, value] : target) {
    const auto found = present.find(name);
    if (found != present.end() && found->second == value) continue;
    records.emplace_back(metadata::ConfigRecord{type, resource.name, name, value});
    min_isr = min_isr || name == kMinIsr;
  }
  for (const auto& [name, value] : present) {
    if (target.contains(name)) continue;
    records.emplace_back(metadata::ConfigRecord{type, resource.name, name, std::nullopt});
    min_isr = min_isr || name == kMinIsr;
  }
  if (min_isr) empty_elrs(view, resource, records);
}

Refusal alter(const View& view, const IncrementalAlterConfigsRequest::AlterConfigsResource& wanted,
              std::vector<metadata::Record>& records) {
  const ConfigResource resource{static_cast<ResourceType>(wanted.resource_type),
                                wanted.resource_name};
  Refusal refusal = check_resource(view, resource);
  if (refusal.code != ErrorCode::kNone) return refusal;
  Properties target = view.image.config(resource.type, resource.name);
  std::set<std::string> names;
  for (const auto& config : wanted.configs) {
    if (!names.insert(config.name).second) {
      return {ErrorCode::kInvalidRequest, "Error due to duplicate config keys"};
    }
    refusal = apply_operation(view, resource, config, target);
    if (refusal.code != ErrorCode::kNone) return refusal;
  }
  refusal = check_values(view, resource, target);
  if (refusal.code == ErrorCode::kNone) add_records(view, resource, target, records);
  return refusal;
}

}  // namespace

Decision alter_configs(const View& view, const IncrementalAlterConfigsRequest& request) {
  Decision decision;
  auto response = std::make_shared<IncrementalAlterConfigsResponse>();
  std::map<std::pair<std::int8_t, std::string>, int> times;
  for (const auto& wanted : request.resources) {
    ++times[{wanted.resource_type, wanted.resource_name}];
  }
  for (const auto& wanted : request.resources) {
    Refusal refusal{ErrorCode::kInvalidRequest, "Each resource must appear at most once."};
    if (times[{wanted.resource_type, wanted.resource_name}] == 1) {
      refusal = alter(view, wanted, decision.records);
    }
    IncrementalAlterConfigsResponse::AlterConfigsResourceResponse result;
    result.error_code = refusal.code;
    if (refusal.code != ErrorCode::kNone) result.error_message = std::move(refusal.message);
    result.resource_type = wanted.resource_type;
    result.resource_name = wanted.resource_name;
    response->responses.push_back(std::move(result));
  }
  if (request.validate_only) decision.records.clear();
  decision.response = std::move(response);
  return decision;
}

}  // namespace logarium::controller
