#include "sim/world/network.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

// In a kClose: the end's own machine gives the connection up; no link can lose the news.
constexpr std::uint64_t kLocal = 1;
// A name that cannot be resolved fails after this.
constexpr Duration kResolveTime = milliseconds(1);

unsigned other(unsigned side) { return 1 - side; }

}  // namespace

// ---- names and connections ----------------------------------------------------------------------

const Network::Name* Network::find(std::uint32_t node, ConnectionId id) const {
  const std::vector<Name>& names = ends_[node].by_id;
  const auto found = std::lower_bound(names.begin(), names.end(), id.value(),
                                      [](const Name& a, std::uint64_t b) { return a.id < b; });
  return found != names.end() && found->id == id.value() ? &*found : nullptr;
}

void Network::bind(std::uint32_t node, ConnectionId id, std::uint32_t connection,
                   std::uint8_t side) {
  std::vector<Name>& names = ends_[node].by_id;
  const auto at = std::lower_bound(names.begin(), names.end(), id.value(),
                                   [](const Name& a, std::uint64_t b) { return a.id < b; });
  ENSURE(at == names.end() || at->id != id.value());
  names.insert(at, {id.value(), connection, side});
}

std::uint32_t Network::make() {
  std::uint32_t index;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(connections_.size());
    connections_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  connections_[index].used = true;
  return index;
}

void Network::unbind(NetworkScope scope, std::uint32_t index, unsigned side, EndState state) {
  Connection& connection = connections_[index];
  End& end = connection.ends[side];
  ENSURE(live(end));
  std::vector<Name>& names = ends_[end.node].by_id;
  const auto found = std::lower_bound(names.begin(), names.end(), end.id.value(),
                                      [](const Name& a, std::uint64_t b) { return a.id < b; });
  ENSURE(found != names.end());
  names.erase(found);
  end.state = state;
  drop_held(scope, end);
  if (live(connection.ends[other(side)])) return;
  drop_held(scope, connection.ends[other(side)]);
  const std::uint32_t generation = connection.generation + 1;
  connection = Connection();
  connection.generation = generation;
  free_.push_back(index);
}

bool Network::stale(const Pending& pending) const {
  const Connection& connection = connections_[pending.connection];
  return !connection.used || connection.generation != pending.generation;
}

bool Network::blocked(const End& end) const {
  return links_.cut(end.link) || !ends_[end.node].powered;
}

Duration Network::timeout(std::int32_t attempt) const {
  const NetworkOptions& options = links_.options();
  Duration wait = options.retransmit_timeout;
  for (std::int32_t i = 0; i < attempt && wait < options.retransmit_timeout_max; ++i) {
    wait = wait * 2;
  }
  return std::min(wait, options.retransmit_timeout_max);
}

Duration Network::patience() const {
  Duration total;
  for (std::int32_t i = 0; i < links_.options().retransmits_max; ++i) total = total + timeout(i);
  return total;
}

Pending& Network::schedule(NetworkScope scope, Instant when, PendingKind kind, std::uint32_t index,
                           unsigned side) {
  Pending& pending = scope.scheduler.push(when);
  pending.kind = kind;
  pending.side = static_cast<std::uint8_t>(side);
  pending.connection = index;
  pending.generation = connections_[index].generation;
  pending.hash = 0;
  return pending;
}

// ---- connecting ---------------------------------------------------------------------------------

void Network::connect(NetworkScope scope, std::uint32_t from, std::uint32_t incarnation,
                      ConnectionId id, std::uint32_t to) {
  const std::uint32_t index = make();
  const LinkIndex there = links_.get(from, to);
  const LinkIndex back = links_.get(to, from);
  Connection& connection = connections_[index];
  End& near = connection.ends[0];
  near.node = from;
  near.incarnation = incarnation;
  near.id = id;
  near.state = EndState::kOpening;
  near.link = back;
  End& far = connection.ends[1];
  far.node = to;
  far.link = there;
  bind(from, id, index, 0);
  if (links_.cut(there)) {
    scope.counts.add(FaultKind::kCut);
    schedule(scope, scope.now + links_.options().connect_timeout, PendingKind::kConnectFailed,
             index, 0);
    return;
  }
  far.last_arrival = scope.now + links_.latency(there);
  schedule(scope, far.last_arrival, PendingKind::kConnect, index, 1).node = to;
}

