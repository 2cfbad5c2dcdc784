#include "engine/protocol/messages/envelope.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void EnvelopeRequest::describe(V& v, M& m) {
  v("RequestData", m.request_data, since(0));
  v("RequestPrincipal", m.request_principal, since(0).nullable());
  v("ClientHostAddress", m.client_host_address, since(0));
}

template <class V, class M>
void EnvelopeResponse::describe(V& v, M& m) {
  v("ResponseData", m.response_data, since(0).nullable());
  v("ErrorCode", m.error_code, since(0));
}

template struct Wire<EnvelopeRequest, ApiKey::kEnvelope, Message::Direction::kRequest>;
template struct Wire<EnvelopeResponse, ApiKey::kEnvelope, Message::Direction::kResponse>;

}  // namespace logarium::protocol
