#pragma once
// Words that the simulated host and those who drive and watch it share: nodes by index, faults by
// kind, what an observer sees of an event. No behaviour.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/input.hpp"
#include "engine/base/tagged.hpp"
#include "engine/base/time.hpp"

namespace logarium::world {

// Names a node slot of a world, in the order of adding, from 0. Survives restarts.
using NodeIndex = Tagged<struct NodeIndexTag, std::uint32_t>;

enum class NodeKind : std::uint8_t { kBroker, kController, kCombined, kClient };

// kUp includes paused. kDown: the process ended, its machine runs (a connect is refused).
// kOff: the machine lost its power (a connect times out).
enum class ProcessState : std::uint8_t { kDown, kUp, kOff };

// What a fault does; also the `kind` of the notes FaultBegan and FaultEnded.
enum class FaultKind : std::uint8_t {
  kCrash,
  kPowerLoss,
  kPause,
  kWipe,
  kSlowNode,
  kCut,
  kLoss,
  kDelay,
  kDuplicate,
  kReorder,
  kBandwidth,
  kFilter,
  kConnectionReset,
  kDiskSlow,
  kDiskFull,
  kDiskError,
  kBitRot,
  kClock,
  kErrorCode,
};
inline constexpr std::size_t kFaultKinds = 19;
// "crash", "power loss", "cut", ...: as reports and scenario files name the kind.
[[nodiscard]] std::string_view fault_name(FaultKind kind);

// Names one running fault; 0 names none. Never reused within a world.
using FaultId = Tagged<struct FaultIdTag, std::uint32_t>;

// How often each kind took *effect* (not how often it was tried), and the amounts behind it.
struct FaultCounts {
  // crash, power loss, pause: processes hit; wipe: disks that held something; slow node: inputs
  // handled late; cut: messages held back and connects failed; loss: messages retransmitted (tcp)
  // or dropped (datagram); delay, duplicate, reorder, bandwidth: messages touched; filter: messages
  // dropped; connection reset: connections reset on demand; disk slow, full, error: operations
  // slowed or failed; bit rot: bits flipped; clock: wake-ups and steps at a clock that was wrong;
  // error code: requests answered with an injected error.
  std::array<std::uint64_t, kFaultKinds> effects{};
  std::int64_t bytes_lost = 0;          // written but not durable at a power loss
  std::int64_t bytes_torn = 0;          // of unfinished writes at a crash or power loss
  std::int64_t bytes_wiped = 0;         // by wipes
  std::uint64_t connections_reset = 0;  // by faults and their timeouts, of any kind
  std::uint64_t inputs_held = 0;        // waited for a paused or slow node
  std::uint64_t wakes_held = 0;         // fired late for the same reason

  [[nodiscard]] std::uint64_t of(FaultKind kind) const {
    return effects[static_cast<std::size_t>(kind)];
  }
  void add(FaultKind kind, std::uint64_t n = 1) { effects[static_cast<std::size_t>(kind)] += n; }
  bool operator==(const FaultCounts&) const = default;
};

// Where a message came from: the node and the event that sent it; event 0: it was no message.
struct Origin {
  std::uint32_t node = 0;
  std::uint64_t event = 0;
};

// A message that will never arrive: its connection ended first, or a fault took it.
struct LostMessage {
  Origin origin;
  std::uint32_t to = 0;  // node
  Instant time;          // when that was sure
  std::int16_t api_key = 0;
  Message::Direction direction = Message::Direction::kRequest;
  std::int32_t correlation = 0;
};

// One event as observers see it. An event is one input to one node, or a fact of the host's own
// about a node (a process ended, bytes lost): then `input` is null and `effects` holds notes only.
// Pointers are valid during the call.
struct EventView {
  std::uint64_t number = 0;  // from 1, without gaps
  Instant time;              // true time since the world began
  Now node_now;              // the node's own clocks
  NodeIndex node;
  const Input* input = nullptr;
  const Effects* effects = nullptr;
  Origin origin = {};  // of the message, where the input is one
  // Since the event before, and by this one. No part of the run's digest.
  const std::vector<LostMessage>* lost = nullptr;
  // An ENSURE failed in this event, which is the world's last: `effects` holds what the node had
  // asked for and noted before.
  bool broken = false;
};

// Watches a world. It is called after the host has taken over the event's effects and before the
// next event; it draws nothing, schedules nothing and does not call the world's fault methods:
// it tells its owner, who calls them after World::step has returned.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(const EventView& event) = 0;
};

// A failed ENSURE inside a node's step. The world is not usable after it.
struct EnsureReport {
  std::uint64_t event = 0;
  Instant time;
  NodeIndex node;
  std::string text;
};

// Work that was done, for reports.
struct Counters {
  std::uint64_t events = 0;
  std::uint64_t messages = 0;       // sent
  std::uint64_t message_bytes = 0;  // encoded; counted only in wire mode or under a bandwidth limit
  std::uint64_t file_operations = 0;
  std::int64_t bytes_written = 0;
  std::int64_t bytes_read = 0;
  bool operator==(const Counters&) const = default;
};

}  // namespace logarium::world
