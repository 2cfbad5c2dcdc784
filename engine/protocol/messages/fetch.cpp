#include "engine/protocol/messages/fetch.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void FetchRequest::ReplicaState::describe(V& v, M& m) {
  v("ReplicaId", m.replica_id, since(15));
  v("ReplicaEpoch", m.replica_epoch, since(15));
}

template <class V, class M>
void FetchRequest::FetchPartition::describe(V& v, M& m) {
  v("Partition", m.partition, since(0));
  v("CurrentLeaderEpoch", m.current_leader_epoch, since(9));
  v("FetchOffset", m.fetch_offset, since(0));
  v("LastFetchedEpoch", m.last_fetched_epoch, since(12));
  v("LogStartOffset", m.log_start_offset, since(5));
  v("PartitionMaxBytes", m.partition_max_bytes, since(0));
  v("ReplicaDirectoryId", m.replica_directory_id, since(17).tagged(0));
  constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::max();
  v("HighWatermark", m.high_watermark, since(18).tagged(1, kUnknown));
}

template <class V, class M>
void FetchRequest::FetchTopic::describe(V& v, M& m) {
  v("Topic", m.topic, only(0, 12));
  v("TopicId", m.topic_id, since(13));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void FetchRequest::ForgottenTopic::describe(V& v, M& m) {
  v("Topic", m.topic, only(7, 12));
  v("TopicId", m.topic_id, since(13));
  v("Partitions", m.partitions, since(7));
}

template <class V, class M>
void FetchRequest::describe(V& v, M& m) {
  v("ClusterId", m.cluster_id, since(12).nullable().tagged(0));
  v("ReplicaId", m.replica_id, only(0, 14));
  v("ReplicaState", m.replica_state, since(15).tagged(1));
  v("MaxWaitMs", m.max_wait_ms, since(0));
  v("MinBytes", m.min_bytes, since(0));
  v("MaxBytes", m.max_bytes, since(3));
  v("IsolationLevel", m.isolation_level, since(4));
  v("SessionId", m.session_id, since(7));
  v("SessionEpoch", m.session_epoch, since(7));
  v("Topics", m.topics, since(0));
  v("ForgottenTopicsData", m.forgotten_topics_data, since(7));
  v("RackId", m.rack_id, since(11));
}

template <class V, class M>
void FetchResponse::EpochEndOffset::describe(V& v, M& m) {
  v("Epoch", m.epoch, since(12));
  v("EndOffset", m.end_offset, since(12));
}

template <class V, class M>
void FetchResponse::LeaderIdAndEpoch::describe(V& v, M& m) {
  v("LeaderId", m.leader_id, since(12));
  v("LeaderEpoch", m.leader_epoch, since(12));
}

template <class V, class M>
void FetchResponse::SnapshotId::describe(V& v, M& m) {
  v("EndOffset", m.end_offset, since(0));
  v("Epoch", m.epoch, since(0));
}

template <class V, class M>
void FetchResponse::AbortedTransaction::describe(V& v, M& m) {
  v("ProducerId", m.producer_id, since(4));
  v("FirstOffset", m.first_offset, since(4));
}

template <class V, class M>
void FetchResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("HighWatermark", m.high_watermark, since(0));
  v("LastStableOffset", m.last_stable_offset, since(4));
  v("LogStartOffset", m.log_start_offset, since(5));
  v("DivergingEpoch", m.diverging_epoch, since(12).tagged(0));
  v("CurrentLeader", m.current_leader, since(12).tagged(1));
  v("SnapshotId", m.snapshot_id, since(12).tagged(2));
  v("AbortedTransactions", m.aborted_transactions, since(4).nullable());
  v("PreferredReadReplica", m.preferred_read_replica, since(11));
  v("Records", m.records, since(0).nullable());
}

template <class V, class M>
void FetchResponse::FetchableTopicResponse::describe(V& v, M& m) {
  v("Topic", m.topic, only(0, 12));
  v("TopicId", m.topic_id, since(13));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void FetchResponse::NodeEndpoint::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(16));
  v("Host", m.host, since(16));
  v("Port", m.port, since(16));
  v("Rack", m.rack, since(16).nullable());
}

template <class V, class M>
void FetchResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(1));
  v("ErrorCode", m.error_code, since(7));
  v("SessionId", m.session_id, since(7));
  v("Responses", m.responses, since(0));
  v("NodeEndpoints", m.node_endpoints, since(16).tagged(0));
}

template struct Wire<FetchRequest, ApiKey::kFetch, Message::Direction::kRequest>;
template struct Wire<FetchResponse, ApiKey::kFetch, Message::Direction::kResponse>;

}  // namespace logarium::protocol
