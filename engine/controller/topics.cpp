#include "engine/controller/topics.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "engine/controller/index.hpp"
#include "engine/controller/new_partitions.hpp"
#include "engine/controller/partition_change.hpp"
#include "engine/controller/refusal.hpp"

namespace logarium::controller {

using metadata::Nodes;
using metadata::Topic;
using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ErrorCode;
using Wanted = CreateTopicsRequest::CreatableTopic;

namespace {

constexpr std::size_t kTopicNameMax = 249;
constexpr std::int32_t kDefaultValue = -1;  // "as the controller is configured"
// As Kafka: new partitions that one request may bring, so that it is one batch of records.
constexpr std::int64_t kPartitionsPerRequestMax = 10'000;
// The first version of DeleteTopics in which deletion may be TOPIC_DELETION_DISABLED.
constexpr std::int16_t kKnowsDisabledDeletion = 3;
// Kafka's ConfigSource.
constexpr std::int8_t kDynamicTopicConfig = 1;
constexpr std::int8_t kStaticBrokerConfig = 4;
constexpr std::int8_t kDefaultConfig = 5;

std::int8_t source_of(const ConfigEntry& entry, const Properties& own) {
  if (own.contains(entry.name)) return kDynamicTopicConfig;
  return entry.is_default() ? kDefaultConfig : kStaticBrokerConfig;
}

// One CreateTopics request in progress.
class Creation {
 public:
  Creation(const View& view, Random& random) : view_(view), random_(random) {}

  CreateTopicsResponse::CreatableTopicResult create(const Wanted& wanted) {
    CreateTopicsResponse::CreatableTopicResult result;
    result.name = wanted.name;
    Refusal refusal = check_name(wanted.name);
    Properties own;
    if (refusal.code == ErrorCode::kNone) refusal = read_configs(wanted, own);
    Result<TopicConfig> config = parse_topic_config(view_.topic_config(""), own);
    if (refusal.code == ErrorCode::kNone && !config) {
      refusal = {ErrorCode::kInvalidConfig, config.error().message};
    }
    Placement placement;
    if (refusal.code == ErrorCode::kNone) {
      placement = place_partitions(wanted);
      refusal = placement.refusal;
    }
    if (refusal.code != ErrorCode::kNone) {
      result.error_code = refusal.code;
      result.error_message = std::move(refusal.message);
      return result;
    }
    add(wanted.name, own, placement.replicas, result);
    for (const ConfigEntry& entry : config_entries(config.value())) {
      result.configs->push_back({entry.name, entry.value, false, source_of(entry, own), false});
    }
    return result;
  }

  std::vector<metadata::Record> records;

 private:
  Refusal check_name(const std::string& name) const {
    const std::string wrong = topic_name_error(name);
    if (!wrong.empty()) return {ErrorCode::kInvalidTopicException, wrong};
    if (view_.image.topic(name) != nullptr || names_.contains(name)) {
      return {ErrorCode::kTopicAlreadyExists, "Topic '" + name + "' already exists."};
    }
    const std::string* other = view_.index.colliding_topic(name);
    if (other != nullptr) {
      return {ErrorCode::kInvalidTopicException,
              "Topic '" + name + "' collides with existing topic: " + *other};
    }
    return {};
  }

  static Refusal read_configs(const Wanted& wanted, Properties& own) {
    for (const auto& config : wanted.configs) {
      if (!config.value) {
        return {ErrorCode::kInvalidConfig,
                "Null value not supported for topic configs: " + config.name};
      }
      own[config.name] = *config.value;
    }
    return {};
  }

