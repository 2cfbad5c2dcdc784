#include "engine/protocol/messages/controller_registration.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void ControllerRegistrationRequest::Listener::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Host", m.host, since(0));
  v("Port", m.port, since(0));
  v("SecurityProtocol", m.security_protocol, since(0));
}

template <class V, class M>
void ControllerRegistrationRequest::Feature::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("MinSupportedVersion", m.min_supported_version, since(0));
  v("MaxSupportedVersion", m.max_supported_version, since(0));
}

template <class V, class M>
void ControllerRegistrationRequest::describe(V& v, M& m) {
  v("ControllerId", m.controller_id, since(0));
  v("IncarnationId", m.incarnation_id, since(0));
  v("ZkMigrationReady", m.zk_migration_ready, since(0));
  v("Listeners", m.listeners, since(0));
  v("Features", m.features, since(0));
}

template <class V, class M>
void ControllerRegistrationResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
}

template struct Wire<ControllerRegistrationRequest, ApiKey::kControllerRegistration,
                     Message::Direction::kRequest>;
template struct Wire<ControllerRegistrationResponse, ApiKey::kControllerRegistration,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
