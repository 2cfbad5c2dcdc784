#pragma once
// Target: which nodes a text of a scenario names. Some are known before the start ("broker(2)",
// "rack(a)"), some are roles that the run fills ("leader(orders-0)"), resolved when needed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace logarium::scenario {

enum class TargetKind : std::uint8_t {
  kLeader,       // leader(t-0): the newest committed leader
  kFollower,     // follower(t-0), follower(t-0)[1]: replicas other than the leader
  kIsr,          // isr(t-0), isr(t-0)[1]: the committed ISR
  kReplicas,     // replicas(t-0), replicas(t-0)[1]: in the order of assignment
  kController,   // controller: the active one; controller(1001): that voter
  kRack,         // rack(a): brokers of a rack
  kMinority,     // minority: a random largest minority of the voters
  kMajority,     // majority: the other voters
  kBroker,       // broker(2)
  kRandom,       // random(broker), random(controller), random(server), random(isr(t-0)), ...
  kBrokers,      // all brokers
  kControllers,  // all voters
  kServers,      // all servers
  kClients,      // all producers and consumers
  kClient,       // client(producer-1)
  kAll,          // all nodes
  kLabel,        // kill.target: the nodes of the last time the labelled fault was applied
};

struct Target {
  TargetKind kind = TargetKind::kAll;
  std::string topic;  // of a partition
  std::int32_t partition = 0;
  std::optional<std::size_t> index;  // [1]
  std::int64_t id = -1;              // of broker(2), controller(1001)
  std::string name;                  // of rack, client, label
  std::vector<Target> inner;         // of random: one
  // Whether a world that does not run yet says who is meant.
  [[nodiscard]] bool is_static() const;
  bool operator==(const Target&) const = default;
};

struct ParsedTarget {
  std::optional<Target> target;
  std::string error;  // what is wrong and what would be right
};
[[nodiscard]] ParsedTarget parse_target(std::string_view text);

struct PartitionText {
  std::string topic;
  std::int32_t partition = 0;
};
// "orders-0"; empty when it is none.
[[nodiscard]] std::optional<PartitionText> parse_partition(std::string_view text);

}  // namespace logarium::scenario
