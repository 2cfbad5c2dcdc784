#include "viz/model/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/world/types.hpp"

namespace logarium::viz {
namespace {

// The first letter of each word that is no number, and the number: "broker-2" is "b2".
std::string brief_name(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::string(name.substr(0, 1));
  const std::string_view number = name.substr(dash + 1);
  const bool digits = !number.empty() && std::all_of(number.begin(), number.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::string(name);
  std::string out;
  bool start = true;
  for (const char c : name.substr(0, dash)) {
    if (start) out += c;
    start = c == '-' || c == '_' || c == '.';
  }
  return out.append(number);
}

}  // namespace

Labels::Labels(std::vector<trace::NodeInfo> nodes, std::map<Uuid, std::string> topics,
               std::vector<std::string> faults)
    : nodes_(std::move(nodes)), topics_(std::move(topics)), faults_(std::move(faults)) {
  std::map<std::string, int> seen;
  for (const trace::NodeInfo& node : nodes_) ++seen[brief_name(node.name)];
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const std::string brief = brief_name(nodes_[i].name);
    briefs_.push_back(seen[brief] == 1 ? brief : nodes_[i].name);
    if (is_server(i)) servers_.emplace(nodes_[i].id, i);
  }
}

std::string Labels::brief_of(NodeId id) const {
  const auto at = servers_.find(id);
  return at == servers_.end() ? fmt::format("?{}", id.value()) : briefs_[at->second];
}

std::string Labels::topic(const Uuid& id) const {
  if (id == kMetadataPartition.topic) return "metadata";
  const auto at = topics_.find(id);
  return at == topics_.end() ? to_string(id) : at->second;
}

std::string Labels::partition(PartitionRef ref) const {
  if (ref == kMetadataPartition) return "metadata";
  return fmt::format("{}-{}", topic(ref.topic), ref.partition.value());
}

std::string Labels::fault(std::int32_t fault, std::int32_t kind) const {
  if (fault >= 0 && static_cast<std::size_t>(fault) < faults_.size()) {
    return faults_[static_cast<std::size_t>(fault)];
  }
  if (kind < 0 || kind >= static_cast<std::int32_t>(world::kFaultKinds)) return "?";
  return std::string(world::fault_name(static_cast<world::FaultKind>(kind)));
}

std::optional<PartitionRef> Labels::find_partition(std::string_view name,
                                                   const trace::View& view) const {
  for (const trace::PartitionView& partition : view.partitions()) {
    if (this->partition(partition.ref) == name) return partition.ref;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Labels::find_node(std::string_view name) const {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].name == name || briefs_[i] == name) return i;
  }
  return std::nullopt;
}

std::string exact_time(Instant time) {
  const std::int64_t us = time.ns / 1000;
  return fmt::format("{}.{:06} s", us / 1'000'000, us % 1'000'000);
}

std::string short_time(Instant time) {
  const std::int64_t ms = time.ns / 1'000'000;
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

std::string how_long(Duration duration) {
  const std::int64_t us = duration.ns / 1000;
  if (us < 1000) return fmt::format("{} us", us);
  if (us < 10'000) return fmt::format("{}.{} ms", us / 1000, us / 100 % 10);
  if (us < 1'000'000) return fmt::format("{} ms", us / 1000);
  if (us < 10'000'000) return fmt::format("{}.{} s", us / 1'000'000, us / 100'000 % 10);
  if (us < 120'000'000) return fmt::format("{} s", us / 1'000'000);
  return fmt::format("{} min", us / 60'000'000);
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace logarium::viz
