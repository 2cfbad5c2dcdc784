#pragma once
// What a host may tell a node. One input is one event of a run.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/base/ids.hpp"
#include "engine/base/io.hpp"
#include "engine/base/message.hpp"

namespace logarium {

// A connection as one of its ends sees it. The connecting node chooses even numbers, the host
// chooses odd ones for accepted connections; a number is used once per incarnation.
using ConnectionId = Tagged<struct ConnectionIdTag, std::uint64_t>;
using CommandId = Tagged<struct CommandIdTag, std::uint64_t>;

// A call of the application that a client node embeds; downcast by the client machines.
class Command {
 public:
  virtual ~Command() = default;
  // Hash of all fields, for the run's digest.
  [[nodiscard]] virtual std::uint64_t hash() const = 0;
};
using CommandRef = std::shared_ptr<const Command>;

// Everything a node is started with besides its files: configs, rules, addresses. Immutable;
// defined by the kind of node (engine/server, engine/client).
class NodeSetup {
 public:
  virtual ~NodeSetup() = default;
};
using NodeSetupRef = std::shared_ptr<const NodeSetup>;

struct Started {
  NodeSetupRef setup;
  std::uint64_t seed = 0;  // of this incarnation's random stream
  Incarnation incarnation;
};
// SIGTERM: stop in an orderly way (Kafka's controlled shutdown), then Exit.
struct ShutdownRequested {};
struct CommandInput {
  CommandId id;
  CommandRef command;
};
struct Accepted {
  ConnectionId connection;
  // Which of the node's listeners took it: its place in the list that the node was set up with.
  std::uint16_t listener = 0;
};
struct Connected {
  ConnectionId connection;
};
struct ConnectFailed {
  ConnectionId connection;
};
struct Disconnected {
  ConnectionId connection;
};
struct Received {
  ConnectionId connection;
  Frame frame;
  // Kafka's error code, when the host wants a server to answer this request with it instead of
  // handling it, in its turn on the connection. Only a simulated host does.
  std::optional<std::int16_t> injected_error = {};
};
// The node's next_deadline() has come: fire one timer.
struct Wake {};

using Input = std::variant<Started, ShutdownRequested, CommandInput, Accepted, Connected,
                           ConnectFailed, Disconnected, Received, Wake, IoDone>;

}  // namespace logarium
