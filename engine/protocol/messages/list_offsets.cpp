#include "engine/protocol/messages/list_offsets.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void ListOffsetsRequest::ListOffsetsPartition::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("CurrentLeaderEpoch", m.current_leader_epoch, since(4));
  v("Timestamp", m.timestamp, since(0));
  v("MaxNumOffsets", m.max_num_offsets, only(0, 0));
}

template <class V, class M>
void ListOffsetsRequest::ListOffsetsTopic::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void ListOffsetsRequest::describe(V& v, M& m) {
  v("ReplicaId", m.replica_id, since(0));
  v("IsolationLevel", m.isolation_level, since(2));
  v("Topics", m.topics, since(0));
  v("TimeoutMs", m.timeout_ms, since(10));
}

template <class V, class M>
void ListOffsetsResponse::ListOffsetsPartitionResponse::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("OldStyleOffsets", m.old_style_offsets, only(0, 0));
  v("Timestamp", m.timestamp, since(1));
  v("Offset", m.offset, since(1));
  v("LeaderEpoch", m.leader_epoch, since(4));
}

template <class V, class M>
void ListOffsetsResponse::ListOffsetsTopicResponse::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void ListOffsetsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(2));
  v("Topics", m.topics, since(0));
}

template struct Wire<ListOffsetsRequest, ApiKey::kListOffsets, Message::Direction::kRequest>;
template struct Wire<ListOffsetsResponse, ApiKey::kListOffsets, Message::Direction::kResponse>;

}  // namespace logarium::protocol
