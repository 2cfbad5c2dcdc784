#include "engine/protocol/messages/fetch_snapshot.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void FetchSnapshotRequest::SnapshotId::describe(V& v, M& m) {
  v("EndOffset", m.end_offset, since(0));
  v("Epoch", m.epoch, since(0));
}

template <class V, class M>
void FetchSnapshotRequest::PartitionSnapshot::describe(V& v, M& m) {
  v("Partition", m.partition, since(0));
  v("CurrentLeaderEpoch", m.current_leader_epoch, since(0));
  v("SnapshotId", m.snapshot_id, since(0));
  v("Position", m.position, since(0));
  v("ReplicaDirectoryId", m.replica_directory_id, since(1).tagged(0));
}

template <class V, class M>
void FetchSnapshotRequest::TopicSnapshot::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void FetchSnapshotRequest::describe(V& v, M& m) {
  v("ClusterId", m.cluster_id, since(0).nullable().tagged(0));
  v("ReplicaId", m.replica_id, since(0));
  v("MaxBytes", m.max_bytes, since(0));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void FetchSnapshotResponse::SnapshotId::describe(V& v, M& m) {
  v("EndOffset", m.end_offset, since(0));
  v("Epoch", m.epoch, since(0));
}

template <class V, class M>
void FetchSnapshotResponse::LeaderIdAndEpoch::describe(V& v, M& m) {
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
}

template <class V, class M>
void FetchSnapshotResponse::PartitionSnapshot::describe(V& v, M& m) {
  v("Index", m.index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("SnapshotId", m.snapshot_id, since(0));
  v("CurrentLeader", m.current_leader, since(0).tagged(0));
  v("Size", m.size, since(0));
  v("Position", m.position, since(0));
  v("UnalignedRecords", m.unaligned_records, since(0));
}

template <class V, class M>
void FetchSnapshotResponse::TopicSnapshot::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void FetchSnapshotResponse::NodeEndpoint::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(1));
  v("Host", m.host, since(1));
  v("Port", m.port, since(1));
}

template <class V, class M>
void FetchSnapshotResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("Topics", m.topics, since(0));
  v("NodeEndpoints", m.node_endpoints, since(1).tagged(0));
}

template struct Wire<FetchSnapshotRequest, ApiKey::kFetchSnapshot, Message::Direction::kRequest>;
template struct Wire<FetchSnapshotResponse, ApiKey::kFetchSnapshot, Message::Direction::kResponse>;

}  // namespace logarium::protocol
