#include "engine/rpc/outbound.hpp"

#include <algorithm>

#include "engine/base/state_visitor.hpp"

namespace logarium::rpc {
namespace {

constexpr int kBackoffDoublingsMax = 30;

// `first` doubled per failure up to `most`, then 20 % up or down (KIP-580's jitter).
Duration grown(Random& random, Duration first, Duration most, std::int32_t failures) {
  Duration grown = first;
  for (std::int32_t i = 0; i < std::min(failures, kBackoffDoublingsMax) && grown < most; ++i) {
    grown = grown * 2;
  }
  const Duration capped = std::min(grown, most);
  return random.between(capped * 4 / 5, capped * 6 / 5);
}

}  // namespace

Outbound::Outbound(OutboundOptions options)
    : options_(std::move(options)),
      client_id_(std::make_shared<const std::string>(options_.client_id)) {}

const Endpoint* Outbound::find_endpoint(Peer peer) const {
  const auto at = std::lower_bound(known_.begin(), known_.end(), peer.node,
                                   [](const Known& k, NodeId n) { return k.node < n; });
  if (at == known_.end() || at->node != peer.node) return nullptr;
  const auto& endpoint = at->doors[static_cast<std::size_t>(door_of(peer.lane))];
  return endpoint ? &*endpoint : nullptr;
}

void Outbound::set_endpoint(StepContext& ctx, NodeId node, const Endpoint& endpoint, Door door) {
  auto at = std::lower_bound(known_.begin(), known_.end(), node,
                             [](const Known& k, NodeId n) { return k.node < n; });
  if (at == known_.end() || at->node != node) at = known_.insert(at, Known{node, {}});
  std::optional<Endpoint>& known = at->doors[static_cast<std::size_t>(door)];
  if (known == endpoint) return;
  const bool moved = known.has_value();
  known = endpoint;
  if (!moved) return;
  for (Link& link : links_) {
    if (link.peer.node != node || link.loopback || door_of(link.peer.lane) != door) continue;
    take_down(ctx, link, Failure::kClosedByUs);
    link.failures = 0;
    link.retry_at = Instant{0};
  }
}

bool Outbound::knows(Peer peer) const {
  return peer.node == options_.self || find_endpoint(peer) != nullptr;
}

const Outbound::Link* Outbound::find_link(Peer peer) const {
  const auto at = std::lower_bound(order_.begin(), order_.end(), peer,
                                   [this](std::uint32_t i, Peer p) { return links_[i].peer < p; });
  return at != order_.end() && links_[*at].peer == peer ? &links_[*at] : nullptr;
}

std::uint32_t Outbound::link_index(Peer peer) {
  const auto at = std::lower_bound(order_.begin(), order_.end(), peer,
                                   [this](std::uint32_t i, Peer p) { return links_[i].peer < p; });
  if (at != order_.end() && links_[*at].peer == peer) return *at;
  const auto index = static_cast<std::uint32_t>(links_.size());
  order_.insert(at, index);
  Link link;
  link.peer = peer;
  link.loopback = peer.node == options_.self;
  links_.push_back(std::move(link));
  return index;
}

Outbound::Link* Outbound::link_of(ConnectionId connection) {
  const auto at = std::lower_bound(open_.begin(), open_.end(), connection,
                                   [](const Open& o, ConnectionId c) { return o.connection < c; });
  if (at == open_.end() || at->connection != connection) return nullptr;
  return &links_[at->link];
}

void Outbound::finish(const Link& link, const Pending& pending, Outcome outcome, MessageRef body) {
  replies_.push_back({pending.cookie, outcome, link.peer, std::move(body), pending.api_version});
}

void Outbound::send(StepContext& ctx, Inbound& loopback, Peer to, MessageRef request, Cookie cookie,
                    const SendOptions& options) {
  ENSURE(request != nullptr);
  Link& link = links_[link_index(to)];
  Pending pending;
  pending.api_key = request->api_key();
  pending.body = std::move(request);
  pending.cookie = cookie;
  pending.deadline = ctx.now() + options.timeout;
  pending.response = options.response;
  if (options.version) pending.version_max = *options.version;
  const bool known = link.loopback || find_endpoint(to) != nullptr;
  if (!known || link.queued.size() + link.sent.size() >= kQueuedMax) {
    finish(link, pending, Outcome::kDisconnected);
    return;
  }
  const Instant deadline = pending.deadline;
  link.request_timeout = options.timeout;
  if (link.loopback) {
    send_local(loopback, link, std::move(pending));
  } else if (link.state == State::kReady) {
    send_now(ctx, link, std::move(pending));
  } else {
    link.queued.push_back(std::move(pending));
    if (link.state == State::kIdle) {
      if (link.retry_at <= ctx.now()) {
        connect(ctx, link);
      } else {
        watch(ctx, link, link.retry_at);
      }
    }
  }
  if (!link.queued.empty() || !link.sent.empty()) watch(ctx, link, deadline);
}

void Outbound::send_local(Inbound& loopback, Link& link, Pending pending) {
  const auto version = newest_version(pending.api_key);
  if (!version) {
    finish(link, pending, Outcome::kUnsupportedVersion);
    return;
  }
  pending.api_version = std::min(*version, pending.version_max);
  const MessageRef body = std::exchange(pending.body, nullptr);
  pending.number = loopback.local(body, pending.api_version).value();
  if (pending.response == SendOptions::Response::kNone) {
    finish(link, pending, Outcome::kAnswered);
  } else {
    link.sent.push_back(std::move(pending));
  }
}

void Outbound::connect(StepContext& ctx, Link& link) {
  ENSURE(link.state == State::kIdle);
  const Endpoint* endpoint = find_endpoint(link.peer);
  ENSURE(endpoint != nullptr);
  link.state = State::kConnecting;
  link.connection = ctx.new_connection();
  const auto index = static_cast<std::uint32_t>(&link - links_.data());
  open_.push_back({link.connection, index});
  ctx.act(Connect{link.connection, *endpoint});
  link.setup_deadline =
      ctx.now() + grown(ctx.random(), options_.connection_setup_timeout,
                        options_.connection_setup_timeout_max, link.failed_connects);
  watch(ctx, link, link.setup_deadline);
}

void Outbound::send_handshake(StepContext& ctx, Link& link, std::int16_t version) {
  link.state = State::kHandshake;
  ctx.act(Send{link.connection,
               Frame{api_versions_request(), link.next_correlation++, version, client_id_}});
  link.setup_deadline = ctx.now() + link.request_timeout;
  watch(ctx, link, link.setup_deadline);
}

void Outbound::handshake_answered(StepContext& ctx, Link& link, const Message& response) {
  Handshake handshake = read_handshake(response);
  if (handshake.retry) {
    send_handshake(ctx, link, *handshake.retry);
    return;
  }
  if (!handshake.versions) {
    take_down(ctx, link, Failure::kGivenUp);
    return;
  }
  link.state = State::kReady;
  link.versions = intern(std::move(handshake.versions));
  link.failures = 0;
  link.setup_deadline = kNever;
  flush(ctx, link);
}

VersionsRef Outbound::intern(VersionsRef versions) {
  for (const VersionsRef& known : versions_) {
    if (*known == *versions) return known;
  }
  versions_.push_back(versions);
  return versions;
}

void Outbound::flush(StepContext& ctx, Link& link) {
  while (!link.queued.empty()) send_now(ctx, link, link.queued.pop_front());
}

void Outbound::send_now(StepContext& ctx, Link& link, Pending pending) {
  ENSURE(link.state == State::kReady);
  const auto version = link.versions->pick(pending.api_key);
  if (!version) {
    finish(link, pending, Outcome::kUnsupportedVersion);
    return;
  }
  pending.api_version = std::min(*version, pending.version_max);
  const std::int32_t correlation = link.next_correlation;
  link.next_correlation = correlation == 0x7fffffff ? 0 : correlation + 1;
  pending.number = static_cast<std::uint64_t>(correlation);
  ctx.act(Send{link.connection, Frame{std::exchange(pending.body, nullptr), correlation,
                                      pending.api_version, client_id_}});
  if (pending.response == SendOptions::Response::kNone) {
    finish(link, pending, Outcome::kAnswered);
  } else {
    link.sent.push_back(std::move(pending));
  }
}

std::size_t Outbound::in_flight(Peer to) const {
  const Link* link = find_link(to);
  return link == nullptr ? 0 : link->queued.size() + link->sent.size();
}

Instant Outbound::ready_at(Peer to, Instant now) const {
  if (!knows(to)) return kNever;
  const Link* link = find_link(to);
  if (link == nullptr || link->state != State::kIdle) return now;
  return std::max(now, link->retry_at);
}

bool Outbound::ready(Peer to, Instant now) const { return ready_at(to, now) == now; }

Outbound::Health Outbound::health(Peer to) const {
  if (to.node == options_.self) return Health::kUp;
  const Link* link = find_link(to);
  if (link == nullptr) return Health::kUntried;
  if (link->state == State::kReady) return Health::kUp;
  return link->failures > 0 ? Health::kFailing : Health::kUntried;
}

std::optional<std::int16_t> Outbound::version(Peer to, std::int16_t api_key) const {
  if (to.node == options_.self) return newest_version(api_key);
  const Link* link = find_link(to);
  if (link == nullptr || link->state != State::kReady) return std::nullopt;
  return link->versions->pick(api_key);
}

void Outbound::close(StepContext& ctx, Peer peer) {
  if (find_link(peer) != nullptr) {
    take_down(ctx, links_[link_index(peer)], Failure::kClosedByUs);
  }
}

void Outbound::forget_connection(Link& link) {
  const auto at = std::lower_bound(open_.begin(), open_.end(), link.connection,
                                   [](const Open& o, ConnectionId c) { return o.connection < c; });
  ENSURE(at != open_.end() && at->connection == link.connection);
  open_.erase(at);
  link.connection = ConnectionId{};
}

void Outbound::take_down(StepContext& ctx, Link& link, Failure failure) {
  if (link.state != State::kIdle) {
    const bool failed_to_connect =
        link.state == State::kConnecting && failure != Failure::kClosedByUs;
    link.failed_connects = failed_to_connect ? link.failed_connects + 1 : 0;
    if (failure != Failure::kBrokenByPeer) ctx.act(Disconnect{link.connection});
    forget_connection(link);
    link.state = State::kIdle;
    link.versions = nullptr;
    link.setup_deadline = kNever;
    if (failure != Failure::kClosedByUs) {
      link.retry_at = ctx.now() + grown(ctx.random(), options_.reconnect_backoff,
                                        options_.reconnect_backoff_max, link.failures);
      ++link.failures;
    }
  }
  ctx.timers().cancel(link.timer);
  while (!link.sent.empty()) finish(link, link.sent.pop_front(), Outcome::kDisconnected);
  while (!link.queued.empty()) finish(link, link.queued.pop_front(), Outcome::kDisconnected);
}

bool Outbound::connected(StepContext& ctx, ConnectionId connection) {
  Link* link = link_of(connection);
  if (link == nullptr) return false;
  if (link->state == State::kConnecting) send_handshake(ctx, *link, api_versions_version());
  return true;
}

bool Outbound::connect_failed(StepContext& ctx, ConnectionId connection) {
  return disconnected(ctx, connection);
}

bool Outbound::disconnected(StepContext& ctx, ConnectionId connection) {
  Link* link = link_of(connection);
  if (link == nullptr) return false;
  take_down(ctx, *link, Failure::kBrokenByPeer);
  return true;
}

bool Outbound::received(StepContext& ctx, ConnectionId connection, const Frame& frame) {
  Link* link = link_of(connection);
  if (link == nullptr) return false;
  if (frame.body == nullptr || frame.body->direction() != Message::Direction::kResponse) {
    take_down(ctx, *link, Failure::kGivenUp);
    return true;
  }
  if (link->state == State::kHandshake) {
    handshake_answered(ctx, *link, *frame.body);
    return true;
  }
  // The answer is to the oldest request. One to a later request means that an answer was lost below
  // TCP (the opt-in datagram network): as in Kafka the connection is of no use any more, lest an
  // idempotent producer go on past a gap. An answer that comes twice is passed over.
  for (std::size_t i = 0; i < link->sent.size(); ++i) {
    if (link->sent[i].number != static_cast<std::uint64_t>(frame.correlation_id)) continue;
    if (i > 0 || link->sent[i].api_key != frame.body->api_key()) {
      take_down(ctx, *link, Failure::kGivenUp);
      return true;
    }
    const Pending pending = link->sent.erase(i);
    finish(*link, pending, Outcome::kAnswered, frame.body);
    return true;
  }
  return true;
}

void Outbound::loopback_answered(const Inbound::LoopbackAnswer& answer) {
  for (Link& link : links_) {
    if (!link.loopback) continue;
    for (std::size_t i = 0; i < link.sent.size(); ++i) {
      if (link.sent[i].number != answer.id.value()) continue;
      const Pending pending = link.sent.erase(i);
      finish(link, pending, Outcome::kAnswered, answer.response);
      return;
    }
  }
}

Instant Outbound::earliest_deadline(const Link& link) const {
  Instant earliest = link.setup_deadline;
  if (link.state == State::kIdle && !link.queued.empty()) {
    earliest = std::min(earliest, link.retry_at);
  }
  for (const Pending& pending : link.sent) earliest = std::min(earliest, pending.deadline);
  for (const Pending& pending : link.queued) earliest = std::min(earliest, pending.deadline);
  return earliest;
}

// The timer is moved to an earlier instant only; an answer leaves it where it is, and when it
// fires with nothing overdue it is set anew. So a busy connection costs one wake per timeout.
void Outbound::watch(StepContext& ctx, Link& link, Instant when) {
  if (when == kNever || ctx.timers().deadline(link.timer) <= when) return;
  Cookie cookie{Machine::kRpc, 0, static_cast<std::uint32_t>(&link - links_.data()), 0};
  ctx.timers().rearm(link.timer, when, cookie);
}

bool Outbound::expire(Link& link, Instant now) {
  bool sent_timed_out = false;
  for (std::size_t i = 0; i < link.sent.size();) {
    if (link.sent[i].deadline > now) {
      ++i;
      continue;
    }
    finish(link, link.sent.erase(i), Outcome::kTimedOut);
    sent_timed_out = true;
  }
  for (std::size_t i = 0; i < link.queued.size();) {
    if (link.queued[i].deadline > now) {
      ++i;
      continue;
    }
    finish(link, link.queued.erase(i), Outcome::kTimedOut);
  }
  return sent_timed_out;
}

void Outbound::on_timer(StepContext& ctx, Cookie cookie) {
  ENSURE(cookie.machine == Machine::kRpc && cookie.slot < links_.size());
  Link& link = links_[cookie.slot];
  link.timer = TimerHandle{};
  const bool setup_over = link.setup_deadline <= ctx.now();
  // As in Kafka an overdue answer closes the connection: later answers would be out of step.
  const bool broken = expire(link, ctx.now()) && !link.loopback;
  if (setup_over || broken) {
    take_down(ctx, link, Failure::kGivenUp);
    return;
  }
  if (link.state == State::kIdle && !link.queued.empty() && link.retry_at <= ctx.now()) {
    connect(ctx, link);
  }
  watch(ctx, link, earliest_deadline(link));
}

}  // namespace logarium::rpc