  Placement place_partitions(const Wanted& wanted) {
    if (!wanted.assignments.empty()) return manual(wanted);
    if (wanted.replication_factor < kDefaultValue || wanted.replication_factor == 0) {
      return {{ErrorCode::kInvalidReplicationFactor,
               "Replication factor must be larger than 0, or -1 to use the default value."},
              {}};
    }
    if (wanted.num_partitions < kDefaultValue || wanted.num_partitions == 0) {
      return {{ErrorCode::kInvalidPartitions,
               "Number of partitions was set to an invalid non-positive value."},
              {}};
    }
    const BrokerConfig& config = view_.config.broker;
    const auto partitions = wanted.num_partitions == kDefaultValue
                                ? static_cast<std::int32_t>(config.num_partitions)
                                : wanted.num_partitions;
    const auto factor = wanted.replication_factor == kDefaultValue
                            ? static_cast<std::int32_t>(config.default_replication_factor)
                            : std::int32_t{wanted.replication_factor};
    return place(view_, partitions, factor, random_);
  }

  Placement manual(const Wanted& wanted) const {
    if (wanted.replication_factor != kDefaultValue || wanted.num_partitions != kDefaultValue) {
      return {{ErrorCode::kInvalidRequest,
               "A manual partition assignment was specified, but replication factor or "
               "numPartitions was not set to -1."},
              {}};
    }
    std::map<std::int32_t, Nodes> by_index;
    for (const auto& assignment : wanted.assignments) {
      if (!by_index.emplace(assignment.partition_index, nodes_of(assignment.broker_ids)).second) {
        return {{ErrorCode::kInvalidReplicaAssignment,
                 "Found multiple manual partition assignments for partition " +
                     std::to_string(assignment.partition_index)},
                {}};
      }
    }
    std::vector<Nodes> replicas;
    for (auto& [index, nodes] : by_index) {
      if (index != static_cast<std::int32_t>(replicas.size())) {
        return {{ErrorCode::kInvalidReplicaAssignment,
                 "partitions should be a consecutive 0-based integer sequence"},
                {}};
      }
      replicas.push_back(std::move(nodes));
    }
    const std::size_t factor = replicas.front().size();
    return check_manual(view_, std::move(replicas), factor);
  }

  // Configs stand after the topic and before its partitions, as with Kafka.
  void add(const std::string& name, const Properties& own, const std::vector<Nodes>& replicas,
           CreateTopicsResponse::CreatableTopicResult& result) {
    const Uuid id = random_.uuid();
    names_.insert(name);
    records.emplace_back(metadata::TopicRecord{name, id});
    for (const auto& [key, value] : own) {
      records.emplace_back(metadata::ConfigRecord{
          static_cast<std::int8_t>(metadata::ResourceType::kTopic), name, key, value});
    }
    add_partition_records(view_, id, 0, replicas, records);
    result.topic_id = id;
    result.num_partitions = static_cast<std::int32_t>(replicas.size());
    result.replication_factor = static_cast<std::int16_t>(replicas.front().size());
  }

  const View& view_;
  Random& random_;
  std::set<std::string> names_;
};

Refusal add_partitions(const View& view,
                       const CreatePartitionsRequest::CreatePartitionsTopic& wanted, Random& random,
                       std::vector<metadata::Record>& records) {
  const Topic* topic = view.image.topic(wanted.name);
  if (topic == nullptr) {
    return {ErrorCode::kUnknownTopicOrPartition, "This server does not host this topic-partition."};
  }
  const auto present = static_cast<std::int32_t>(topic->partitions.size());
  if (wanted.count == present) {
    return {ErrorCode::kInvalidPartitions,
            "Topic already has " + std::to_string(present) + " partition(s)."};
  }
  if (wanted.count < present) {
    return {ErrorCode::kInvalidPartitions,
            "The topic " + wanted.name + " currently has " + std::to_string(present) +
                " partition(s); " + std::to_string(wanted.count) + " would not be an increase."};
  }
  const auto additional = static_cast<std::size_t>(wanted.count - present);
  if (additional + records.size() > static_cast<std::size_t>(kPartitionsPerRequestMax)) {
    return {ErrorCode::kPolicyViolation, "Unable to perform excessively large batch operation."};
  }
  const std::size_t factor = topic->partitions.front()->replicas.size();
  Placement placement;
  if (wanted.assignments && !wanted.assignments->empty()) {
    if (wanted.assignments->size() != additional) {
      return {ErrorCode::kInvalidReplicaAssignment,
              "Attempted to add " + std::to_string(additional) +
                  " additional partition(s), but only " +
                  std::to_string(wanted.assignments->size()) + " assignment(s) were specified."};
    }
    std::vector<Nodes> replicas;
    for (const auto& assignment : *wanted.assignments) {
      replicas.push_back(nodes_of(assignment.broker_ids));
    }
    placement = check_manual(view, std::move(replicas), factor);
  } else {
    placement = place(view, static_cast<std::int32_t>(additional),
                      static_cast<std::int32_t>(factor), random);
  }
  if (placement.refusal.code == ErrorCode::kNone) {
    add_partition_records(view, topic->id, present, placement.replicas, records);
  }
  return placement.refusal;
}

// One DeleteTopics request in progress. Who names a topic twice, in whatever way, deletes nothing
// by it and gets one answer for it.
class Deletion {
 public:
  explicit Deletion(const View& view) : view_(view) {}

