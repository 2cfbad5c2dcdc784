#include "engine/protocol/messages/find_coordinator.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void FindCoordinatorRequest::describe(V& v, M& m) {
  v("Key", m.key, only(0, 3));
  v("KeyType", m.key_type, since(1));
  v("CoordinatorKeys", m.coordinator_keys, since(4));
}

template <class V, class M>
void FindCoordinatorResponse::Coordinator::describe(V& v, M& m) {
  v("Key", m.key, since(4));
  v("NodeId", m.node_id, since(4));
  v("Host", m.host, since(4));
  v("Port", m.port, since(4));
  v("ErrorCode", m.error_code, since(4));
  v("ErrorMessage", m.error_message, since(4).nullable());
}

template <class V, class M>
void FindCoordinatorResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(1));
  v("ErrorCode", m.error_code, only(0, 3));
  v("ErrorMessage", m.error_message, only(1, 3).nullable());
  v("NodeId", m.node_id, only(0, 3));
  v("Host", m.host, only(0, 3));
  v("Port", m.port, only(0, 3));
  v("Coordinators", m.coordinators, since(4));
}

template struct Wire<FindCoordinatorRequest, ApiKey::kFindCoordinator,
                     Message::Direction::kRequest>;
template struct Wire<FindCoordinatorResponse, ApiKey::kFindCoordinator,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
