#include "engine/protocol/messages/alter_partition.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void AlterPartitionRequest::BrokerState::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(3));
  v("BrokerEpoch", m.broker_epoch, since(3));
}

template <class V, class M>
void AlterPartitionRequest::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("NewIsr", m.new_isr, only(0, 2));
  v("NewIsrWithEpochs", m.new_isr_with_epochs, since(3));
  v("LeaderRecoveryState", m.leader_recovery_state, since(1));
  v("PartitionEpoch", m.partition_epoch, since(0));
}

template <class V, class M>
void AlterPartitionRequest::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, only(0, 1));
  v("TopicId", m.topic_id, since(2));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void AlterPartitionRequest::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
  v("Topics", m.topics, since(0));
}

template <class V, class M>
void AlterPartitionResponse::PartitionData::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("LeaderId", m.leader_id, since(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("Isr", m.isr, since(0));
  v("LeaderRecoveryState", m.leader_recovery_state, since(1));
  v("PartitionEpoch", m.partition_epoch, since(0));
}

template <class V, class M>
void AlterPartitionResponse::TopicData::describe(V& v, M& m) {
  v("TopicName", m.topic_name, only(0, 1));
  v("TopicId", m.topic_id, since(2));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void AlterPartitionResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("Topics", m.topics, since(0));
}

template struct Wire<AlterPartitionRequest, ApiKey::kAlterPartition, Message::Direction::kRequest>;
template struct Wire<AlterPartitionResponse, ApiKey::kAlterPartition,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
