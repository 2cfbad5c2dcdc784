#pragma once
// Action: what a fault of a scenario does, with everything that any kind of action needs. Which
// keys a kind has is written once, in action_fields.cpp.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/number.hpp"

namespace logarium::scenario {

class Visitor;

// A config's value: a text as Kafka's properties have it, a number with a distribution, or one of
// several texts. Resolving leaves `text` alone.
struct ConfigValue {
  std::string text;
  std::optional<Number> number;
  std::vector<std::string> pick;
  bool operator==(const ConfigValue&) const = default;
};
using ConfigMap = std::map<std::string, ConfigValue>;

struct Topic {
  std::string name;
  Number partitions = Number::constant(1);
  Number replication_factor = Number::constant(3);
  std::vector<std::vector<std::int64_t>> assignment;  // brokers of each partition; empty: placed
  ConfigMap config;
  void fields(Visitor& v);
};

enum class ActionKind : std::uint8_t {
  // processes
  kCrash,
  kPowerLoss,
  kRestart,
  kStop,
  kWipe,
  kPause,
  kResume,
  kSlowNode,
  // network
  kCut,
  kLoss,
  kLatency,
  kDuplicate,
  kReorder,
  kBandwidth,
  kFilter,
  kReset,
  // disks
  kDiskSlow,
  kDiskFull,
  kDiskError,
  kBitRot,
  // clocks
  kClockOffset,
  kClockDrift,
  kClockStep,
  // protocol
  kErrorCode,
  // ends
  kEnd,
  kHeal,
  // admin
  kMoveLeader,
  kReassign,
  kChangeConfig,
  kCreateTopic,
  kDeleteTopic,
  kAddPartitions,
  kDeleteRecords,
  kRemoveBroker,
};
inline constexpr std::size_t kActionKinds = 34;
// "crash", "power loss", ...: the key in a scenario file.
[[nodiscard]] std::string_view action_name(ActionKind kind);
// Sent by the admin client instead of done to the world.
[[nodiscard]] bool is_admin(ActionKind kind);
// May take away what a server has stored: power loss, wipe, bit rot.
[[nodiscard]] bool loses_state(ActionKind kind);

enum class WaysKind : std::uint8_t { kBoth, kOneWay };
enum class MessageKind : std::uint8_t { kAny, kRequest, kResponse };
enum class ElectionWish : std::uint8_t { kPreferred, kUnclean };

struct Action {
  ActionKind kind = ActionKind::kCrash;
  std::vector<std::string> target;    // nodes
  std::vector<std::string> from, to;  // of links; empty: all nodes
  WaysKind ways = WaysKind::kBoth;
  Number share = Number::constant(1'000'000);  // of messages, operations or requests
  Number by = Number::constant(0);             // latency, reorder (per message); clock offset, step
  Number factor = Number::constant(10);        // slow node, disk slow
  Number limit = Number::constant(0);          // bandwidth
  Number drift = Number::constant(0);
  std::string api;  // filter, error code: Kafka's name, "Fetch"; empty: any
  MessageKind messages = MessageKind::kAny;
  Number count = Number::constant(0);   // filter, error code: at most so many; 0: no limit
  std::vector<std::string> operations;  // disk error: write, read, sync, other; empty: all
  std::string path;                     // disk error, bit rot: prefix of the file's path
  std::string error;                    // error code: "NOT_LEADER_OR_FOLLOWER"
  std::string fault;                    // end: label of a fault that goes on
  std::string topic;
  std::string partition;               // "orders-0"
  std::vector<std::int64_t> replicas;  // reassign
  ElectionWish election = ElectionWish::kPreferred;
  ConfigMap config;             // change config
  Topic new_topic;              // create topic
  std::int64_t partitions = 0;  // add partitions: the new total
  std::int64_t before = -1;     // delete records: offset; -1: the high watermark
  void fields_of(int which, Visitor& v);
  void fields(Visitor& v);
};
// "crash leader(orders-0)": the action as reports say it.
[[nodiscard]] std::string action_text(const Action& action);

}  // namespace logarium::scenario
