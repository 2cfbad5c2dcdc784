#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <map>
#include <vector>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::rpc {
namespace {

using protocol::ApiKey;
using protocol::ApiVersionsResponse;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

constexpr NodeId kServer{1};
constexpr NodeId kClient{7};
constexpr ConnectionId kServersEnd{1};

// A client's outbound and a server's inbound, wired by hand: whatever one end sends, the test
// delivers when it says so.
struct Wire {
  NodeCore client_core, server_core;
  Outbound outbound{OutboundOptions{.client_id = "test", .self = kClient}};
  Inbound client_inbound;
  Inbound server;
  Instant now{0};
  Effects client_out, server_out;
  std::optional<ConnectionId> connection;
  int connects = 0;

  template <class F>
  void client(F f) {
    StepContext ctx({now, {}}, client_core, client_out);
    f(ctx);
  }
  template <class F>
  void serve(F f) {
    StepContext ctx({now, {}}, server_core, server_out);
    f(ctx);
  }
  void send(const MessageRef& request, std::uint64_t value, SendOptions options = {}) {
    client([&](StepContext& ctx) {
      outbound.send(ctx, client_inbound, Peer{kServer}, request,
                    Cookie{Machine::kHandler, 0, 0, value}, options);
    });
  }
  // Performs what the client asked for. Frames go to the server; a connect succeeds.
  void deliver_to_server() {
    Effects effects;
    std::swap(effects, client_out);
    for (const Action& action : effects.actions) {
      if (const auto* connect = std::get_if<Connect>(&action)) {
        ++connects;
        connection = connect->connection;
        server.accepted(kServersEnd, 0);
        client([&](StepContext& ctx) { outbound.connected(ctx, *connection); });
        deliver_to_server();
      } else if (const auto* sent = std::get_if<Send>(&action)) {
        serve([&](StepContext& ctx) { server.received(ctx, kServersEnd, sent->frame); });
      } else if (std::holds_alternative<Disconnect>(action)) {
        server.disconnected(kServersEnd);
        connection.reset();
      }
    }
  }
  void deliver_to_client() {
    Effects effects;
    std::swap(effects, server_out);
    for (const Action& action : effects.actions) {
      const auto* sent = std::get_if<Send>(&action);
      if (sent == nullptr || !connection) continue;
      client([&](StepContext& ctx) { outbound.received(ctx, *connection, sent->frame); });
    }
  }
  void answer_versions(std::int16_t metadata_max) {
    const auto request = server.next();
    REQUIRE(request.has_value());
    REQUIRE(request->body->api_key() == static_cast<std::int16_t>(ApiKey::kApiVersions));
    auto response = std::make_shared<ApiVersionsResponse>();
    response->api_keys.push_back({static_cast<std::int16_t>(ApiKey::kMetadata), 0, metadata_max});
    serve([&](StepContext& ctx) { server.answer(ctx, request->id, response); });
    deliver_to_client();
  }
  void connect() {
    client([&](StepContext& ctx) {
      outbound.set_endpoint(ctx, kServer, Endpoint{"server", 9092}, rpc::Door::kBroker);
    });
  }
  void fire() {
    now = client_core.timers.next_deadline();
    client([&](StepContext& ctx) { outbound.on_timer(ctx, client_core.timers.fire()); });
  }
};

MessageRef metadata() { return std::make_shared<MetadataRequest>(); }

TEST_CASE("a request waits for the connection and the version handshake, then is answered") {
  Wire w;
  w.connect();
  w.send(metadata(), 5);
  w.deliver_to_server();
  CHECK(w.connects == 1);
  w.answer_versions(9);
  w.deliver_to_server();
  const auto request = w.server.next();
  REQUIRE(request.has_value());
  CHECK(request->api_version == 9);
  CHECK(*request->client_id == "test");
  w.serve([&](StepContext& ctx) {
    w.server.answer(ctx, request->id, std::make_shared<MetadataResponse>());
  });
  CHECK(w.outbound.in_flight(Peer{kServer}) == 1);
  w.deliver_to_client();
  const auto reply = w.outbound.next_reply();
  REQUIRE(reply.has_value());
  CHECK(reply->outcome == Outcome::kAnswered);
  CHECK(reply->cookie.value == 5);
  CHECK(reply->api_version == 9);
  CHECK(w.outbound.in_flight(Peer{kServer}) == 0);
  CHECK_FALSE(w.outbound.next_reply().has_value());
}

TEST_CASE("an API without a common version is refused by this end") {
  Wire w;
  w.connect();
  w.send(std::make_shared<protocol::ProduceRequest>(), 1);
  w.deliver_to_server();
  w.answer_versions(9);
  const auto reply = w.outbound.next_reply();
  REQUIRE(reply.has_value());
  CHECK(reply->outcome == Outcome::kUnsupportedVersion);
}

TEST_CASE("one request per connection is in progress, answers leave in request order") {
  Wire w;
  w.connect();
  w.send(metadata(), 1);
  w.send(metadata(), 2);
  w.deliver_to_server();
  w.answer_versions(12);
  w.deliver_to_server();
  const auto first = w.server.next();
  REQUIRE(first.has_value());
  CHECK_FALSE(w.server.next().has_value());
  w.server.finish_silently(first->id);
  CHECK_FALSE(w.server.waiting(first->id));
  CHECK(w.server.next().has_value());
}

TEST_CASE("a request without an answer times out, closes the connection and backs off") {
  Wire w;
  w.connect();
  w.send(metadata(), 1, {.timeout = seconds(2)});
  w.send(metadata(), 2, {.timeout = seconds(5)});
  w.deliver_to_server();
  w.answer_versions(12);
  w.deliver_to_server();
  w.fire();
  CHECK(w.now == Instant{} + seconds(2));
  const auto late = w.outbound.next_reply();
  REQUIRE(late.has_value());
  CHECK(late->outcome == Outcome::kTimedOut);
  CHECK(late->cookie.value == 1);
  const auto other = w.outbound.next_reply();
  REQUIRE(other.has_value());
  CHECK(other->outcome == Outcome::kDisconnected);
  CHECK_FALSE(w.outbound.ready(Peer{kServer}, w.now));
  const Duration pause = w.outbound.ready_at(Peer{kServer}, w.now) - w.now;
  CHECK(pause >= milliseconds(40));
  CHECK(pause <= milliseconds(60));
  CHECK(w.client_core.timers.size() == 0);
}

TEST_CASE("a send during the backoff leaves when it is over; pauses double while it fails") {
  Wire w;
  w.connect();
  Duration longest{0};
  for (int i = 0; i < 8; ++i) {
    w.send(metadata(), static_cast<std::uint64_t>(i));
    if (!w.outbound.ready(Peer{kServer}, w.now)) w.fire();
    REQUIRE(w.client_out.actions.size() == 1);
    const auto connection = std::get<Connect>(w.client_out.actions[0]).connection;
    w.client_out.clear();
    w.client([&](StepContext& ctx) { CHECK(w.outbound.connect_failed(ctx, connection)); });
    const auto reply = w.outbound.next_reply();
    REQUIRE(reply.has_value());
    CHECK(reply->outcome == Outcome::kDisconnected);
    longest = w.outbound.ready_at(Peer{kServer}, w.now) - w.now;
  }
  CHECK(longest >= milliseconds(800));
  CHECK(longest <= milliseconds(1200));
}

TEST_CASE("a connection attempt that hears nothing ends at the setup timeout") {
  Wire w;
  w.connect();
  w.send(metadata(), 1);
  CHECK(w.client_out.actions.size() == 1);
  w.fire();
  CHECK(w.now >= Instant{} + seconds(8));
  CHECK(w.now <= Instant{} + seconds(12));
  const auto reply = w.outbound.next_reply();
  REQUIRE(reply.has_value());
  CHECK(reply->outcome == Outcome::kDisconnected);
}

TEST_CASE("a version handshake without an answer ends at the timeout of the requests") {
  Wire w;
  w.connect();
  w.send(metadata(), 1, {.timeout = seconds(2)});
  w.deliver_to_server();
  REQUIRE(w.server.next().has_value());
  w.fire();
  CHECK(w.now == Instant{} + seconds(2));
  CHECK(w.outbound.next_reply().has_value());
  CHECK(std::holds_alternative<Disconnect>(w.client_out.actions.back()));
  CHECK(w.outbound.ready_at(Peer{kServer}, w.now) < w.now + milliseconds(100));
}

TEST_CASE("only failures to connect lengthen the setup timeout") {
  Wire w;
  w.connect();
  w.send(metadata(), 1, {.timeout = seconds(2)});
  w.deliver_to_server();
  w.fire();  // nobody answers ApiVersions
  w.client_out.clear();
  const Duration timeout = seconds(60);
  const auto setup_timeout = [&] {
    w.send(metadata(), 2, {.timeout = timeout});
    if (!w.outbound.ready(Peer{kServer}, w.now)) w.fire();
    const Instant begin = w.now;
    w.fire();
    w.client_out.clear();
    return w.now - begin;
  };
  const Duration first = setup_timeout();
  CHECK(first >= seconds(8));
  CHECK(first <= seconds(12));
  const Duration second = setup_timeout();
  CHECK(second >= seconds(16));
  CHECK(second <= seconds(24));
}

TEST_CASE("a changed endpoint closes the connection and forgets the backoff") {
  Wire w;
  w.connect();
  w.send(metadata(), 1);
  w.deliver_to_server();
  w.client([&](StepContext& ctx) {
    w.outbound.set_endpoint(ctx, kServer, Endpoint{"elsewhere", 9092}, rpc::Door::kBroker);
  });
  CHECK(w.outbound.next_reply()->outcome == Outcome::kDisconnected);
  CHECK(w.outbound.ready(Peer{kServer}, w.now));
  CHECK(std::holds_alternative<Disconnect>(w.client_out.actions.back()));
}

TEST_CASE("an unknown peer gives a reply at once") {
  Wire w;
  w.send(metadata(), 1);
  CHECK(w.outbound.next_reply()->outcome == Outcome::kDisconnected);
  CHECK(w.outbound.ready_at(Peer{kServer}, w.now) == kNever);
}

TEST_CASE("a process's requests to itself take the loopback") {
  Wire w;
  w.client([&](StepContext& ctx) {
    w.outbound.send(ctx, w.client_inbound, Peer{kClient}, metadata(),
                    Cookie{Machine::kRaft, 0, 0, 3}, {.timeout = seconds(1)});
  });
  CHECK(w.client_out.actions.empty());
  const auto request = w.client_inbound.next();
  REQUIRE(request.has_value());
  CHECK(request->connection == ConnectionId{});
  w.client([&](StepContext& ctx) {
    w.client_inbound.answer(ctx, request->id, std::make_shared<MetadataResponse>());
  });
  const auto answer = w.client_inbound.take_loopback();
  REQUIRE(answer.has_value());
  w.outbound.loopback_answered(*answer);
  const auto reply = w.outbound.next_reply();
  REQUIRE(reply.has_value());
  CHECK(reply->outcome == Outcome::kAnswered);
  CHECK(reply->cookie.value == 3);
  w.client([&](StepContext& ctx) {
    w.outbound.send(ctx, w.client_inbound, Peer{kClient}, metadata(),
                    Cookie{Machine::kRaft, 0, 0, 4}, {.timeout = seconds(1)});
  });
  w.fire();
  if (!w.outbound.next_reply()) w.fire();
  CHECK(w.now >= Instant{} + seconds(1));
}

TEST_CASE("answers to requests of a closed connection are dropped") {
  Wire w;
  w.connect();
  w.send(metadata(), 1);
  w.deliver_to_server();
  const auto request = w.server.next();
  w.server.disconnected(kServersEnd);
  w.serve([&](StepContext& ctx) {
    w.server.answer(ctx, request->id, std::make_shared<ApiVersionsResponse>());
  });
  CHECK(w.server_out.actions.empty());
}

TEST_CASE("a copy of both ends continues identically") {
  Wire w;
  w.connect();
  w.send(metadata(), 1);
  w.deliver_to_server();
  Wire copy = w;
  for (Wire* wire : {&w, &copy}) {
    wire->answer_versions(12);
    wire->deliver_to_server();
  }
  CHECK(state_hash(w.outbound) == state_hash(copy.outbound));
  CHECK(state_hash(w.server) == state_hash(copy.server));
}

}  // namespace
}  // namespace logarium::rpc
