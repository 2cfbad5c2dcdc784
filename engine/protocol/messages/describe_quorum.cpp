#include "engine/protocol/messages/describe_quorum.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void DescribeQuorumRequest::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
}

template <class V, class M>
void DescribeQuorumRequest::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void DescribeQuorumRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void DescribeQuorumResponse::ReplicaState::describe(V& v, M& m) {
  v("ReplicaId", m.replica_id, since(0));
  v("ReplicaDirectoryId", m.replica_directory_id, since(2));
  v("LogEndOffset", m.log_end_offset, since(0));
  v("LastFetchTimestamp", m.last_fetch_timestamp, since(1));
  v("LastCaughtUpTimestamp", m.last_caught_up_timestamp, since(1));
}

template <class V, class M>
void DescribeQuorumResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(2).nullable());
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("HighWatermark", m.high_watermark, since(0));
  v("CurrentVoters", m.current_voters, since(0));
  v("Observers", m.observers, since(0));
}

template <class V, class M>
void DescribeQuorumResponse::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void DescribeQuorumResponse::Listener::describe(V& v, M& m) {
  v("Name", m.name, since(2));
  v("Host", m.host, since(2));
  v("Port", m.port, since(2));
}

template <class V, class M>
void DescribeQuorumResponse::Node::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(2));
  v("Listeners", m.listeners, since(2));
}

template <class V, class M>
void DescribeQuorumResponse::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(2).nullable());
  v("Topics", m.topics, since(0));
  v("Nodes", m.nodes, since(2));
}

template struct Wire<DescribeQuorumRequest, ApiKey::kDescribeQuorum, Message::Direction::kRequest>;
template struct Wire<DescribeQuorumResponse, ApiKey::kDescribeQuorum,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
