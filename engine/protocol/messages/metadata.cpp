#include "engine/protocol/messages/metadata.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void MetadataRequest::MetadataRequestTopic::describe(V& v, M& m) {
  v("TopicId", m.topic_id, since(10));
  v("Name", m.name, since(0).nullable(10));
}

template <class V, class M>
void MetadataRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(0).nullable(1));
  v("AllowAutoTopicCreation", m.allow_auto_topic_creation, since(4));
  v("IncludeClusterAuthorizedOperations", m.include_cluster_authorized_operations, only(8, 10));
  v("IncludeTopicAuthorizedOperations", m.include_topic_authorized_operations, since(8));
}

template <class V, class M>
void MetadataResponse::MetadataResponseBroker::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(0));
  v("Host", m.host, since(0));
  v("Port", m.port, since(0));
  v("Rack", m.rack, since(1).nullable());
}

template <class V, class M>
void MetadataResponse::MetadataResponsePartition::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("PartitionIndex", m.partition_index, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(7));
  v("ReplicaNodes", m.replica_nodes, since(0));
  v("IsrNodes", m.isr_nodes, since(0));
  v("OfflineReplicas", m.offline_replicas, since(5));
}

template <class V, class M>
void MetadataResponse::MetadataResponseTopic::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("Name", m.name, since(0).nullable(12));
  v("TopicId", m.topic_id, since(10));
  v("IsInternal", m.is_internal, since(1));
  v("Partitions", m.partitions, since(0));
  v("TopicAuthorizedOperations", m.topic_authorized_operations, since(8));
}

template <class V, class M>
void MetadataResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(3));
  v("Brokers", m.brokers, since(0));
  v("ClusterId", m.cluster_id, since(2).nullable());
  v("ControllerId", m.controller_id, since(1));
  v("Topics", m.topics, since(0));
  v("ClusterAuthorizedOperations", m.cluster_authorized_operations, only(8, 10));
  v("ErrorCode", m.error_code, since(13));
}

template struct Wire<MetadataRequest, ApiKey::kMetadata, Message::Direction::kRequest>;
template struct Wire<MetadataResponse, ApiKey::kMetadata, Message::Direction::kResponse>;

}  // namespace logarium::protocol