void Network::refuse(NetworkScope scope, std::uint32_t from, std::uint32_t incarnation,
                     ConnectionId id) {
  Pending& pending = scope.scheduler.push(scope.now + kResolveTime);
  pending.kind = PendingKind::kInput;
  pending.node = from;
  pending.incarnation = incarnation;
  pending.hash = 0;
  pending.input.emplace<ConnectFailed>(ConnectFailed{id});
}

std::optional<Network::Arrival> Network::on_connect(NetworkScope scope, const Pending& pending,
                                                    Answer answer, std::uint32_t incarnation) {
  if (stale(pending)) return std::nullopt;
  Connection& connection = connections_[pending.connection];
  End& near = connection.ends[0];
  End& far = connection.ends[1];
  const bool cut = links_.cut(far.link) || links_.cut(near.link);
  if (cut) scope.counts.add(FaultKind::kCut);
  if (cut || answer == Answer::kSilence) {
    schedule(scope, scope.now + links_.options().connect_timeout, PendingKind::kConnectFailed,
             pending.connection, 0);
    return std::nullopt;
  }
  const Instant back = scope.now + links_.latency(near.link);
  if (answer == Answer::kRefuse) {
    schedule(scope, back, PendingKind::kConnectFailed, pending.connection, 0);
    return std::nullopt;
  }
  NodeEnds& ends = ends_[far.node];
  far.id = ConnectionId(ends.next_accepted);
  ends.next_accepted += 2;
  far.incarnation = incarnation;
  far.state = EndState::kOpen;
  bind(far.node, far.id, pending.connection, 1);
  near.last_arrival = back;
  schedule(scope, back, PendingKind::kConnected, pending.connection, 0);
  return Arrival{far.node, far.incarnation, far.id};
}

std::optional<Network::Arrival> Network::on_connected(NetworkScope scope, const Pending& pending) {
  if (stale(pending)) return std::nullopt;
  End& near = connections_[pending.connection].ends[0];
  if (near.state != EndState::kOpening) return std::nullopt;
  if (blocked(near)) {
    scope.counts.add(FaultKind::kCut);
    schedule(scope, scope.now + links_.options().connect_timeout, PendingKind::kConnectFailed,
             pending.connection, 0);
    return std::nullopt;
  }
  near.state = EndState::kOpen;
  return Arrival{near.node, near.incarnation, near.id};
}

std::optional<Network::Arrival> Network::on_connect_failed(NetworkScope scope,
                                                           const Pending& pending) {
  if (stale(pending)) return std::nullopt;
  const End& near = connections_[pending.connection].ends[0];
  if (near.state != EndState::kOpening) return std::nullopt;
  return lose(scope, pending.connection, 0);
}

// ---- messages -----------------------------------------------------------------------------------

bool Network::measured(std::uint32_t from, ConnectionId id) const {
  if (!links_.any_measured()) return false;
  const Name* name = find(from, id);
  if (name == nullptr) return false;
  return links_.measured(connections_[name->connection].ends[other(name->side)].link);
}

void Network::drop(NetworkScope scope, std::uint32_t to, const Frame& frame, Origin origin) {
  scope.lost.push_back({origin, to, scope.now, frame.body->api_key(), frame.body->direction(),
                        frame.correlation_id});
}

void Network::drop_held(NetworkScope scope, End& end) {
  for (const Held& message : end.held) drop(scope, end.node, message.frame, message.origin);
  end.held.clear();
}

void Network::schedule_message(NetworkScope scope, Instant when, std::uint32_t index, unsigned side,
                               Held message) {
  Pending& pending = schedule(scope, when, PendingKind::kMessage, index, side);
  pending.hash = message.hash;
  pending.origin = message.origin;
  pending.node = connections_[index].ends[side].node;
  pending.input.emplace<Received>(
      Received{connections_[index].ends[side].id, std::move(message.frame)});
}

void Network::hold(NetworkScope scope, std::uint32_t index, unsigned side, Held message) {
  End& to = connections_[index].ends[side];
  if (links_.cut(to.link)) scope.counts.add(FaultKind::kCut);
  to.held.push_back(std::move(message));
  if (to.retransmitting) return;
  to.retransmitting = true;
  to.attempts = 0;
  schedule(scope, scope.now + timeout(0), PendingKind::kRetransmit, index, side);
}

