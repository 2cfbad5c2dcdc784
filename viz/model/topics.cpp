#include "viz/model/topics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

namespace logarium::viz {
namespace {

Health health_of(const trace::View& view, const trace::PartitionView& partition,
                 const PartitionRow& row, int min_isr) {
  if (!partition.leader) return Health::kLeaderless;
  if (row.leader && !view.nodes()[*row.leader].up) return Health::kLeaderDown;
  if (row.in_sync < std::min(min_isr, row.assigned)) return Health::kUnderMinIsr;
  if (row.in_sync < row.assigned) return Health::kUnderReplicated;
  if (!partition.replicas.empty() && partition.replicas.front() != *partition.leader) {
    return Health::kNotPreferred;
  }
  return Health::kWell;
}

void read_logs(const trace::View& view, const trace::PartitionView& partition, PartitionRow& row) {
  const trace::LogView* leading = row.leader ? partition.log(*row.leader) : nullptr;
  if (leading == nullptr) return;
  row.high_watermark = leading->high_watermark;
  row.log_end = leading->log_end;
  for (const NodeId id : partition.replicas) {
    const auto node = view.server(id);
    const trace::LogView* log = node ? partition.log(*node) : nullptr;
    if (log != nullptr) row.behind = std::max(row.behind, leading->log_end - log->log_end);
  }
}

PartitionRow make_row(const trace::View& view, const Labels& labels,
                      const trace::PartitionView& partition, int min_isr) {
  PartitionRow row;
  row.ref = partition.ref;
  row.name = labels.partition(partition.ref);
  row.leader_name = "none";
  if (partition.leader) {
    row.leader = view.server(*partition.leader);
    row.leader_name = labels.brief_of(*partition.leader);
  }
  row.leader_epoch = partition.leader_epoch;
  row.in_sync = std::popcount(partition.isr.value());
  row.eligible = std::popcount(partition.elr.value());
  row.assigned = static_cast<int>(partition.replicas.size());
  row.health = health_of(view, partition, row, min_isr);
  read_logs(view, partition, row);
  return row;
}

std::string headline(const std::vector<PartitionRow>& rows) {
  std::array<std::int64_t, 6> count{};
  for (const PartitionRow& row : rows) ++count[static_cast<std::size_t>(row.health)];
  std::string out = counted(static_cast<std::int64_t>(rows.size()), "partition");
  const char* before = ": ";
  for (const Health health :
       {Health::kLeaderless, Health::kLeaderDown, Health::kUnderMinIsr, Health::kUnderReplicated}) {
    const std::int64_t found = count[static_cast<std::size_t>(health)];
    if (found == 0) continue;
    out += fmt::format("{}{} {}", before, found, word(health));
    before = ", ";
  }
  return out;
}

}  // namespace

std::string_view word(Health health) {
  switch (health) {
    case Health::kWell:
      return "well";
    case Health::kNotPreferred:
      return "not led by the preferred replica";
    case Health::kUnderReplicated:
      return "under-replicated";
    case Health::kUnderMinIsr:
      return "under min.insync.replicas";
    case Health::kLeaderDown:
      return "with a leader that is down";
    case Health::kLeaderless:
      return "without a leader";
  }
  return "";
}

TopicsModel make_topics(const trace::View& view, const Labels& labels,
                        const std::map<Uuid, int>& min_isr) {
  TopicsModel model;
  for (const trace::PartitionView& partition : view.partitions()) {
    if (partition.ref == kMetadataPartition || partition.deleted) continue;
    if (partition.replicas.empty()) continue;
    const auto min = min_isr.find(partition.ref.topic);
    model.rows.push_back(make_row(view, labels, partition, min == min_isr.end() ? 1 : min->second));
  }
  std::sort(model.rows.begin(), model.rows.end(), [&labels](const auto& a, const auto& b) {
    if (a.health != b.health) return a.health > b.health;
    const std::string first = labels.topic(a.ref.topic);
    const std::string second = labels.topic(b.ref.topic);
    return std::tie(first, a.ref.partition) < std::tie(second, b.ref.partition);
  });
  model.headline = headline(model.rows);
  return model;
}

std::string dump(const TopicsModel& model) {
  std::string out = model.headline + "\n";
  for (const PartitionRow& row : model.rows) {
    out += fmt::format("{:16} leader {:6} epoch {:<4} in sync {} of {}  HW {}  LEO {}", row.name,
                       row.leader_name, row.leader_epoch.value(), row.in_sync, row.assigned,
                       row.high_watermark.value(), row.log_end.value());
    if (row.behind > 0) out += "  behind " + counted(row.behind, "record");
    if (row.health != Health::kWell) out += fmt::format("  {}", word(row.health));
    out += "\n";
  }
  return out;
}

}  // namespace logarium::viz
