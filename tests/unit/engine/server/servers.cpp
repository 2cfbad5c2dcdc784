#include "tests/unit/engine/server/servers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "engine/config/broker_config.hpp"
#include "engine/metadata/image.hpp"
#include "engine/server/lifecycle.hpp"

namespace logarium::test {
namespace {

constexpr Duration kLatency = milliseconds(1);
constexpr std::int64_t kEpochMs = 1'700'000'000'000;
constexpr std::size_t kLengthBytes = 4;

Bytes without_length(const std::vector<std::byte>& framed) {
  return Bytes::copy_of(ByteView(framed).subspan(kLengthBytes));
}

}  // namespace

Servers::Servers(const Options& options) {
  const auto config = parse_server_config(options.config);
  REQUIRE(config.ok());
  const metadata::ImageRef empty = metadata::Image::empty();
  for (int n = 1; n <= options.nodes; ++n) {
    auto setup = std::make_shared<server::ServerSetup>();
    const std::string host = "n" + std::to_string(n);
    setup->node_id = NodeId(n);
    setup->roles = {.broker = true, .controller = n == 1};
    setup->cluster_id = "wire";
    setup->listeners = {{"PLAINTEXT", {host, 9092}, {.broker = true, .controller = false}},
                        {"CONTROLLER", {host, 9093}, {.broker = false, .controller = true}}};
    setup->voters[NodeId(1)] = {"n1", 9093};
    setup->config = config.value();
    setup->empty_image = empty;
    auto member = std::make_unique<Member>();
    member->setup = setup;
    members_.emplace(n, std::move(member));
  }
  for (const auto& [n, member] : members_) {
    give(n, Started{member->setup, static_cast<std::uint64_t>(n), Incarnation(1)});
  }
}

std::int64_t Servers::wall_ms() const { return kEpochMs + now_.ns / 1'000'000; }

void Servers::at(Instant when, std::function<void()> what) {
  events_.emplace(std::pair(when, next_event_++), std::move(what));
}

void Servers::give(int node, Input input) {
  Member& member = *members_.at(node);
  if (!member.up) return;
  Effects out;
  member.node.step({now_, WallTime{wall_ms() * 1'000'000}}, input, out);
  member.notes.insert(member.notes.end(), out.notes.begin(), out.notes.end());
  perform(node, out);
}

void Servers::perform(int node, const Effects& effects) {
  for (const Action& action : effects.actions) {
    if (const auto* connect = std::get_if<Connect>(&action)) {
      perform(node, *connect);
    } else if (const auto* sent = std::get_if<Send>(&action)) {
      perform(node, *sent);
    } else if (const auto* op = std::get_if<FileOp>(&action)) {
      perform(node, *op);
    } else if (const auto* gone = std::get_if<Disconnect>(&action)) {
      hang_up({node, gone->connection});
    } else if (std::holds_alternative<Exit>(action)) {
      members_.at(node)->up = false;
    }
  }
}

void Servers::perform(int node, const Connect& connect) {
  const int to = std::stoi(connect.to.host.substr(1));
  const auto listener = static_cast<std::uint16_t>(connect.to.port == 9092 ? 0 : 1);
  at(now_ + kLatency, [this, node, to, listener, ours = connect.connection] {
    Member& target = *members_.at(to);
    if (!target.up) {
      give(node, ConnectFailed{ours});
      return;
    }
    const ConnectionId theirs(target.next_accepted);
    target.next_accepted += 2;
    peers_[{node, ours}] = {to, theirs};
    peers_[{to, theirs}] = {node, ours};
    give(to, Accepted{theirs, listener});
    give(node, Connected{ours});
  });
}

void Servers::perform(int node, const Send& send) {
  const auto peer = peers_.find({node, send.connection});
  if (peer == peers_.end()) return;
  const bool request = send.frame.body->direction() == Message::Direction::kRequest;
  std::vector<std::byte> framed;
  if (request) {
    protocol::encode_request(send.frame, framed);
    members_.at(node)->asked[{send.connection, send.frame.correlation_id}] = {
        static_cast<protocol::ApiKey>(send.frame.body->api_key()), send.frame.api_version};
  } else {
    protocol::encode_response(send.frame, framed);
  }
  at(now_ + kLatency, [this, to = peer->second, bytes = without_length(framed), request] {
    deliver(to, bytes, request);
  });
}

void Servers::perform(int node, const FileOp& op) {
  at(now_, [this, node, op] { give(node, members_.at(node)->disk.perform(op)); });
}

void Servers::hang_up(const End& from) {
  const auto peer = peers_.find(from);
  if (peer == peers_.end()) return;
  const End to = peer->second;
  peers_.erase(from);
  at(now_ + kLatency, [this, to] {
    if (peers_.erase(to) == 0) return;
    if (to.node == 0) {
      clients_[to.connection.value()].closed_ = true;
    } else {
      give(to.node, Disconnected{to.connection});
    }
  });
}

void Servers::deliver(const End& to, const Bytes& frame, bool request) {
  if (!peers_.contains(to)) return;
  if (to.node == 0) {
    deliver_to_client(to, frame);
    return;
  }
  Result<Frame> decoded = Error{"no such request"};
  if (request) {
    decoded = protocol::decode_request(frame);
  } else {
    auto& asked = members_.at(to.node)->asked;
    const auto id = protocol::peek_correlation_id(frame);
    const auto sent = asked.find({to.connection, id.value()});
    REQUIRE(sent != asked.end());
    decoded = protocol::decode_response(frame, sent->second.key, sent->second.version);
    REQUIRE(decoded.ok());
    asked.erase(sent);
  }
  if (!decoded.ok()) {
    hang_up(to);
    give(to.node, Disconnected{to.connection});
    return;
  }
  Received input{to.connection, decoded.value()};
  const auto error = injected_.find(static_cast<protocol::ApiKey>(input.frame.body->api_key()));
  if (request && error != injected_.end() && error->second != 0) {
    input.injected_error = error->second;
  }
  give(to.node, input);
}

void Servers::deliver_to_client(const End& to, const Bytes& frame) {
  Client& client = clients_[to.connection.value()];
  const std::int32_t id = protocol::peek_correlation_id(frame).value();
  client.answered_.push_back(id);
  client.raw_[id] = frame;
  const auto sent = client.sent_.find(id);
  if (sent == client.sent_.end()) return;
  auto decoded = protocol::decode_response(frame, sent->second.key, sent->second.version);
  REQUIRE(decoded.ok());
  client.answers_[id] = decoded.value().body;
}

Servers::Client& Servers::connect(int node, ListenerAt listener) {
  const ConnectionId ours(clients_.size());
  Client& client = clients_.emplace_back();
  Member& target = *members_.at(node);
  client.servers_ = this;
  client.node_ = node;
  client.server_end_ = ConnectionId(target.next_accepted);
  target.next_accepted += 2;
  peers_[{0, ours}] = {node, client.server_end_};
  peers_[{node, client.server_end_}] = {0, ours};
  give(node, Accepted{client.server_end_, static_cast<std::uint16_t>(listener)});
  return client;
}

void Servers::Client::send(const Bytes& frame) {
  if (closed_) return;
  servers_->at(servers_->now_ + kLatency,
               [servers = servers_, node = node_, end = server_end_, frame] {
                 servers->deliver({node, end}, frame, true);
               });
}

std::int32_t Servers::Client::send(const MessageRef& request, std::int16_t version) {
  const std::int32_t id = next_correlation_++;
  sent_[id] = {static_cast<protocol::ApiKey>(request->api_key()), version};
  std::vector<std::byte> framed;
  protocol::encode_request({request, id, version, std::make_shared<const std::string>("test")},
                           framed);
  send(without_length(framed));
  return id;
}

MessageRef Servers::Client::await(std::int32_t correlation_id) {
  servers_->run_until([&] { return closed_ || answers_.contains(correlation_id); });
  const auto found = answers_.find(correlation_id);
  return found == answers_.end() ? nullptr : found->second;
}

bool Servers::step_once(Instant limit) {
  Instant next = events_.empty() ? kNever : events_.begin()->first.first;
  int waking = 0;
  for (const auto& [n, member] : members_) {
    if (!member->up || member->node.next_deadline() >= next) continue;
    next = member->node.next_deadline();
    waking = n;
  }
  if (next > limit) return false;
  now_ = std::max(now_, next);
  if (waking != 0) {
    give(waking, Wake{});
    return true;
  }
  const auto what = std::move(events_.begin()->second);
  events_.erase(events_.begin());
  what();
  return true;
}

bool Servers::run_until(const std::function<bool()>& holds, Duration limit) {
  const Instant end = now_ + limit;
  while (!holds()) {
    if (!step_once(end)) return false;
  }
  return true;
}

void Servers::run_for(Duration time) {
  const Instant end = now_ + time;
  while (step_once(end)) {
  }
  now_ = end;
}

void Servers::ready() {
  REQUIRE(run_until([&] {
    for (const auto& [n, member] : members_) {
      const auto* lifecycle = member->node.lifecycle();
      if (lifecycle == nullptr || lifecycle->state() != note::BrokerState::kRunning) return false;
      const auto image = member->node.image();
      if (!image) return false;
      for (const auto& [other, unused] : members_) {
        if (!image->active(NodeId(other))) return false;
      }
    }
    return true;
  }));
}

void Servers::stop(int node) {
  Member& member = *members_.at(node);
  member.up = false;
  std::vector<End> ends;
  for (const auto& [end, peer] : peers_) {
    if (end.node == node) ends.push_back(end);
  }
  for (const End& end : ends) hang_up(end);
}

}  // namespace logarium::test
