#pragma once
// What a world, its links, disks and nodes are made with, and the faults that run for a while.
// Plain data with defaults; scenarios fill it in.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/input.hpp"
#include "engine/base/message.hpp"
#include "engine/base/node.hpp"
#include "engine/base/time.hpp"
#include "sim/world/delay.hpp"
#include "sim/world/types.hpp"
#include "sim/world/wire.hpp"

namespace logarium::world {

// One direction between two nodes.
struct LinkOptions {
  Delay latency = Delay::constant(microseconds(500));
  std::int64_t bytes_per_second = 0;  // 0: no limit; sizes are then not computed
  std::int64_t loss_ppm = 0;
  bool operator==(const LinkOptions&) const = default;
};

// tcp: messages on a connection are ordered and never vanish singly; loss is retransmission delay
// with head-of-line blocking, then a reset. datagram: single loss, duplication and reordering at
// message level; beyond what Kafka's transport does, and reports say so.
enum class Transport : std::uint8_t { kTcp, kDatagram };

struct NetworkOptions {
  Transport transport = Transport::kTcp;
  LinkOptions link;                                 // of every pair without options of its own
  Duration retransmit_timeout = milliseconds(200);  // first one; doubles each time
  Duration retransmit_timeout_max = seconds(4);
  std::int32_t retransmits_max = 6;  // then the connection is reset
  Duration connect_timeout = seconds(10);
  // An end whose peer vanished without a word (power loss, a reset lost in a cut) learns it then
  // at the latest; sending finds out earlier.
  Duration keepalive = seconds(30);
};

struct DiskOptions {
  std::int64_t capacity_bytes = std::int64_t{1} << 40;
  Delay write_latency = Delay::constant(microseconds(10));
  Delay read_latency = Delay::constant(microseconds(20));
  Delay sync_latency = Delay::constant(microseconds(150));
  Delay meta_latency = Delay::constant(microseconds(5));  // open, rename, list, ...
  std::int64_t write_bytes_per_second = 1'000'000'000;
  std::int64_t read_bytes_per_second = 2'000'000'000;
  std::int64_t sync_bytes_per_second = 500'000'000;
  // At a power loss a seeded part of the unsynced bytes may survive, cut anywhere or zeroed, and a
  // seeded prefix of the unsynced directory changes. Off: exactly the synced state survives.
  bool torn = true;
};

struct ClockOptions {
  Instant monotonic_start{seconds(1).ns};
  Duration wall_offset;
  std::int64_t drift_ppm = 0;
};

struct NodeOptions {
  std::string name;  // unique; also the host of its endpoints
  NodeId id;
  NodeKind kind = NodeKind::kBroker;
  std::shared_ptr<const Node> prototype;  // cloned at each start
  NodeSetupRef setup;
  DiskOptions disk;
  ClockOptions clock;
};

struct WorldOptions {
  std::uint64_t seed = 1;
  WallTime wall_start{1'727'740'800'000'000'000};  // 2024-10-01T00:00:00Z
  NetworkOptions network;
  std::shared_ptr<const WireCodec> wire;  // null: messages travel as typed structs
  // A running process handles an input in this time when slowed down by a factor of 1; counted
  // only for slow nodes.
  Duration handling_time = microseconds(20);
};

// ---- faults that run until ended ----------------------------------------------------------------

enum class Ways : std::uint8_t { kBoth, kOneWay };

// A fault of all links from a node of `from` to a node of `to` (kBoth: and back). An empty set
// means all nodes, those added later included. A node's link to itself never fails.
struct LinkFault {
  FaultKind kind =
      FaultKind::kCut;  // kCut, kLoss, kDelay, kDuplicate, kReorder, kBandwidth, kFilter
  std::vector<NodeIndex> from;
  std::vector<NodeIndex> to;
  Ways ways = Ways::kBoth;
  // Of a message to be hit: loss, delay, duplicate, reorder, filter. Draws nothing at 1,000,000.
  std::int64_t ppm = 1'000'000;
  Delay delay;                                  // delay, reorder: added to the message's latency
  std::int64_t bytes_per_second = 0;            // bandwidth
  std::optional<std::int16_t> api_key;          // filter: null is any
  std::optional<Message::Direction> direction;  // filter: null is both
  std::optional<std::uint64_t> messages_max;    // filter: spent after so many
};

// A fault of one node's disk.
struct DiskFault {
  FaultKind kind = FaultKind::kDiskSlow;  // kDiskSlow, kDiskFull, kDiskError
  std::int64_t factor = 10;               // slow: durations times this
  std::int64_t ppm = 1'000'000;           // error: of an operation to fail
  bool writes = true, reads = true, syncs = true, others = true;  // error: which operations
  std::string path_prefix;                                        // error: empty is every file
};

// Servers answer requests of one API with an error instead of handling them (kErrorCode). An empty
// set means all nodes, those added later included; clients get no requests.
struct AnswerFault {
  std::vector<NodeIndex> nodes;
  std::int16_t api_key = 0;
  std::int16_t error = -1;       // Kafka's error code; not 0
  std::int64_t ppm = 1'000'000;  // of a request to be answered so. Draws nothing at 1,000,000.
  std::optional<std::uint64_t> answers_max;  // spent after so many
};

// What a fault's notes FaultBegan and FaultEnded carry: its number in the schedule.
struct FaultTag {
  std::int32_t fault = 0;
};

}  // namespace logarium::world
