// NodeHost: connections.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/live/node_host.hpp"

namespace logarium::live {

// ---- opening and closing ------------------------------------------------------------------------

Connection& NodeHost::add_connection(ConnectionId id, OwnedFd socket) {
  // What a peer answers to our own requests is not bounded by what clients may ask.
  const std::size_t bytes_max =
      runtime::opened_by_node(id) ? std::size_t{0x7fffffff} : request_bytes_max_;
  Open open;
  open.connection = std::make_unique<Connection>(loop_, std::move(socket), id, bytes_max, *this);
  const auto [at, fresh] = connections_.emplace(id.value(), std::move(open));
  ENSURE(fresh);
  return *at->second.connection;
}

void NodeHost::serve(Listener& listener, std::uint16_t number) {
  listener.start(
      [this, number, alive = std::weak_ptr<int>(alive_)](OwnedFd socket) {
        if (!alive.expired()) accepted(std::move(socket), number);
      },
      [this, alive = std::weak_ptr<int>(alive_)](const std::string& why) {
        if (!alive.expired()) log_.line(Level::kWarning, name_, "cannot accept: " + why);
      });
}

void NodeHost::accepted(OwnedFd socket, std::uint16_t listener) {
  if (ended_) return;
  const ConnectionId id(next_accepted_);
  next_accepted_ += 2;
  Connection& connection = add_connection(id, std::move(socket));
  give(Accepted{id, listener});
  if (!connections_.contains(id.value())) return;
  idle_.touch(id, std::chrono::steady_clock::now());
  if (idle_.limit() && !idle_armed_) close_idle();
  connection.start();
}

void NodeHost::connect(Connect& effect) {
  const ConnectionId id = effect.connection;
  auto dialer = std::make_unique<Dialer>(
      loop_, [this, id](OwnedFd socket) { dialled(id, std::move(socket)); });
  Dialer& started = *dialer;
  dialers_.emplace(id.value(), std::move(dialer));
  started.start(effect.to);
}

void NodeHost::dialled(ConnectionId id, OwnedFd socket) {
  const auto dialer = std::move(dialers_.extract(id.value()).mapped());
  if (socket.get() < 0) return give(ConnectFailed{id});
  Connection& connection = add_connection(id, std::move(socket));
  give(Connected{id});
  if (connections_.contains(id.value())) connection.start();
}

void NodeHost::close(ConnectionId id) {
  dialers_.erase(id.value());
  const auto at = connections_.find(id.value());
  if (at == connections_.end()) return;
  at->second.connection->abandon();
  closed_.push_back(std::move(at->second.connection));
  connections_.erase(at);
  idle_.remove(id);
  if (closed_.size() > 1) return;
  loop_.post([this, alive = std::weak_ptr<int>(alive_)] {
    if (!alive.expired()) closed_.clear();
  });
}

void NodeHost::close_idle() {
  idle_armed_ = false;
  if (ended_) return;
  const auto now = std::chrono::steady_clock::now();
  while (const auto id = idle_.due(now)) {
    log_.limited(
        Level::kInfo, name_,
        fmt::format("closing the connection of {}: nothing came or left for {} ms, which "
                    "is connections.max.idle.ms",
                    connections_.at(id->value()).connection->peer(), idle_.limit()->count()));
    close(*id);
    give(Disconnected{*id});
    if (ended_) return;
  }
  const auto next = idle_.next_due();
  if (!next) return;
  idle_armed_ = true;
  idle_timer_.arm(*next, [this] { close_idle(); });
}

void NodeHost::disconnect(Disconnect& effect) {
  // What was sent just before still leaves, as far as the socket takes it. The node wants to hear
  // nothing of the connection any more, not even that it broke.
  const auto at = connections_.find(effect.connection.value());
  if (at != connections_.end()) {
    disconnecting_ = effect.connection;
    at->second.connection->flush();
    disconnecting_.reset();
  }
  close(effect.connection);
}

void NodeHost::bad_frame(ConnectionId connection, const Error& error) {
  const auto at = connections_.find(connection.value());
  if (at == connections_.end()) return;
  log_.limited(Level::kWarning, name_,
               fmt::format("closing the connection of {}: {}", at->second.connection->peer(),
                           error.message));
  close(connection);
}

void NodeHost::on_broken(Connection& connection, const std::string& reason) {
  const ConnectionId id = connection.id();
  const auto at = connections_.find(id.value());
  if (at == connections_.end() || disconnecting_ == id) return;
  if (!reason.empty() && !runtime::opened_by_node(id)) {
    log_.limited(Level::kInfo, name_,
                 fmt::format("lost the connection of {}: {}", connection.peer(), reason));
  }
  close(id);
  give(Disconnected{id});
}

// ---- reading ------------------------------------------------------------------------------------

void NodeHost::on_frame(Connection& connection, const Bytes& frame) {
  if (ended_) return;
  const ConnectionId id = connection.id();
  const auto at = connections_.find(id.value());
  if (at == connections_.end()) return;
  if (!runtime::opened_by_node(id)) {
    at->second.waiting.push_back(frame.size());
    at->second.waiting_bytes += frame.size();
  }
  inbox_.emplace_back(ArrivedFrame{id, frame});
  drain();
}

// Requests are answered in order: those that wait are the last ones that came.
void NodeHost::update_waiting(Open& open) {
  const std::size_t waiting = runner_->node().unanswered(open.connection->id());
  while (open.waiting.size() > waiting) {
    open.waiting_bytes -= open.waiting.front();
    open.waiting.pop_front();
  }
}

bool NodeHost::saturated(Open& open, std::size_t share) {
  if (open.connection->unsent_bytes() > kUnsentPause / share) return true;
  if (open.waiting.size() < kWaitingMax / share && open.waiting_bytes < kWaitingBytesMax / share) {
    return false;
  }
  update_waiting(open);
  return open.waiting.size() >= kWaitingMax / share ||
         open.waiting_bytes >= kWaitingBytesMax / share;
}

bool NodeHost::wants_frames(const Connection& connection) {
  if (runtime::opened_by_node(connection.id())) return true;
  const auto at = connections_.find(connection.id().value());
  if (at == connections_.end()) return false;
  if (!saturated(at->second, 1)) return true;
  if (!std::exchange(at->second.paused, true)) paused_.push_back(connection.id());
  return false;
}

void NodeHost::on_read(Connection& connection) {
  const ConnectionId id = connection.id();
  if (!runtime::opened_by_node(id) && connections_.contains(id.value())) {
    idle_.touch(id, std::chrono::steady_clock::now());
  }
  finish_turn();
}

// Reading goes on at half of the limits.
void NodeHost::resume_reading() {
  if (paused_.empty() || pumping_) return;
  std::vector<ConnectionId> still;
  for (const ConnectionId id : std::exchange(paused_, {})) {
    const auto at = connections_.find(id.value());
    if (at == connections_.end()) continue;
    Open& open = at->second;
    if (!open.connection->held() || saturated(open, 2)) {
      still.push_back(id);
      continue;
    }
    open.paused = false;
    loop_.post([this, id, alive = std::weak_ptr<int>(alive_)] {
      if (alive.expired()) return;
      const auto found = connections_.find(id.value());
      if (found != connections_.end()) found->second.connection->resume();
    });
  }
  paused_.insert(paused_.end(), still.begin(), still.end());
}

// ---- writing ------------------------------------------------------------------------------------

void NodeHost::send(Send& effect) {
  const auto at = connections_.find(effect.connection.value());
  if (at == connections_.end()) return;
  Open& open = at->second;
  protocol::Gathered gathered;
  if (runtime::opened_by_node(effect.connection)) {
    protocol::gather_request(effect.frame, gathered);
  } else {
    protocol::gather_response(effect.frame, gathered);
    idle_.touch(effect.connection, std::chrono::steady_clock::now());
  }
  const Bytes encoded(std::move(gathered.bytes));
  std::size_t from = 0;
  for (protocol::Gathered::Piece& piece : gathered.pieces) {
    open.connection->send(encoded.slice(from, piece.at - from));
    open.connection->send(std::move(piece.payload));
    from = piece.at;
  }
  open.connection->send(encoded.slice(from, encoded.size() - from));
  if (!std::exchange(open.dirty, true)) dirty_.push_back(effect.connection);
}

void NodeHost::flush() {
  for (const ConnectionId id : std::exchange(dirty_, {})) {
    const auto at = connections_.find(id.value());
    if (at == connections_.end()) continue;
    at->second.dirty = false;
    Connection& connection = *at->second.connection;
    if (!connection.flush() || connection.unsent_bytes() <= kUnsentMax) continue;
    log_.limited(Level::kWarning, name_,
                 fmt::format("closing the connection of {}: {} bytes of answers wait and are not "
                             "read",
                             connection.peer(), connection.unsent_bytes()));
    close(id);
    inbox_.emplace_back(Disconnected{id});
  }
}

}  // namespace logarium::live
