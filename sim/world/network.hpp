#pragma once
// Network: connections between nodes, in the manner of TCP (or, opt-in, of datagrams over a
// connection). It decides when messages, closes and resets arrive and puts them into the
// scheduler; the world hands arriving things back to it and passes on what comes out.
//
// A connection has two ends, 0 (connecting) and 1 (accepting). A direction is named by the end it
// leads to. A blocked direction (cut link, or a target without power) holds its messages back in
// order and tries again with doubling timeouts; after the last try the sending end is reset, and
// the other end learns it from its keepalive, or from sending.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/input.hpp"
#include "sim/world/links.hpp"
#include "sim/world/scheduler.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

// What the network needs of its world during one call.
struct NetworkScope {
  Instant now;
  Scheduler& scheduler;
  FaultCounts& counts;
  std::uint64_t event = 0;         // that sends
  std::vector<LostMessage>& lost;  // gathers the messages that will never arrive
};

class Network {
 public:
  Network(const NetworkOptions& options, Random root) : links_(options, root) {}

  void add_node(std::string_view name) {
    ends_.push_back({});
    links_.add_node(name);
  }
  [[nodiscard]] Links& links() { return links_; }

  // ---- asked for by a node's effects ----
  void connect(NetworkScope scope, std::uint32_t from, std::uint32_t incarnation, ConnectionId id,
               std::uint32_t to);
  // The endpoint's host does not exist.
  static void refuse(NetworkScope scope, std::uint32_t from, std::uint32_t incarnation,
                     ConnectionId id);
  // Messages on a connection that is not open (any more) vanish; the node is being told.
  void send(NetworkScope scope, std::uint32_t from, ConnectionId id, const Frame& frame,
            std::uint64_t hash, std::int64_t bytes);
  [[nodiscard]] bool measured(std::uint32_t from, ConnectionId id) const;
  void disconnect(NetworkScope scope, std::uint32_t from, ConnectionId id);

  // ---- arrivals; what is returned is for the node now ----
  struct Arrival {
    std::uint32_t node = 0;
    std::uint32_t incarnation = 0;
    ConnectionId connection;
  };
  enum class Answer : std::uint8_t { kAccept, kRefuse, kSilence };
  // A connection request reached its target, which answers. With kAccept the target gets
  // Accepted on the returned arrival unless the link was cut meanwhile.
  std::optional<Arrival> on_connect(NetworkScope scope, const Pending& pending, Answer answer,
                                    std::uint32_t incarnation);
  std::optional<Arrival> on_connected(NetworkScope scope, const Pending& pending);
  std::optional<Arrival> on_connect_failed(NetworkScope scope, const Pending& pending);
  // The message of `pending` may be given to the returned arrival; otherwise it was held back or
  // came too late.
  std::optional<Arrival> on_message(NetworkScope scope, Pending& pending);
  std::optional<Arrival> on_close(NetworkScope scope, const Pending& pending);
  std::optional<Arrival> on_keepalive(NetworkScope scope, const Pending& pending);
  std::optional<Arrival> on_retransmit(NetworkScope scope, const Pending& pending);
  std::optional<Arrival> on_ack_check(NetworkScope scope, const Pending& pending);

  // ---- asked for by processes and faults ----
  // A process ended and its machine runs on: its peers hear it after one latency.
  void process_ended(NetworkScope scope, std::uint32_t node);
  // The machine lost its power: silence.
  void power_lost(NetworkScope scope, std::uint32_t node);
  void power_restored(std::uint32_t node) { ends_[node].powered = true; }
  // Both ends of all connections between two nodes are reset. Returns how many.
  std::uint64_t reset_between(NetworkScope scope, std::uint32_t a, std::uint32_t b);

  // Open or opening connections of one node.
  [[nodiscard]] std::size_t connections(std::uint32_t node) const {
    return ends_[node].by_id.size();
  }

 private:
  enum class EndState : std::uint8_t {
    kNone,     // end 1 before it accepted
    kOpening,  // end 0 before it heard of the consent
    kOpen,
    kClosed,    // closed; the peer is being told
    kVanished,  // gone without a word
  };
  struct Held {
    Frame frame;
    std::uint64_t hash = 0;
    Origin origin;
  };
  // The direction that leads to an end, and that end.
  struct End {
    std::uint32_t node = 0;
    std::uint32_t incarnation = 0;
    ConnectionId id;
    EndState state = EndState::kNone;
    bool retransmitting = false;  // a kRetransmit is scheduled
    bool ack_check = false;       // a kAckCheck is scheduled
    std::int32_t attempts = 0;
    LinkIndex link = 0;       // of the direction
    Instant last_arrival{0};  // nothing on this direction arrives before it
    std::vector<Held> held;   // blocked messages, in order
  };
  struct Connection {
    End ends[2];
    std::uint32_t generation = 0;
    bool used = false;
  };
  // Which connection and end a node's id names.
  struct Name {
    std::uint64_t id = 0;
    std::uint32_t connection = 0;
    std::uint8_t side = 0;
  };
  struct NodeEnds {
    std::vector<Name> by_id;  // sorted by id
    std::uint64_t next_accepted = 1;
    bool powered = true;
  };

  [[nodiscard]] const Name* find(std::uint32_t node, ConnectionId id) const;
  void bind(std::uint32_t node, ConnectionId id, std::uint32_t connection, std::uint8_t side);
  // Ends an end: its node's id names nothing any more. Frees the connection with its last end.
  void unbind(NetworkScope scope, std::uint32_t connection, unsigned side, EndState state);
  [[nodiscard]] std::uint32_t make();
  [[nodiscard]] bool stale(const Pending& pending) const;
  [[nodiscard]] static bool live(const End& end) {
    return end.state == EndState::kOpen || end.state == EndState::kOpening;
  }
  // Nothing gets through towards this end at present.
  [[nodiscard]] bool blocked(const End& end) const;
  Pending& schedule(NetworkScope scope, Instant when, PendingKind kind, std::uint32_t connection,
                    unsigned side);
  void hold(NetworkScope scope, std::uint32_t connection, unsigned side, Held message);
  void schedule_message(NetworkScope scope, Instant when, std::uint32_t connection, unsigned side,
                        Held message);
  // The message will not arrive; all that are held back for an end will not.
  static void drop(NetworkScope scope, std::uint32_t to, const Frame& frame, Origin origin);
  static void drop_held(NetworkScope scope, End& end);
  void tell_peer(NetworkScope scope, std::uint32_t connection, unsigned closing_side);
  // Both ends learn of a reset at `when`.
  void reset(NetworkScope scope, std::uint32_t connection, Instant when);
  // The end is gone now, and its peer is not told.
  std::optional<Arrival> lose(NetworkScope scope, std::uint32_t connection, unsigned side);
  [[nodiscard]] Duration timeout(std::int32_t attempt) const;
  // How long all tries together take.
  [[nodiscard]] Duration patience() const;

  Links links_;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> free_;
  std::vector<NodeEnds> ends_;  // by node
};

}  // namespace logarium::world
