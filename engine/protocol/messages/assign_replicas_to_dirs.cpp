#include "engine/protocol/messages/assign_replicas_to_dirs.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void AssignReplicasToDirsRequest::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
}

template <class V, class M>
void AssignReplicasToDirsRequest::TopicData::describe(V& v, M& m) {
  v("TopicId", m.topic_id, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void AssignReplicasToDirsRequest::DirectoryData::describe(V& v, M& m) {
  v("Id", m.id, since(0));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void AssignReplicasToDirsRequest::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
  v("Directories", m.directories, since(0));
}

template <class V, class M>
void AssignReplicasToDirsResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
}

template <class V, class M>
void AssignReplicasToDirsResponse::TopicData::describe(V& v, M& m) {
  v("TopicId", m.topic_id, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void AssignReplicasToDirsResponse::DirectoryData::describe(V& v, M& m) {
  v("Id", m.id, since(0));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void AssignReplicasToDirsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("Directories", m.directories, since(0));
}

template struct Wire<AssignReplicasToDirsRequest, ApiKey::kAssignReplicasToDirs,
                     Message::Direction::kRequest>;
template struct Wire<AssignReplicasToDirsResponse, ApiKey::kAssignReplicasToDirs,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
