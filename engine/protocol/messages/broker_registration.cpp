#include "engine/protocol/messages/broker_registration.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void BrokerRegistrationRequest::Listener::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Host", m.host, since(0));
  v("Port", m.port, since(0));
  v("SecurityProtocol", m.security_protocol, since(0));
}

template <class V, class M>
void BrokerRegistrationRequest::Feature::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("MinSupportedVersion", m.min_supported_version, since(0));
  v("MaxSupportedVersion", m.max_supported_version, since(0));
}

template <class V, class M>
void BrokerRegistrationRequest::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("ClusterId", m.cluster_id, since(0));
  v("IncarnationId", m.incarnation_id, since(0));
  v("Listeners", m.listeners, since(0));
  v("Features", m.features, since(0));
  v("Rack", m.rack, since(0).nullable());
  v("IsMigratingZkBroker", m.is_migrating_zk_broker, since(1));
  v("LogDirs", m.log_dirs, since(2));
  v("PreviousBrokerEpoch", m.previous_broker_epoch, since(3));
}

template <class V, class M>
void BrokerRegistrationResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
}

template struct Wire<BrokerRegistrationRequest, ApiKey::kBrokerRegistration,
                     Message::Direction::kRequest>;
template struct Wire<BrokerRegistrationResponse, ApiKey::kBrokerRegistration,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