  Decision run(const DeleteTopicsRequest& request) {
    count(request);
    for (const auto& wanted : request.topics) {
      const bool by_id = !wanted.topic_id.is_zero();
      if (wanted.name && by_id) {
        answer(wanted.name, wanted.topic_id, ErrorCode::kInvalidRequest,
               "You may not specify both topic name and topic id.");
      } else if (wanted.name) {
        by_name(*wanted.name);
      } else if (by_id) {
        by_topic_id(wanted.topic_id);
      } else {
        answer(std::nullopt, kZeroUuid, ErrorCode::kInvalidRequest,
               "Neither topic name nor id were specified.");
      }
    }
    for (const std::string& name : request.topic_names) by_name(name);
    Decision decision;
    decision.records = std::move(records_);
    decision.response = std::move(response_);
    return decision;
  }

 private:
  void count(const DeleteTopicsRequest& request) {
    for (const std::string& name : request.topic_names) ++names_[name];
    for (const auto& wanted : request.topics) {
      const bool by_id = !wanted.topic_id.is_zero();
      if (wanted.name && !by_id) ++names_[*wanted.name];
      if (!wanted.name && by_id) ++ids_[wanted.topic_id];
    }
  }
  void by_name(const std::string& name) {
    int& times = names_[name];
    if (times == 0) return;  // answered
    if (std::exchange(times, 0) > 1) {
      answer(name, kZeroUuid, ErrorCode::kInvalidRequest, "Duplicate topic name.");
      return;
    }
    const Topic* topic = view_.image.topic(name);
    if (topic == nullptr) {
      answer(name, kZeroUuid, ErrorCode::kUnknownTopicOrPartition,
             "This server does not host this topic-partition.");
    } else if (ids_.contains(topic->id)) {
      answer(name, topic->id, ErrorCode::kInvalidRequest,
             "The provided topic name maps to an ID that was already supplied.");
    } else {
      remove(*topic);
    }
  }
  void by_topic_id(Uuid id) {
    int& times = ids_[id];
    if (times == 0) return;
    if (std::exchange(times, 0) > 1) {
      answer(std::nullopt, id, ErrorCode::kInvalidRequest, "Duplicate topic id.");
      return;
    }
    const Topic* topic = view_.image.topic(id);
    if (topic == nullptr) {
      answer(std::nullopt, id, ErrorCode::kUnknownTopicId,
             "This server does not host this topic ID.");
    } else if (!names_.contains(topic->name)) {
      remove(*topic);
    }
  }
  void remove(const Topic& topic) {
    records_.emplace_back(metadata::RemoveTopicRecord{topic.id});
    response_->responses.push_back({topic.name, topic.id, ErrorCode::kNone, std::nullopt});
  }
  void answer(std::optional<std::string> name, Uuid id, ErrorCode error, std::string message) {
    response_->responses.push_back({std::move(name), id, error, std::move(message)});
  }

