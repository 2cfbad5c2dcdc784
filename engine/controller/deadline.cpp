#include "engine/controller/deadline.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/base/ids.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"

namespace logarium::controller {

using protocol::ApiKey;
using protocol::as;

namespace {

// How often each thing is named.
template <class Name>
class Tally {
 public:
  void count(const Name& name) { ++times_[name]; }
  [[nodiscard]] bool any_once() const {
    for (const auto& [name, times] : times_) {
      if (times == 1) return true;
    }
    return false;
  }

 private:
  std::map<Name, int> times_;
};

bool asks(const protocol::CreateTopicsRequest& request) {
  Tally<std::string> names;
  for (const auto& topic : request.topics) {
    if (topic.name != kMetadataTopic) names.count(topic.name);
  }
  return names.any_once();
}

bool asks(const protocol::DeleteTopicsRequest& request) {
  Tally<std::string> names;
  Tally<Uuid> ids;
  for (const std::string& name : request.topic_names) names.count(name);
  for (const auto& topic : request.topics) {
    const bool by_id = !topic.topic_id.is_zero();
    if (topic.name && !by_id) names.count(*topic.name);
    if (!topic.name && by_id) ids.count(topic.topic_id);
  }
  return names.any_once() || ids.any_once();
}

bool asks(const protocol::CreatePartitionsRequest& request) {
  Tally<std::string> names;
  for (const auto& topic : request.topics) names.count(topic.name);
  return names.any_once();
}

// Null means all partitions.
bool asks(const protocol::ElectLeadersRequest& request) {
  return !request.topic_partitions || !request.topic_partitions->empty();
}

bool asks(const protocol::AlterPartitionReassignmentsRequest& request) {
  return !request.topics.empty();
}

template <class Request>
bool over(const Message& body) {
  const auto& request = as<Request>(body);
  return request.timeout_ms <= 0 && asks(request);
}

}  // namespace

bool no_time_left(const Message& body, const ServerConfig& config) {
  switch (static_cast<ApiKey>(body.api_key())) {
    case ApiKey::kCreateTopics:
      return over<protocol::CreateTopicsRequest>(body);
    case ApiKey::kDeleteTopics:
      return config.broker.delete_topic_enable && over<protocol::DeleteTopicsRequest>(body);
    case ApiKey::kCreatePartitions:
      return over<protocol::CreatePartitionsRequest>(body);
    case ApiKey::kElectLeaders:
      return over<protocol::ElectLeadersRequest>(body);
    case ApiKey::kAlterPartitionReassignments:
      return over<protocol::AlterPartitionReassignmentsRequest>(body);
    default:
      return false;
  }
}

}  // namespace logarium::controller
