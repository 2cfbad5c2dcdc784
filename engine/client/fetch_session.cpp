#include "engine/client/fetch_session.hpp"

#include <limits>

#include "engine/base/state_visitor.hpp"

namespace logarium::client {

void FetchSession::answered(std::int32_t session_id) {
  if (session_id == 0) {
    id = 0;
    epoch = 0;
    return;
  }
  if (full() || session_id != id) {
    id = session_id;
    epoch = 1;
    return;
  }
  epoch = epoch == std::numeric_limits<std::int32_t>::max() ? 1 : epoch + 1;
}

void FetchSession::failed(protocol::ErrorCode error) {
  // A session the broker does not know cannot be closed; any other is closed by the full fetch
  // that carries its id.
  if (error == protocol::ErrorCode::kFetchSessionIdNotFound) id = 0;
  epoch = 0;
}

void FetchSession::describe(StateVisitor& v) const {
  visit(v, "node", node);
  visit(v, "id", id);
  visit(v, "epoch", epoch);
  visit(v, "in flight", in_flight);
  visit(v, "retry at", retry_at);
  visit(v, "partitions", partitions);
  visit(v, "buffered", buffered);
  visit(v, "changed", changed);
  visit(v, "forgotten", forgotten);
}

}  // namespace logarium::client
