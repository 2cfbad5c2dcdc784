#include "engine/protocol/messages/create_topics.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void CreateTopicsRequest::CreatableReplicaAssignment::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("BrokerIds", m.broker_ids, since(0));
}

template <class V, class M>
void CreateTopicsRequest::CreatableTopicConfig::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Value", m.value, since(0).nullable());
}

template <class V, class M>
void CreateTopicsRequest::CreatableTopic::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("NumPartitions", m.num_partitions, since(0));
  v("ReplicationFactor", m.replication_factor, since(0));
  v("Assignments", m.assignments, since(0));
  v("Configs", m.configs, since(0));
}

template <class V, class M>
void CreateTopicsRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(0));
  v("timeoutMs", m.timeout_ms, since(0));
  v("validateOnly", m.validate_only, since(1));
}

template <class V, class M>
void CreateTopicsResponse::CreatableTopicConfigs::describe(V& v, M& m) {
  v("Name", m.name, since(5));
  v("Value", m.value, since(5).nullable());
  v("ReadOnly", m.read_only, since(5));
  v("ConfigSource", m.config_source, since(5));
  v("IsSensitive", m.is_sensitive, since(5));
}

template <class V, class M>
void CreateTopicsResponse::CreatableTopicResult::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("TopicId", m.topic_id, since(7));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(1).nullable());
  v("TopicConfigErrorCode", m.topic_config_error_code, since(5).tagged(0));
  v("NumPartitions", m.num_partitions, since(5));
  v("ReplicationFactor", m.replication_factor, since(5));
  v("Configs", m.configs, since(5).nullable());
}

template <class V, class M>
void CreateTopicsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(2));
  v("Topics", m.topics, since(0));
}

template struct Wire<CreateTopicsRequest, ApiKey::kCreateTopics, Message::Direction::kRequest>;
template struct Wire<CreateTopicsResponse, ApiKey::kCreateTopics, Message::Direction::kResponse>;

}  // namespace logarium::protocol
