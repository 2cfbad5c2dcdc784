#include "engine/protocol/messages/alter_partition_reassignments.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void AlterPartitionReassignmentsRequest::ReassignablePartition::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("Replicas", m.replicas, since(0).nullable());
}

template <class V, class M>
void AlterPartitionReassignmentsRequest::ReassignableTopic::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void AlterPartitionReassignmentsRequest::describe(V& v, M& m) {
  v("TimeoutMs", m.timeout_ms, since(0));
  v("AllowReplicationFactorChange", m.allow_replication_factor_change, since(1));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void AlterPartitionReassignmentsResponse::ReassignablePartitionResponse::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
}

template <class V, class M>
void AlterPartitionReassignmentsResponse::ReassignableTopicResponse::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void AlterPartitionReassignmentsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("AllowReplicationFactorChange", m.allow_replication_factor_change, since(1));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
  v("Responses", m.responses, since(0));
}

template struct Wire<AlterPartitionReassignmentsRequest, ApiKey::kAlterPartitionReassignments,
                     Message::Direction::kRequest>;
template struct Wire<AlterPartitionReassignmentsResponse, ApiKey::kAlterPartitionReassignments,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
