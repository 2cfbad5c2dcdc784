#include "engine/protocol/messages/vote.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void VoteRequest::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ReplicaEpoch", m.replica_epoch, since(0));
  v("ReplicaId", m.replica_id, since(0));
  v("ReplicaDirectoryId", m.replica_directory_id, since(1));
  v("VoterDirectoryId", m.voter_directory_id, since(1));
  v("LastOffsetEpoch", m.last_offset_epoch, since(0));
  v("LastOffset", m.last_offset, since(0));
  v("PreVote", m.pre_vote, since(2));
}

template <class V, class M>
void VoteRequest::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void VoteRequest::describe(V& v, M& m) {
  v("ClusterId", m.cluster_id, since(0).nullable());
  v("VoterId", m.voter_id, since(1));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void VoteResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("VoteGranted", m.vote_granted, since(0));
}

template <class V, class M>
void VoteResponse::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void VoteResponse::NodeEndpoint::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(1));
  v("Host", m.host, since(1));
  v("Port", m.port, since(1));
}

template <class V, class M>
void VoteResponse::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("Topics", m.topics, since(0));
  v("NodeEndpoints", m.node_endpoints, since(1).tagged(0));
}

template struct Wire<VoteRequest, ApiKey::kVote, Message::Direction::kRequest>;
template struct Wire<VoteResponse, ApiKey::kVote, Message::Direction::kResponse>;

}  // namespace logarium::protocol