  const View& view_;
  std::map<std::string, int> names_;  // how often named; 0 once answered
  std::map<Uuid, int> ids_;
  std::vector<metadata::Record> records_;
  std::shared_ptr<DeleteTopicsResponse> response_ = std::make_shared<DeleteTopicsResponse>();
};

// Partitions that a request would make, counted as far as the limit.
bool too_many_partitions(const View& view, const CreateTopicsRequest& request) {
  std::int64_t total = 0;
  for (const Wanted& wanted : request.topics) {
    if (!wanted.assignments.empty()) {
      total += static_cast<std::int64_t>(wanted.assignments.size());
    } else if (wanted.num_partitions == kDefaultValue) {
      total += view.config.broker.num_partitions;
    } else if (wanted.num_partitions > 0) {
      total += wanted.num_partitions;
    }
    if (total > kPartitionsPerRequestMax) return true;
  }
  return false;
}

}  // namespace

std::string topic_name_error(const std::string& name) {
  if (name.empty()) return "Topic name is invalid: the empty string is not allowed";
  if (name == "." || name == "..") return "Topic name is invalid: '.' or '..' is not allowed";
  if (name.size() > kTopicNameMax) {
    return "Topic name is invalid: the length of '" + name +
           "' is longer than the max allowed length " + std::to_string(kTopicNameMax);
  }
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (std::all_of(name.begin(), name.end(), allowed)) return "";
  return "Topic name is invalid: '" + name +
         "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
}

Decision create_topics(const View& view, const CreateTopicsRequest& request, Random& random) {
  Decision decision;
  if (too_many_partitions(view, request)) {
    decision.response = refuse(request, ErrorCode::kPolicyViolation,
                               "Excessively large number of partitions per request.");
    return decision;
  }
  auto response = std::make_shared<CreateTopicsResponse>();
  std::map<std::string, int> times;
  for (const Wanted& wanted : request.topics) ++times[wanted.name];
  Creation creation(view, random);
  for (const Wanted& wanted : request.topics) {
    const int named = std::exchange(times[wanted.name], 0);
    if (named == 1 && wanted.name != kMetadataTopic) {
      response->topics.push_back(creation.create(wanted));
    } else if (named > 0) {
      CreateTopicsResponse::CreatableTopicResult result;
      result.name = wanted.name;
      result.error_code = ErrorCode::kInvalidRequest;
      result.error_message = named > 1
                                 ? "Duplicate topic name."
                                 : "Creation of internal topic " + wanted.name + " is prohibited.";
      response->topics.push_back(std::move(result));
    }
  }
  if (!request.validate_only) decision.records = std::move(creation.records);
  decision.response = std::move(response);
  return decision;
}

Decision delete_topics(const View& view, const DeleteTopicsRequest& request, std::int16_t version) {
  if (!view.config.broker.delete_topic_enable) {
    Decision decision;
    const ErrorCode code = version < kKnowsDisabledDeletion ? ErrorCode::kInvalidRequest
                                                            : ErrorCode::kTopicDeletionDisabled;
    decision.response = refuse(request, code, "Topic deletion is disabled.");
    return decision;
  }
  return Deletion(view).run(request);
}

Decision create_partitions(const View& view, const CreatePartitionsRequest& request,
                           Random& random) {
  Decision decision;
  auto response = std::make_shared<CreatePartitionsResponse>();
  std::map<std::string, int> times;
  for (const auto& wanted : request.topics) ++times[wanted.name];
  for (const auto& wanted : request.topics) {
    const int named = std::exchange(times[wanted.name], 0);
    if (named == 0) continue;  // answered
    Refusal refusal{ErrorCode::kInvalidRequest, "Duplicate topic name."};
    if (named == 1) refusal = add_partitions(view, wanted, random, decision.records);
    CreatePartitionsResponse::CreatePartitionsTopicResult result;
    result.name = wanted.name;
    result.error_code = refusal.code;
    if (refusal.code != ErrorCode::kNone) result.error_message = std::move(refusal.message);
    response->results.push_back(std::move(result));
  }
  if (request.validate_only) decision.records.clear();
  decision.response = std::move(response);
  return decision;
}

}  // namespace logarium::controller
