#include "engine/protocol/messages/list_partition_reassignments.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void ListPartitionReassignmentsRequest::ListPartitionReassignmentsTopics::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("PartitionIndexes", m.partition_indexes, since(0));
}

template <class V, class M>
void ListPartitionReassignmentsRequest::describe(V& v, M& m) {
  v("TimeoutMs", m.timeout_ms, since(0));
  v("Topics", m.topics, since(0).nullable());
}

template <class V, class M>
void ListPartitionReassignmentsResponse::OngoingPartitionReassignment::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("Replicas", m.replicas, since(0));
  v("AddingReplicas", m.adding_replicas, since(0));
  v("RemovingReplicas", m.removing_replicas, since(0));
}

template <class V, class M>
void ListPartitionReassignmentsResponse::OngoingTopicReassignment::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void ListPartitionReassignmentsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
  v("Topics", m.topics, since(0));
}

template struct Wire<ListPartitionReassignmentsRequest, ApiKey::kListPartitionReassignments,
                     Message::Direction::kRequest>;
template struct Wire<ListPartitionReassignmentsResponse, ApiKey::kListPartitionReassignments,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
