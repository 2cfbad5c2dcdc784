#pragma once
// Labels: what things are called on the screen. Nodes by a short name that starts with what they
// are (b2, c1001, p1), partitions by topic and number, times in seconds.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/base/uuid.hpp"
#include "sim/trace/view.hpp"

namespace logarium::viz {

class Labels {
 public:
  Labels() = default;
  // `faults`: what each fault of the schedule does to a link, by its number.
  Labels(std::vector<trace::NodeInfo> nodes, std::map<Uuid, std::string> topics,
         std::vector<std::string> faults = {});

  [[nodiscard]] const std::vector<trace::NodeInfo>& nodes() const { return nodes_; }
  // "broker-2": the name in the run.
  [[nodiscard]] const std::string& name(std::uint32_t node) const { return nodes_[node].name; }
  // "b2" for broker-2, "c1001", "p1" for producer-1, "a" for admin; unique within the run.
  [[nodiscard]] const std::string& brief(std::uint32_t node) const { return briefs_[node]; }
  // "b2" by a server's id; "?7" for an id that is no node of the run.
  [[nodiscard]] std::string brief_of(NodeId id) const;
  // "orders-0"; the topic's id where its name is not known, "metadata" for the metadata log.
  [[nodiscard]] std::string partition(PartitionRef ref) const;
  [[nodiscard]] std::string topic(const Uuid& id) const;
  [[nodiscard]] const std::map<Uuid, std::string>& topics() const { return topics_; }
  // The partition or node that a person means by its name, in full or brief.
  [[nodiscard]] std::optional<PartitionRef> find_partition(std::string_view name,
                                                           const trace::View& view) const;
  [[nodiscard]] std::optional<std::uint32_t> find_node(std::string_view name) const;

  // "loss 10 %", "+40 ms": fault number `fault` of the schedule, beside a link; else its kind.
  [[nodiscard]] std::string fault(std::int32_t fault, std::int32_t kind) const;

  // Whether the node serves (broker, controller or both); others are clients.
  [[nodiscard]] bool is_server(std::uint32_t node) const { return nodes_[node].kind != "client"; }
  [[nodiscard]] bool is_broker(std::uint32_t node) const {
    return nodes_[node].kind == "broker" || nodes_[node].kind == "combined";
  }

 private:
  std::vector<trace::NodeInfo> nodes_;
  std::vector<std::string> briefs_;
  std::map<NodeId, std::uint32_t> servers_;
  std::map<Uuid, std::string> topics_;
  std::vector<std::string> faults_;
};

// "12.480000 s", to the microsecond.
[[nodiscard]] std::string exact_time(Instant time);
// "12.480": seconds to the millisecond.
[[nodiscard]] std::string short_time(Instant time);
// "80 ms", "1.2 s", "3 min": how long, with two digits that matter.
[[nodiscard]] std::string how_long(Duration duration);
// "1 record", "3 records": a count with its noun, plural with s.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun);

}  // namespace logarium::viz