void Network::send(NetworkScope scope, std::uint32_t from, ConnectionId id, const Frame& frame,
                   std::uint64_t hash, std::int64_t bytes) {
  const Name* name = find(from, id);
  if (name == nullptr) return;
  const std::uint32_t index = name->connection;
  const unsigned side = other(name->side);
  End& to = connections_[index].ends[side];
  const Origin origin{from, scope.event};
  if (to.state == EndState::kClosed) return drop(scope, to.node, frame, origin);
  const bool tcp = links_.options().transport == Transport::kTcp;
  if (tcp && (blocked(to) || !to.held.empty())) {
    hold(scope, index, side, {frame, hash, origin});
    return;
  }
  const Passage passage = links_.pass(to.link, scope.now, frame, bytes, scope.counts);
  if (passage.dropped || passage.filtered || passage.gave_up) drop(scope, to.node, frame, origin);
  if (passage.dropped || (passage.filtered && !tcp)) return;
  if (passage.gave_up || passage.filtered) {
    reset(scope, index, scope.now + passage.delay);
    return;
  }
  Instant arrival = scope.now + passage.delay;
  if (!passage.out_of_order) {
    arrival = std::max(arrival, to.last_arrival);
    to.last_arrival = arrival;
  }
  schedule_message(scope, arrival, index, side, {frame, hash, origin});
  if (passage.duplicated) {
    const LinkIndex link = connections_[index].ends[side].link;
    schedule_message(scope, arrival + links_.latency(link), index, side, {frame, hash, origin});
  }
}

std::optional<Network::Arrival> Network::on_message(NetworkScope scope, Pending& pending) {
  const Frame& frame = std::get<Received>(pending.input).frame;
  const auto vanish = [&] {
    drop(scope, pending.node, frame, pending.origin);
    return std::nullopt;
  };
  if (stale(pending)) return vanish();
  Connection& connection = connections_[pending.connection];
  End& to = connection.ends[pending.side];
  End& from = connection.ends[other(pending.side)];
  if (blocked(to) || !to.held.empty()) {
    if (links_.options().transport == Transport::kDatagram) {
      if (links_.cut(to.link)) scope.counts.add(FaultKind::kCut);
      return vanish();
    }
    hold(scope, pending.connection, pending.side, {frame, pending.hash, pending.origin});
    return std::nullopt;
  }
  if (to.state == EndState::kVanished && live(from)) {
    // The machine runs again and knows nothing of this connection: it answers with a reset.
    schedule(scope, scope.now + links_.latency(from.link), PendingKind::kClose, pending.connection,
             other(pending.side));
    return vanish();
  }
  if (to.state != EndState::kOpen) return vanish();
  if (links_.cut(from.link) && !from.ack_check && live(from)) {
    // The acknowledgement cannot get back.
    from.ack_check = true;
    schedule(scope, scope.now + patience(), PendingKind::kAckCheck, pending.connection,
             other(pending.side));
  }
  return Arrival{to.node, to.incarnation, to.id};
}

std::optional<Network::Arrival> Network::on_retransmit(NetworkScope scope, const Pending& pending) {
  if (stale(pending)) return std::nullopt;
  Connection& connection = connections_[pending.connection];
  End& to = connection.ends[pending.side];
  End& from = connection.ends[other(pending.side)];
  to.retransmitting = false;
  if (to.held.empty()) return std::nullopt;
  if (!live(from)) {
    drop_held(scope, to);
    return std::nullopt;
  }
  if (blocked(to)) {
    if (++to.attempts < links_.options().retransmits_max) {
      to.retransmitting = true;
      schedule(scope, scope.now + timeout(to.attempts), PendingKind::kRetransmit,
               pending.connection, pending.side);
      return std::nullopt;
    }
    ++scope.counts.connections_reset;
    return lose(scope, pending.connection, other(pending.side));
  }
  if (!live(to)) {
    drop_held(scope, to);
    schedule(scope, scope.now + links_.latency(from.link), PendingKind::kClose, pending.connection,
             other(pending.side));
    return std::nullopt;
  }
  std::vector<Held> held;
  held.swap(to.held);
  for (Held& message : held) {
    to.last_arrival = std::max(to.last_arrival, scope.now + links_.latency(to.link));
    schedule_message(scope, to.last_arrival, pending.connection, pending.side, std::move(message));
  }
  return std::nullopt;
}

