#include "engine/protocol/messages/describe_topic_partitions.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void DescribeTopicPartitionsRequest::TopicRequest::describe(V& v, M& m) {
  v("Name", m.name, since(0));
}

template <class V, class M>
void DescribeTopicPartitionsCursor::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("PartitionIndex", m.partition_index, since(0));
}

template <class V, class M>
void DescribeTopicPartitionsRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(0));
  v("ResponsePartitionLimit", m.response_partition_limit, since(0));
  v("Cursor", m.cursor, since(0).nullable());
}

template <class V, class M>
void DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition::describe(V& v,
                                                                                         M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("PartitionIndex", m.partition_index, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("ReplicaNodes", m.replica_nodes, since(0));
  v("IsrNodes", m.isr_nodes, since(0));
  v("EligibleLeaderReplicas", m.eligible_leader_replicas, since(0).nullable());
  v("LastKnownElr", m.last_known_elr, since(0).nullable());
  v("OfflineReplicas", m.offline_replicas, since(0));
}

template <class V, class M>
void DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("Name", m.name, since(0).nullable());
  v("TopicId", m.topic_id, since(0));
  v("IsInternal", m.is_internal, since(0));
  v("Partitions", m.partitions, since(0));
  v("TopicAuthorizedOperations", m.topic_authorized_operations, since(0));
}

template <class V, class M>
void DescribeTopicPartitionsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("Topics", m.topics, since(0));
  v("NextCursor", m.next_cursor, since(0).nullable());
}

template struct Wire<DescribeTopicPartitionsRequest, ApiKey::kDescribeTopicPartitions,
                     Message::Direction::kRequest>;
template struct Wire<DescribeTopicPartitionsResponse, ApiKey::kDescribeTopicPartitions,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
