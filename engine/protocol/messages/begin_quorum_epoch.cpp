#include "engine/protocol/messages/begin_quorum_epoch.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void BeginQuorumEpochRequest::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("VoterDirectoryId", m.voter_directory_id, since(1));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
}

template <class V, class M>
void BeginQuorumEpochRequest::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void BeginQuorumEpochRequest::LeaderEndpoint::describe(V& v, M& m) {
  v("Name", m.name, since(1));
  v("Host", m.host, since(1));
  v("Port", m.port, since(1));
}

template <class V, class M>
void BeginQuorumEpochRequest::describe(V& v, M& m) {
  v("ClusterId", m.cluster_id, since(0).nullable());
  v("VoterId", m.voter_id, since(1));
  v("Topics", m.topics, since(0));
  v("LeaderEndpoints", m.leader_endpoints, since(1));
}

template <class V, class M>
void BeginQuorumEpochResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
}

template <class V, class M>
void BeginQuorumEpochResponse::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void BeginQuorumEpochResponse::NodeEndpoint::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(1));
  v("Host", m.host, since(1));
  v("Port", m.port, since(1));
}

template <class V, class M>
void BeginQuorumEpochResponse::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("Topics", m.topics, since(0));
  v("NodeEndpoints", m.node_endpoints, since(1).tagged(0));
}

template struct Wire<BeginQuorumEpochRequest, ApiKey::kBeginQuorumEpoch,
                     Message::Direction::kRequest>;
template struct Wire<BeginQuorumEpochResponse, ApiKey::kBeginQuorumEpoch,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
