#include "engine/protocol/messages/init_producer_id.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void InitProducerIdRequest::describe(V& v, M& m) {
  v("TransactionalId", m.transactional_id, since(0).nullable());
  v("TransactionTimeoutMs", m.transaction_timeout_ms, since(0));
  v("ProducerId", m.producer_id, since(3));
  v("ProducerEpoch", m.producer_epoch, since(3));
  v("Enable2Pc", m.enable_2pc, since(6));
  v("KeepPreparedTxn", m.keep_prepared_txn, since(6));
}

template <class V, class M>
void InitProducerIdResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ProducerId", m.producer_id, since(0));
  v("ProducerEpoch", m.producer_epoch, since(0));
  v("OngoingTxnProducerId", m.ongoing_txn_producer_id, since(6));
  v("OngoingTxnProducerEpoch", m.ongoing_txn_producer_epoch, since(6));
}

template struct Wire<InitProducerIdRequest, ApiKey::kInitProducerId, Message::Direction::kRequest>;
template struct Wire<InitProducerIdResponse, ApiKey::kInitProducerId,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
