#pragma once
// Outbound: the calling end of a node's connections: connects on demand, asks for ApiVersions,
// picks the newest version both sides know, correlates answers, times requests out and backs off
// before it connects again (reconnect.backoff.ms, exponential, +-20 %).
//
// Used by clients, fetchers, raft, heartbeats and AlterPartition alike. A caller names the peer
// and a lane: each lane is a connection of its own, so that a long poll never delays a heartbeat.
// Every send ends in exactly one Reply, also when the connection breaks or the time is over.

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/ring.hpp"
#include "engine/rpc/inbound.hpp"
#include "engine/rpc/versions.hpp"

namespace logarium::rpc {

// kMain, kFetch and kBootstrap go to a node as a broker, the others to it as a controller.
enum class Lane : std::uint8_t {
  kMain,
  kFetch,
  kQuorum,
  kQuorumFetch,
  kControl,
  kBootstrap,
  kForward,  // what a broker asks of the controller for its clients
};

// Which of a node's listeners. A node that has only one has the same endpoint at both.
enum class Door : std::uint8_t { kBroker, kController };
[[nodiscard]] constexpr Door door_of(Lane lane) {
  const bool broker = lane == Lane::kMain || lane == Lane::kFetch || lane == Lane::kBootstrap;
  return broker ? Door::kBroker : Door::kController;
}

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
  MessageRef body;  // null unless kAnswered; null also for a request that expects no response
  std::int16_t api_version = 0;
};

struct OutboundOptions {
  std::string client_id;
  Duration reconnect_backoff = milliseconds(50);
  Duration reconnect_backoff_max = milliseconds(1000);
  // How long the network may take to connect; doubles from the first to the second while that keeps
  // failing (KIP-601). The ApiVersions exchange after it has the timeout of the requests that wait.
  Duration connection_setup_timeout = seconds(10);
  Duration connection_setup_timeout_max = seconds(30);
  // This process's own id: requests to it go over the loopback.
  std::optional<NodeId> self;
};

struct SendOptions {
  Duration timeout = seconds(30);
  // The request gets no response (Produce with acks=0); its Reply (answered, body null) comes as
  // soon as it is sent.
  enum class Response : std::uint8_t { kExpected, kNone } response = Response::kExpected;
  // The version to send it in, if the peer knows that; else, or when empty, the newest common one.
  // For a request that is passed on in the shape in which it came.
  std::optional<std::int16_t> version{};
};

class Outbound {
 public:
  // Requests that may be in flight or queued per peer and lane; more end in kDisconnected.
  static constexpr std::size_t kQueuedMax = 10'000;

  explicit Outbound(OutboundOptions options);

  // Tells where a node listens; a changed endpoint closes the connections to it.
  void set_endpoint(StepContext& ctx, NodeId node, const Endpoint& endpoint, Door door);
  [[nodiscard]] bool knows(Peer peer) const;

  // Queues the request; it leaves when the connection is up. A peer without an endpoint gives
  // kDisconnected at once. The timeout counts from now, whether the request has left or not.
  void send(StepContext& ctx, Inbound& loopback, Peer to, MessageRef request, Cookie cookie,
            const SendOptions& options);
  // Requests sent or queued whose Reply is not there yet.
  [[nodiscard]] std::size_t in_flight(Peer to) const;
  // Whether a send would leave at once or after connecting now: known, not in reconnect backoff.
  [[nodiscard]] bool ready(Peer to, Instant now) const;
  // When ready() becomes true again; `now` when it is, kNever for a peer without an endpoint.
  [[nodiscard]] Instant ready_at(Peer to, Instant now) const;
  // What a choice among peers goes by: kUp (negotiated: a send leaves now) before kUntried (no
  // connection, or one in the making) before kFailing (its last attempts failed or broke).
  enum class Health : std::uint8_t { kUp, kUntried, kFailing };
  [[nodiscard]] Health health(Peer to) const;
  // The version that a request of this API to this peer has; empty before the handshake, and for
  // an API without a common version.
  [[nodiscard]] std::optional<std::int16_t> version(Peer to, std::int16_t api_key) const;
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
  [[nodiscard]] std::optional<Reply> next_reply() {
    if (replies_.empty()) return std::nullopt;
    return replies_.pop_front();
  }

