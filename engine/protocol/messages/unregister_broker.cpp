#include "engine/protocol/messages/unregister_broker.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void UnregisterBrokerRequest::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
}

template <class V, class M>
void UnregisterBrokerResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
}

template struct Wire<UnregisterBrokerRequest, ApiKey::kUnregisterBroker,
                     Message::Direction::kRequest>;
template struct Wire<UnregisterBrokerResponse, ApiKey::kUnregisterBroker,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
