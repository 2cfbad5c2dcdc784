// Cluster: its network and the clients of a test.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/engine/replica/cluster.hpp"

namespace logarium::replica::test {

using protocol::ErrorCode;

namespace {

constexpr std::int32_t kClient = 0;

}  // namespace

// ---- network ------------------------------------------------------------------------------------

bool Cluster::linked(std::int32_t a, std::int32_t b) const {
  return std::none_of(cuts_.begin(), cuts_.end(), [&](const auto& cut) {
    return cut == std::pair(a, b) || cut == std::pair(b, a);
  });
}

void Cluster::connect(std::int32_t id, const Connect& action) {
  const std::int32_t to =
      action.to.host == "controller" ? kController : std::stoi(action.to.host.substr(1));
  later(milliseconds(1), [this, id, to, from = End{id, action.connection},
                          life = broker_of(id).life, dropped = connects_dropped_] {
    if (broker_of(id).life != life || dropped) return;
    const bool there = to == kController || broker_of(to).up;
    if (!there || !linked(id, to)) {
      step(id, [&](rpc::Port& port) { port.outbound.connect_failed(port.step, from.connection); });
      return;
    }
    End peer{to, from.connection};
    if (to != kController) {
      Broker& target = broker_of(to);
      peer.connection = ConnectionId((target.next_accept += 2) - 2);
      step(to, [&](rpc::Port& port) { port.inbound.accepted(peer.connection, 0); });
    } else {
      peer.connection = ConnectionId(from.connection.value() * 64 + static_cast<unsigned>(id));
    }
    peers_[from] = peer;
    peers_[peer] = from;
    step(id, [&](rpc::Port& port) { port.outbound.connected(port.step, from.connection); });
  });
}

void Cluster::send(std::int32_t id, const Send& action) {
  const End from{id, action.connection};
  const auto at = peers_.find(from);
  if (at == peers_.end()) return;
  const End to = at->second;
  if (to.node == kClient) {
    answers_[to.connection.value()] = action.frame.body;
    return;
  }
  later(milliseconds(1), [this, from, to, frame = action.frame] {
    const auto still = peers_.find(from);
    if (still == peers_.end() || still->second != to) return;
    if (to.node == kController) {
      controller_received(from, frame);
      return;
    }
    step(to.node, [&](rpc::Port& port) {
      if (frame.body->direction() == Message::Direction::kRequest) {
        port.inbound.received(port.step, to.connection, frame);
      } else {
        port.outbound.received(port.step, to.connection, frame);
      }
    });
  });
}

void Cluster::disconnect(const End& end, bool tell_peer) {
  static_cast<void>(tell_peer);
  const auto at = peers_.find(end);
  if (at == peers_.end()) return;
  const End peer = at->second;
  peers_.erase(end);
  peers_.erase(peer);
  if (peer.node == kClient || peer.node == kController) return;
  later(milliseconds(1), [this, peer] {
    if (!broker_of(peer.node).up) return;
    step(peer.node, [&](rpc::Port& port) {
      if (!port.outbound.disconnected(port.step, peer.connection)) {
        port.inbound.disconnected(peer.connection);
      }
    });
  });
}

void Cluster::cut(std::int32_t a, std::int32_t b) {
  cuts_.emplace_back(a, b);
  std::vector<std::pair<End, End>> broken;
  for (const auto& [end, peer] : peers_) {
    if ((end.node == a && peer.node == b) || (end.node == b && peer.node == a)) {
      broken.emplace_back(end, peer);
    }
  }
  for (const auto& [end, peer] : broken) {
    if (peers_.erase(end) == 0) continue;
    if (end.node == kController) continue;
    step(end.node, [&, lost = end.connection](rpc::Port& port) {
      if (!port.outbound.disconnected(port.step, lost)) port.inbound.disconnected(lost);
    });
  }
}

void Cluster::isolate(std::int32_t id) {
  for (std::int32_t other = 1; other <= spec_.brokers; ++other) {
    if (other != id) cut(id, other);
  }
  cut(id, kController);
}

void Cluster::heal() { cuts_.clear(); }

// ---- clients ------------------------------------------------------------------------------------

Cluster::Token Cluster::ask(std::int32_t id, MessageRef request, std::int16_t version) {
  Broker& broker = broker_of(id);
  const Token token = next_token_++;
  const ConnectionId connection((broker.next_accept += 2) - 2);
  peers_[{id, connection}] = {kClient, ConnectionId(token)};
  Frame frame;
  frame.body = std::move(request);
  frame.correlation_id = 1;
  frame.api_version = version;
  step(id, [&](rpc::Port& port) {
    port.inbound.accepted(connection, 0);
    port.inbound.received(port.step, connection, frame);
  });
  return token;
}

Cluster::Token Cluster::produce_batch(std::int32_t id, protocol::Batch batch, std::int16_t acks) {
  auto request = std::make_shared<protocol::ProduceRequest>();
  request->acks = acks;
  request->timeout_ms = 30'000;
  auto& topic = request->topic_data.emplace_back();
  topic.name = "orders";
  topic.partition_data.push_back({.index = 0, .records = protocol::Records{std::move(batch)}});
  return ask(id, std::move(request), 11);
}

Cluster::Token Cluster::produce(std::int32_t id, const std::string& text, std::int16_t acks) {
  return produce_batch(id, batch_of(text), acks);
}

Cluster::Token Cluster::fetch(std::int32_t id, std::int64_t offset, const std::string& rack) {
  auto request = std::make_shared<protocol::FetchRequest>();
  request->max_wait_ms = 500;
  request->min_bytes = 1;
  request->rack_id = rack;
  auto& topic = request->topics.emplace_back();
  topic.topic_id = kOrders;
  auto& partition = topic.partitions.emplace_back();
  partition.fetch_offset = offset;
  partition.partition_max_bytes = 1 << 20;
  return ask(id, std::move(request), 17);
}

MessageRef Cluster::answer(Token token) const {
  const auto at = answers_.find(token);
  return at == answers_.end() ? nullptr : at->second;
}

std::optional<ErrorCode> Cluster::produced(Token token) const {
  const MessageRef body = answer(token);
  if (body == nullptr) return std::nullopt;
  return protocol::as<protocol::ProduceResponse>(body)
      .responses.at(0)
      .partition_responses.at(0)
      .error_code;
}

const protocol::FetchResponse::PartitionData& Cluster::fetched(Token token) const {
  const MessageRef body = answer(token);
  REQUIRE(body != nullptr);
  return protocol::as<protocol::FetchResponse>(body).responses.at(0).partitions.at(0);
}

}  // namespace logarium::replica::test