  void describe(StateVisitor& v) const;

 private:
  // A connection's states:
  //   kIdle --send, backoff over--> kConnecting --Connected--> kHandshake --ApiVersions--> kReady
  //   kConnecting, kHandshake, kReady --failure, timeout, Disconnected--> kIdle (with backoff)
  enum class State : std::uint8_t { kIdle, kConnecting, kHandshake, kReady };

  struct Pending {
    MessageRef body;  // kept until it is sent
    Cookie cookie;
    Instant deadline;
    std::uint64_t number = 0;  // correlation id, or the loopback's request id
    std::int16_t api_key = 0;
    std::int16_t api_version = 0;
    SendOptions::Response response = SendOptions::Response::kExpected;
    std::int16_t version_max = std::numeric_limits<std::int16_t>::max();
    void describe(StateVisitor& v) const;
  };
  struct Link {
    Peer peer;
    State state = State::kIdle;
    bool loopback = false;
    ConnectionId connection;
    std::int32_t next_correlation = 0;
    std::int32_t failures = 0;         // in a row, since the last handshake
    std::int32_t failed_connects = 0;  // in a row, before the network had connected
    Instant retry_at{0};               // end of the reconnect backoff
    Duration request_timeout{0};       // of the newest request
    Instant setup_deadline = kNever;   // of kConnecting or kHandshake
    VersionsRef versions;              // set in kReady
    Ring<Pending> queued;              // not sent yet
    Ring<Pending> sent;                // in the order of sending
    TimerHandle timer;                 // fires at or before the earliest deadline of this link
    void describe(StateVisitor& v) const;
  };
  struct Known {
    NodeId node;
    std::array<std::optional<Endpoint>, 2> doors;
    void describe(StateVisitor& v) const;
  };
  struct Open {
    ConnectionId connection;
    std::uint32_t link = 0;
  };
  enum class Failure : std::uint8_t {
    kClosedByUs,    // on purpose: no backoff
    kGivenUp,       // closed by us since it is of no use: backoff
    kBrokenByPeer,  // the host reported it gone: backoff
  };

  // Null when nothing is known of the node's door for this lane.
  [[nodiscard]] const Endpoint* find_endpoint(Peer peer) const;
  [[nodiscard]] const Link* find_link(Peer peer) const;
  std::uint32_t link_index(Peer peer);
  Link* link_of(ConnectionId connection);
  void finish(const Link& link, const Pending& pending, Outcome outcome, MessageRef body = {});
  void connect(StepContext& ctx, Link& link);
  void send_handshake(StepContext& ctx, Link& link, std::int16_t version);
  void handshake_answered(StepContext& ctx, Link& link, const Message& response);
  void flush(StepContext& ctx, Link& link);
  void send_now(StepContext& ctx, Link& link, Pending pending);
  void send_local(Inbound& loopback, Link& link, Pending pending);
  // Takes the link down: every request of it ends in kDisconnected.
  void take_down(StepContext& ctx, Link& link, Failure failure);
  void forget_connection(Link& link);
  // Ends what is overdue. True when a request that had been sent timed out.
  bool expire(Link& link, Instant now);
  [[nodiscard]] Instant earliest_deadline(const Link& link) const;
  // Makes the link's timer fire no later than `when`.
  void watch(StepContext& ctx, Link& link, Instant when);
  VersionsRef intern(VersionsRef versions);

  OutboundOptions options_;
  std::shared_ptr<const std::string> client_id_;
  std::vector<Known> known_;           // ascending node ids
  std::vector<Link> links_;            // never removed; a timer's cookie.slot is an index
  std::vector<std::uint32_t> order_;   // indices of links_, ascending peers
  std::vector<Open> open_;             // ascending connection ids
  std::vector<VersionsRef> versions_;  // each different one once
  Ring<Reply> replies_;
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
