#include "engine/protocol/messages/broker_heartbeat.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void BrokerHeartbeatRequest::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
  v("CurrentMetadataOffset", m.current_metadata_offset, since(0));
  v("WantFence", m.want_fence, since(0));
  v("WantShutDown", m.want_shut_down, since(0));
  v("OfflineLogDirs", m.offline_log_dirs, since(1).tagged(0));
}

template <class V, class M>
void BrokerHeartbeatResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("IsCaughtUp", m.is_caught_up, since(0));
  v("IsFenced", m.is_fenced, since(0));
  v("ShouldShutDown", m.should_shut_down, since(0));
}

template struct Wire<BrokerHeartbeatRequest, ApiKey::kBrokerHeartbeat,
                     Message::Direction::kRequest>;
template struct Wire<BrokerHeartbeatResponse, ApiKey::kBrokerHeartbeat,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
