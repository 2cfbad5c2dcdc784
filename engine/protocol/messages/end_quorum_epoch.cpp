#include "engine/protocol/messages/end_quorum_epoch.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void EndQuorumEpochRequest::ReplicaInfo::describe(V& v, M& m) {
  v("CandidateId", m.candidate_id, since(1));
  v("CandidateDirectoryId", m.candidate_directory_id, since(1));
}

template <class V, class M>
void EndQuorumEpochRequest::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("PreferredSuccessors", m.preferred_successors, only(0, 0));
  v("PreferredCandidates", m.preferred_candidates, since(1));
}

template <class V, class M>
void EndQuorumEpochRequest::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void EndQuorumEpochRequest::LeaderEndpoint::describe(V& v, M& m) {
  v("Name", m.name, since(1));
  v("Host", m.host, since(1));
  v("Port", m.port, since(1));
}

template <class V, class M>
void EndQuorumEpochRequest::describe(V& v, M& m) {
  v("ClusterId", m.cluster_id, since(0).nullable());
  v("Topics", m.topics, since(0));
  v("LeaderEndpoints", m.leader_endpoints, since(1));
}

template <class V, class M>
void EndQuorumEpochResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
}

template <class V, class M>
void EndQuorumEpochResponse::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void EndQuorumEpochResponse::NodeEndpoint::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(1));
  v("Host", m.host, since(1));
  v("Port", m.port, since(1));
}

template <class V, class M>
void EndQuorumEpochResponse::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("Topics", m.topics, since(0));
  v("NodeEndpoints", m.node_endpoints, since(1).tagged(0));
}

template struct Wire<EndQuorumEpochRequest, ApiKey::kEndQuorumEpoch, Message::Direction::kRequest>;
template struct Wire<EndQuorumEpochResponse, ApiKey::kEndQuorumEpoch,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
