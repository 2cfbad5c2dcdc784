#include "engine/protocol/messages/offset_for_leader_epoch.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void OffsetForLeaderEpochRequest::OffsetForLeaderPartition::describe(V& v, M& m) {
  v("Partition", m.partition, since(0));
  v("CurrentLeaderEpoch", m.current_leader_epoch, since(2));
  v("LeaderEpoch", m.leader_epoch, since(0));
}

template <class V, class M>
void OffsetForLeaderEpochRequest::OffsetForLeaderTopic::describe(V& v, M& m) {
  v("Topic", m.topic, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void OffsetForLeaderEpochRequest::describe(V& v, M& m) {
  v("ReplicaId", m.replica_id, since(3));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void OffsetForLeaderEpochResponse::EpochEndOffset::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("Partition", m.partition, since(0));
  v("LeaderEpoch", m.leader_epoch, since(1));
  v("EndOffset", m.end_offset, since(0));
}

template <class V, class M>
void OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult::describe(V& v, M& m) {
  v("Topic", m.topic, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void OffsetForLeaderEpochResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(2));
  v("Topics", m.topics, since(0));
}

template struct Wire<OffsetForLeaderEpochRequest, ApiKey::kOffsetForLeaderEpoch,
                     Message::Direction::kRequest>;
template struct Wire<OffsetForLeaderEpochResponse, ApiKey::kOffsetForLeaderEpoch,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
