#include "engine/protocol/messages/elect_leaders.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void ElectLeadersRequest::TopicPartitions::describe(V& v, M& m) {
  v("Topic", m.topic, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void ElectLeadersRequest::describe(V& v, M& m) {
  v("ElectionType", m.election_type, since(1));
  v("TopicPartitions", m.topic_partitions, since(0).nullable());
  v("TimeoutMs", m.timeout_ms, since(0));
}

template <class V, class M>
void ElectLeadersResponse::PartitionResult::describe(V& v, M& m) {
  v("PartitionId", m.partition_id, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
}

template <class V, class M>
void ElectLeadersResponse::ReplicaElectionResult::describe(V& v, M& m) {
  v("Topic", m.topic, since(0));
  v("PartitionResult", m.partition_result, since(0));
}

template <class V, class M>
void ElectLeadersResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(1));
  v("ReplicaElectionResults", m.replica_election_results, since(0));
}

template struct Wire<ElectLeadersRequest, ApiKey::kElectLeaders, Message::Direction::kRequest>;
template struct Wire<ElectLeadersResponse, ApiKey::kElectLeaders, Message::Direction::kResponse>;

}  // namespace logarium::protocol
