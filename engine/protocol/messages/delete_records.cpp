#include "engine/protocol/messages/delete_records.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void DeleteRecordsRequest::DeleteRecordsPartition::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("Offset", m.offset, since(0));
}

template <class V, class M>
void DeleteRecordsRequest::DeleteRecordsTopic::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void DeleteRecordsRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(0));
  v("TimeoutMs", m.timeout_ms, since(0));
}

template <class V, class M>
void DeleteRecordsResponse::DeleteRecordsPartitionResult::describe(V& v, M& m) {
  v("PartitionIndex", m.partition_index, since(0));
  v("LowWatermark", m.low_watermark, since(0));
  v("ErrorCode", m.error_code, since(0));
}

template <class V, class M>
void DeleteRecordsResponse::DeleteRecordsTopicResult::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Partitions", m.partitions, since(0));
}

template <class V, class M>
void DeleteRecordsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("Topics", m.topics, since(0));
}

template struct Wire<DeleteRecordsRequest, ApiKey::kDeleteRecords, Message::Direction::kRequest>;
template struct Wire<DeleteRecordsResponse, ApiKey::kDeleteRecords, Message::Direction::kResponse>;

}  // namespace logarium::protocol