// ---- ends of connections ------------------------------------------------------------------------

std::optional<Network::Arrival> Network::lose(NetworkScope scope, std::uint32_t index,
                                              unsigned side) {
  const End& end = connections_[index].ends[side];
  const Arrival arrival{end.node, end.incarnation, end.id};
  if (live(connections_[index].ends[other(side)])) {
    schedule(scope, scope.now + links_.options().keepalive, PendingKind::kKeepalive, index,
             other(side));
  }
  unbind(scope, index, side, EndState::kVanished);
  return arrival;
}

void Network::tell_peer(NetworkScope scope, std::uint32_t index, unsigned closing_side) {
  End& peer = connections_[index].ends[other(closing_side)];
  if (!live(peer)) return;
  drop_held(scope, peer);
  peer.last_arrival = std::max(peer.last_arrival, scope.now + links_.latency(peer.link));
  schedule(scope, peer.last_arrival, PendingKind::kClose, index, other(closing_side));
}

void Network::reset(NetworkScope scope, std::uint32_t index, Instant when) {
  ++scope.counts.connections_reset;
  for (unsigned side = 0; side < 2; ++side) {
    if (!live(connections_[index].ends[side])) continue;
    schedule(scope, when, PendingKind::kClose, index, side).hash = kLocal;
  }
}

void Network::disconnect(NetworkScope scope, std::uint32_t from, ConnectionId id) {
  const Name* name = find(from, id);
  if (name == nullptr) return;
  const std::uint32_t index = name->connection;
  const unsigned side = name->side;
  tell_peer(scope, index, side);
  unbind(scope, index, side, EndState::kClosed);
}

std::optional<Network::Arrival> Network::on_close(NetworkScope scope, const Pending& pending) {
  if (stale(pending)) return std::nullopt;
  Connection& connection = connections_[pending.connection];
  End& end = connection.ends[pending.side];
  if (!live(end)) return std::nullopt;
  if (pending.hash != kLocal && blocked(end)) {
    // The news is lost; the keepalive finds out.
    scope.counts.add(FaultKind::kCut);
    connection.ends[other(pending.side)].state = EndState::kVanished;
    schedule(scope, scope.now + links_.options().keepalive, PendingKind::kKeepalive,
             pending.connection, pending.side);
    return std::nullopt;
  }
  return lose(scope, pending.connection, pending.side);
}

std::optional<Network::Arrival> Network::on_keepalive(NetworkScope scope, const Pending& pending) {
  if (stale(pending)) return std::nullopt;
  const Connection& connection = connections_[pending.connection];
  if (!live(connection.ends[pending.side])) return std::nullopt;
  if (live(connection.ends[other(pending.side)])) return std::nullopt;
  return lose(scope, pending.connection, pending.side);
}

std::optional<Network::Arrival> Network::on_ack_check(NetworkScope scope, const Pending& pending) {
  if (stale(pending)) return std::nullopt;
  End& end = connections_[pending.connection].ends[pending.side];
  end.ack_check = false;
  if (!live(end) || !links_.cut(end.link)) return std::nullopt;
  scope.counts.add(FaultKind::kCut);
  ++scope.counts.connections_reset;
  tell_peer(scope, pending.connection, pending.side);
  return lose(scope, pending.connection, pending.side);
}

void Network::process_ended(NetworkScope scope, std::uint32_t node) {
  while (!ends_[node].by_id.empty()) {
    const Name name = ends_[node].by_id.front();
    tell_peer(scope, name.connection, name.side);
    unbind(scope, name.connection, name.side, EndState::kClosed);
  }
  ends_[node].next_accepted = 1;
}

void Network::power_lost(NetworkScope scope, std::uint32_t node) {
  while (!ends_[node].by_id.empty()) {
    const Name name = ends_[node].by_id.front();
    (void)lose(scope, name.connection, name.side);
  }
  ends_[node].next_accepted = 1;
  ends_[node].powered = false;
}

std::uint64_t Network::reset_between(NetworkScope scope, std::uint32_t a, std::uint32_t b) {
  std::uint64_t count = 0;
  for (const Name& name : ends_[a].by_id) {
    const Connection& connection = connections_[name.connection];
    if (connection.ends[other(name.side)].node != b) continue;
    reset(scope, name.connection, scope.now);
    ++count;
  }
  return count;
}

}  // namespace logarium::world
