#include "engine/rpc/inbound.hpp"

#include <algorithm>
#include <utility>

namespace logarium::rpc {
namespace {

constexpr ConnectionId kLoopback{};

}  // namespace

const Inbound::Connection* Inbound::find(ConnectionId connection) const {
  const auto at = std::lower_bound(connections_.begin(), connections_.end(), connection,
                                   [](const Connection& c, ConnectionId id) { return c.id < id; });
  return at != connections_.end() && at->id == connection ? &*at : nullptr;
}
Inbound::Connection* Inbound::find(ConnectionId connection) {
  return const_cast<Connection*>(std::as_const(*this).find(connection));
}

const Inbound::InProgress* Inbound::find(RequestId id) const {
  const auto at = std::lower_bound(in_progress_.begin(), in_progress_.end(), id,
                                   [](const InProgress& p, RequestId r) { return p.id < r; });
  return at != in_progress_.end() && at->id == id ? &*at : nullptr;
}

void Inbound::accepted(ConnectionId connection, std::uint16_t listener) {
  ENSURE(connection != kLoopback);
  const auto at = std::lower_bound(connections_.begin(), connections_.end(), connection,
                                   [](const Connection& c, ConnectionId id) { return c.id < id; });
  ENSURE(at == connections_.end() || at->id != connection);
  Connection accepted;
  accepted.id = connection;
  accepted.listener = listener;
  connections_.insert(at, std::move(accepted));
}

void Inbound::drop_connection(ConnectionId connection) {
  const Connection* found = find(connection);
  if (found == nullptr) return;
  if (found->in_progress) {
    const InProgress* request = find(*found->in_progress);
    ENSURE(request != nullptr);
    in_progress_.erase(in_progress_.begin() + (request - in_progress_.data()));
  }
  connections_.erase(connections_.begin() + (found - connections_.data()));
}

void Inbound::disconnected(ConnectionId connection) { drop_connection(connection); }

void Inbound::received(StepContext& ctx, ConnectionId connection, const Frame& frame,
                       std::optional<std::int16_t> injected_error) {
  Connection* found = find(connection);
  if (found == nullptr) return;
  const bool request =
      frame.body != nullptr && frame.body->direction() == Message::Direction::kRequest;
  if (!request || found->waiting.size() >= kWaitingMax) {
    ctx.act(Disconnect{connection});
    drop_connection(connection);
    return;
  }
  found->waiting.push_back({frame, injected_error});
  if (!found->in_progress && found->waiting.size() == 1) ready_.push_back(connection);
}

RequestId Inbound::local(const MessageRef& body, std::int16_t api_version) {
  const RequestId id(next_id_++);
  in_progress_.push_back({id, kLoopback, 0, api_version});
  local_.push_back({id, body, api_version, nullptr, kLoopback, 0, std::nullopt});
  return id;
}

std::optional<Request> Inbound::take_next() {
  if (!local_.empty()) return local_.pop_front();
  while (!ready_.empty()) {
    Connection* connection = find(ready_.pop_front());
    if (connection == nullptr) continue;
    ENSURE(!connection->in_progress && !connection->waiting.empty());
    auto [frame, injected_error] = connection->waiting.pop_front();
    const RequestId id(next_id_++);
    connection->in_progress = id;
    in_progress_.push_back({id, connection->id, frame.correlation_id, frame.api_version});
    return Request{id,
                   std::move(frame.body),
                   frame.api_version,
                   std::move(frame.client_id),
                   connection->id,
                   connection->listener,
                   injected_error};
  }
  return std::nullopt;
}

std::optional<Inbound::InProgress> Inbound::finish(RequestId id) {
  const InProgress* found = find(id);
  if (found == nullptr) return std::nullopt;
  const InProgress request = *found;
  in_progress_.erase(in_progress_.begin() + (found - in_progress_.data()));
  if (request.connection == kLoopback) return request;
  Connection* connection = find(request.connection);
  ENSURE(connection != nullptr && connection->in_progress == id);
  connection->in_progress.reset();
  if (!connection->waiting.empty()) ready_.push_back(connection->id);
  return request;
}

void Inbound::answer(StepContext& ctx, RequestId id, MessageRef response) {
  ENSURE(response != nullptr);
  ENSURE(response->direction() == Message::Direction::kResponse);
  const auto request = finish(id);
  if (!request) return;
  if (request->connection == kLoopback) {
    loopback_.push_back({id, std::move(response)});
    return;
  }
  ctx.act(Send{request->connection,
               Frame{std::move(response), request->correlation_id, request->api_version, nullptr}});
}

void Inbound::finish_silently(RequestId id) { finish(id); }

void Inbound::close(StepContext& ctx, RequestId id) {
  const auto request = finish(id);
  if (!request || request->connection == kLoopback) return;
  ctx.act(Disconnect{request->connection});
  drop_connection(request->connection);
}

std::size_t Inbound::unanswered(ConnectionId connection) const {
  const Connection* found = find(connection);
  return found == nullptr ? 0 : found->waiting.size() + (found->in_progress ? 1 : 0);
}

bool Inbound::waiting(RequestId id) const { return find(id) != nullptr; }

}  // namespace logarium::rpc
