#pragma once
// Model: what a scenario file says, as plain structs. Each struct names its keys once in `fields`
// (binding.hpp): strict reading, the JSON Schema, the explanation and writing back come from it.
//
// A model says what may happen. resolve() (plan.hpp) draws its distributions with a seed; what is
// left to a run is which node a role names when a trigger fires.
//
// Texts that name nodes are targets (target.hpp): "leader(orders-0)", "broker(2)", "kill.target".

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/rules.hpp"
#include "sim/scenario/action.hpp"
#include "sim/scenario/number.hpp"

namespace logarium::scenario {

class Visitor;

// ---- the world ----------------------------------------------------------------------------------

enum class RolesKind : std::uint8_t { kSeparate, kCombined };

struct BrokerOverride {
  std::int64_t broker = 1;
  std::string rack;
  ConfigMap config;
  void fields(Visitor& v);
};

struct Cluster {
  Number brokers = Number::constant(3);      // broker(1), broker(2), ...
  Number controllers = Number::constant(3);  // controller(1001), ...; combined: the first brokers
  RolesKind roles = RolesKind::kSeparate;
  std::vector<std::string> racks;  // broker i is in rack (i-1) mod size
  ConfigMap config;                // of every server: Kafka's broker configs
  std::vector<BrokerOverride> per_broker;
  bool elr = true;  // KIP-966 eligible leader replicas
  void fields(Visitor& v);
};

enum class NetworkMode : std::uint8_t { kTcp, kDatagram };

struct Link {
  std::vector<std::string> from, to;  // targets that are known before the start
  Number latency = Number::of(microseconds(500));
  Number loss = Number::constant(0);
  Number bandwidth = Number::constant(0);  // 0: no limit
  void fields(Visitor& v);
};

struct Network {
  NetworkMode mode = NetworkMode::kTcp;
  std::vector<int> mode_picks;                     // {"pick": [...]}, until resolved
  Number latency = Number::of(microseconds(500));  // per message, one way
  Number loss = Number::constant(0);
  Number bandwidth = Number::constant(0);
  std::vector<Link> links;
  void fields(Visitor& v);
};

struct Disk {
  Number write_latency = Number::of(microseconds(10));
  Number read_latency = Number::of(microseconds(20));
  Number sync_latency = Number::of(microseconds(150));
  Number capacity = Number::constant(std::int64_t{1} << 40);
  bool torn = true;  // a power loss may tear unfinished writes
  void fields(Visitor& v);
};

struct Clocks {
  Number offset = Number::constant(0);  // of each server's wall clock, drawn per node
  Number drift = Number::constant(0);
  void fields(Visitor& v);
};

struct RuleSwitches {
  enum class Truncation : std::uint8_t { kDivergingEpoch, kHighWatermark };
  std::vector<std::string> off;
  Truncation truncation = Truncation::kDivergingEpoch;
  void fields(Visitor& v);
};

// ---- the clients --------------------------------------------------------------------------------

enum class ClientKind : std::uint8_t { kProducer, kConsumer };
enum class SpacingKind : std::uint8_t { kConstant, kPoisson };
enum class ReadFrom : std::uint8_t { kEarliest, kLatest };

struct Client {
  ClientKind kind = ClientKind::kProducer;
  std::string name;  // "" is "producer" or "consumer"; nodes are name-1, name-2, ...
  Number count = Number::constant(1);
  Number start = Number::constant(0);  // after ready
  ConfigMap config;                    // Kafka's producer or consumer configs
  // producer
  std::string topic;
  Number rate = Number::constant(100 * 3600);  // of all `count` together
  Number records = Number::constant(0);        // at most so many per producer; 0: no limit
  Number value_size = Number::constant(100);
  SpacingKind spacing = SpacingKind::kConstant;
  std::optional<Number> keys;  // key number, drawn per record; empty: no keys
  // consumer
  std::string group;                // refused: not supported yet
  std::vector<std::string> topics;  // only with a group
  std::vector<std::string> assign;  // "orders-0", or "orders" for all its partitions
  ReadFrom from = ReadFrom::kEarliest;
  void fields_of(int which, Visitor& v);
  void fields(Visitor& v);
};

// ---- the course ---------------------------------------------------------------------------------

// A moment in the run named by what happened.
struct When {
  int what = -1;           // index of a note name (note.hpp), or when_isr(), when_high_watermark()
  std::string of = "any";  // a partition "orders-0", or "any"
  std::vector<std::string> on;  // only at these nodes; empty: at any
  Number nth = Number::constant(1);
  Number size = Number::constant(1);      // of isr: exactly so many
  Number at_least = Number::constant(1);  // of high watermark
  void fields(Visitor& v);
};
[[nodiscard]] int when_isr();
[[nodiscard]] int when_high_watermark();

// One thing that happens to the cluster. Exactly one of at, every, after, when triggers it.
struct Fault {
  std::string label;
  std::optional<Number> at;            // since ready
  std::optional<Number> every;         // interval, drawn anew each time
  std::string after;                   // label of a fault: when that has been applied ...
  Number delay = Number::constant(0);  // ... and so long has passed; also after `when`
  std::optional<When> when;
  Number times = Number::constant(1'000'000);   // of every: at most so often
  std::optional<Number> lasts;                  // "for": then it ends by itself
  Number chance = Number::constant(1'000'000);  // that the scenario has this fault at all
  Action action;
  void fields(Visitor& v);
};

enum class PhaseKind : std::uint8_t { kChaos, kHeal, kQuiesce };
enum class HealKind : std::uint8_t { kAll, kQuorum };

struct Phase {
  PhaseKind kind = PhaseKind::kChaos;
  Number lasts = Number::constant(0);       // chaos
  HealKind heal = HealKind::kAll;           // heal
  Number within = Number::of(seconds(60));  // quiesce: the deadline
  void fields(Visitor& v);
};

// keep: a fault that could lose more than the protocol promises to bear (budget.hpp) is not
// applied, and a lost record that was acknowledged with more than acks=1 fails the run, explained
// or not.
enum class BudgetKind : std::uint8_t { kOff, kKeep };

// The era of the protocol.
enum class ProfileKind : std::uint8_t { kKafka4 };

// all acked: every acknowledged record has been read, and its value was right, by a consumer that
// started when chaos had ended, or the run fails.
enum class ReadBack : std::uint8_t { kAny, kAllAcked };

struct Expect {
  // "pass", or "fail: R3": the property's id that must be violated. "explained loss": no
  // property is violated, but records are lost for a reason that a setting and the faults explain;
  // the run's verdict is then "fail" as well. "pass or explained loss": either of the two.
  std::string verdict = "pass";
  std::map<std::string, std::int64_t> at_least;  // names of count_names()
  std::map<std::string, std::int64_t> at_most;
  std::vector<std::string> happened;  // note names, or labels of faults
  ReadBack read_back = ReadBack::kAny;
  void fields(Visitor& v);
};

struct Model {
  std::string schema;
  std::string name;
  std::string story;
  std::int64_t seed = 1;
  Number duration = Number::of(seconds(60));
  ProfileKind profile = ProfileKind::kKafka4;
  // "R5": with its rules off the story violates this property, with all rules on it passes. Empty:
  // it proves nothing of the kind. `logarium properties --prove` runs it both ways.
  std::string proves;
  bool wire = false;  // every message makes the round trip through bytes
  Cluster cluster;
  Network network;
  Disk disk;
  Clocks clocks;
  RuleSwitches rules;
  std::vector<Topic> topics;
  std::vector<Client> clients;
  std::vector<Fault> faults;
  BudgetKind budget = BudgetKind::kOff;
  std::vector<Phase> phases;  // empty: chaos for `duration` (less 20 s), heal all, quiesce
  Expect expect;
  void fields(Visitor& v);
};

// What `expect.at least` may count; a run gives all of them.
[[nodiscard]] const std::vector<std::string>& count_names();
[[nodiscard]] Rules rules_of(const Model& model);
// The rules that the scenario itself switches off, by name, in order of the table of rules.
[[nodiscard]] std::vector<std::string> rules_switched_off(const Model& model);
// The same story with every rule in force that it switches off; it is expected to pass.
[[nodiscard]] Model with_rules_on(Model model);

}  // namespace logarium::scenario
