#include "engine/protocol/messages/allocate_producer_ids.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void AllocateProducerIdsRequest::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
}

template <class V, class M>
void AllocateProducerIdsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ProducerIdStart", m.producer_id_start, since(0));
  v("ProducerIdLen", m.producer_id_len, since(0));
}

template struct Wire<AllocateProducerIdsRequest, ApiKey::kAllocateProducerIds,
                     Message::Direction::kRequest>;
template struct Wire<AllocateProducerIdsResponse, ApiKey::kAllocateProducerIds,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
