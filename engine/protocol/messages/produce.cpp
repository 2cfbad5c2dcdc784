#include "engine/protocol/messages/produce.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void ProduceRequest::PartitionProduceData::describe(V& v, M& m) {
  v("Index", m.index, since(0));
  v("Records", m.records, since(0).nullable());
}

template <class V, class M>
void ProduceRequest::TopicProduceData::describe(V& v, M& m) {
  v("Name", m.name, only(0, 12));
  v("TopicId", m.topic_id, since(13));
  v("PartitionData", m.partition_data, since(0));
}

template <class V, class M>
void ProduceRequest::describe(V& v, M& m) {
  v("TransactionalId", m.transactional_id, since(3).nullable());
  v("Acks", m.acks, since(0));
  v("TimeoutMs", m.timeout_ms, since(0));
  v("TopicData", m.topic_data, since(0));
}

template <class V, class M>
void ProduceResponse::BatchIndexAndErrorMessage::describe(V& v, M& m) {
  v("BatchIndex", m.batch_index, since(8));
  v("BatchIndexErrorMessage", m.batch_index_error_message, since(8).nullable());
}

template <class V, class M>
void ProduceResponse::LeaderIdAndEpoch::describe(V& v, M& m) {
  v("LeaderId", m.leader_id, since(10));
  v("LeaderEpoch", m.leader_epoch, since(10));
}

template <class V, class M>
void ProduceResponse::PartitionProduceResponse::describe(V& v, M& m) {
  v("Index", m.index, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("BaseOffset", m.base_offset, since(0));
  v("LogAppendTimeMs", m.log_append_time_ms, since(2));
  v("LogStartOffset", m.log_start_offset, since(5));
  v("RecordErrors", m.record_errors, since(8));
  v("ErrorMessage", m.error_message, since(8).nullable());
  v("CurrentLeader", m.current_leader, since(10).tagged(0));
}

template <class V, class M>
void ProduceResponse::TopicProduceResponse::describe(V& v, M& m) {
  v("Name", m.name, only(0, 12));
  v("TopicId", m.topic_id, since(13));
  v("PartitionResponses", m.partition_responses, since(0));
}

template <class V, class M>
void ProduceResponse::NodeEndpoint::describe(V& v, M& m) {
  v("NodeId", m.node_id, since(10));
  v("Host", m.host, since(10));
  v("Port", m.port, since(10));
  v("Rack", m.rack, since(10).nullable());
}

template <class V, class M>
void ProduceResponse::describe(V& v, M& m) {
  v("Responses", m.responses, since(0));
  v("ThrottleTimeMs", m.throttle_time_ms, since(1));
  v("NodeEndpoints", m.node_endpoints, since(10).tagged(0));
}

template struct Wire<ProduceRequest, ApiKey::kProduce, Message::Direction::kRequest>;
template struct Wire<ProduceResponse, ApiKey::kProduce, Message::Direction::kResponse>;

}  // namespace logarium::protocol
