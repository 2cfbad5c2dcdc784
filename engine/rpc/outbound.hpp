#pragma once
// Outbound: the calling end of a node's connections: connects on demand, asks for ApiVersions,
// picks the newest version both sides know, correlates answers, times requests out and backs off
// before it connects again (reconnect.backoff.ms, exponential, +-20 %).
//
// Used by clients, fetchers, raft, heartbeats and AlterPartition alike. A caller names the peer
// and a lane: each lane is a connection of its own, so that a long poll never delays a heartbeat.
// Every send ends in exactly one Reply, also when the connection breaks or the time is over.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/node.hpp"
#include "engine/rpc/inbound.hpp"

namespace logarium::rpc {

enum class Lane : std::uint8_t { kMain, kFetch, kQuorum, kQuorumFetch, kControl, kBootstrap };

// Where a request goes. Bootstrap servers have negative node ids (-1, -2, ...) as in Kafka.
struct Peer {
  NodeId node;
  Lane lane = Lane::kMain;
  std::uint8_t number = 0;  // e.g. of the fetcher
  constexpr auto operator<=>(const Peer&) const = default;
};

enum class Outcome : std::uint8_t {
  kAnswered,
  kTimedOut,            // request.timeout passed; the connection is closed
  kDisconnected,        // could not connect, or the connection broke before the answer
  kUnsupportedVersion,  // the peer knows no common version of this API
};

struct Reply {
  Cookie cookie;
  Outcome outcome = Outcome::kDisconnected;
  Peer from;
  MessageRef body;  // null unless kAnswered
  std::int16_t api_version = 0;
};

struct OutboundOptions {
  std::string client_id;
  Duration reconnect_backoff = milliseconds(50);
  Duration reconnect_backoff_max = milliseconds(1000);
  Duration connection_setup_timeout = seconds(10);
  // This process's own id: requests to it go over the loopback.
  std::optional<NodeId> self;
};

struct SendOptions {
  Duration timeout = seconds(30);
  // The request gets no response (Produce with acks=0); its Reply comes as soon as it is sent.
  enum class Response : std::uint8_t { kExpected, kNone } response = Response::kExpected;
};

class Outbound {
 public:
  explicit Outbound(OutboundOptions options);

  // Tells where a node listens; a changed endpoint closes its connections.
  void set_endpoint(StepContext& ctx, NodeId node, const Endpoint& endpoint);
  [[nodiscard]] bool knows(NodeId node) const;

  // Queues the request; it leaves when the connection is up. Up to kQueuedMax per peer and lane.
  void send(StepContext& ctx, Inbound& loopback, Peer to, MessageRef request, Cookie cookie,
            const SendOptions& options);
  // Requests sent or queued whose Reply is not there yet.
  [[nodiscard]] std::size_t in_flight(Peer to) const;
  // Whether a send would leave at once or after connecting now: not in reconnect backoff.
  [[nodiscard]] bool ready(Peer to, Instant now) const;
  // Closes a peer's lane; its requests end in kDisconnected.
  void close(StepContext& ctx, Peer peer);

  // Host events. Each returns true when the connection is one of ours.
  bool connected(StepContext& ctx, ConnectionId connection);
  bool connect_failed(StepContext& ctx, ConnectionId connection);
  bool disconnected(StepContext& ctx, ConnectionId connection);
  bool received(StepContext& ctx, ConnectionId connection, const Frame& frame);
  // A timer with Machine::kRpc fired.
  void on_timer(StepContext& ctx, Cookie cookie);
  // An answer of this process to itself.
  void loopback_answered(const Inbound::LoopbackAnswer& answer);

  // Finished requests in order. The owner of the node drains this and routes by cookie.machine.
  [[nodiscard]] std::optional<Reply> next_reply();

  void describe(StateVisitor& v) const;

 private:
  OutboundOptions options_;
};

// What a machine that talks gets for one step.
struct Port {
  StepContext& step;
  Inbound& inbound;
  Outbound& outbound;

  void send(Peer to, MessageRef request, Cookie cookie, const SendOptions& options = {}) {
    outbound.send(step, inbound, to, std::move(request), cookie, options);
  }
  void answer(RequestId id, MessageRef response) { inbound.answer(step, id, std::move(response)); }
};

}  // namespace logarium::rpc
