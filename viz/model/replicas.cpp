#include "viz/model/replicas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "viz/model/flight.hpp"

namespace logarium::viz {
namespace {

std::string role_of(const ReplicaLane& lane, const trace::NodeView& node) {
  if (lane.down) return "down";
  if (lane.leads) return "leader";
  if (lane.in_isr) return node.fenced ? "in sync, fenced" : "in sync";
  return node.fenced ? "fenced" : "out of sync";
}

// Cuts [from, to) at the borders of epochs, of the high watermark and of where it diverges.
std::vector<RecordSpan> spans_of(const trace::LogView& log,
                                 const std::optional<trace::Divergence>& divergence) {
  std::vector<RecordSpan> out;
  for (std::size_t i = 0; i < log.epochs.size(); ++i) {
    const Offset end = i + 1 < log.epochs.size() ? log.epochs[i + 1].start : log.log_end;
    Offset at = std::max(log.epochs[i].start, log.log_start);
    while (at < end) {
      RecordSpan span{at, end, log.epochs[i].epoch, RecordState::kUncommitted};
      if (divergence && at >= divergence->from) {
        span.state = RecordState::kDiverging;
      } else {
        if (at < log.high_watermark) span.state = RecordState::kCommitted;
        if (at < log.high_watermark) span.to = std::min(span.to, log.high_watermark);
        if (divergence) span.to = std::min(span.to, divergence->from);
      }
      at = span.to;
      out.push_back(span);
    }
  }
  return out;
}

void fill_log(ReplicaLane& lane, const trace::PartitionView& partition, const trace::LogView& log) {
  lane.known = true;
  lane.log_start = log.log_start;
  lane.high_watermark = log.high_watermark;
  lane.log_end = log.log_end;
  lane.synced_end = log.synced_end;
  lane.spans = spans_of(log, trace::divergence(partition, log));
  lane.unsynced = std::max<std::int64_t>(0, log.log_end - log.synced_end);
  lane.summary = fmt::format("HW {}  LEO {}", log.high_watermark.value(), log.log_end.value());
}

ReplicaLane make_lane(const trace::View& view, const Labels& labels,
                      const trace::PartitionView& partition, std::uint32_t node) {
  const trace::NodeView& state = view.nodes()[node];
  const NodeId id = labels.nodes()[node].id;
  ReplicaLane lane;
  lane.node = node;
  lane.name = labels.brief(node);
  lane.leads = partition.leader == id;
  lane.in_isr = partition.in(partition.isr, id);
  lane.down = !state.up;
  lane.role = role_of(lane, state);
  if (const trace::LogView* log = partition.log(node)) fill_log(lane, partition, *log);
  return lane;
}

std::string set_of(const trace::PartitionView& partition, const Labels& labels, ReplicaSet set) {
  std::string out;
  for (const NodeId id : partition.replicas) {
    if (partition.in(set, id)) out += (out.empty() ? "" : " ") + labels.brief_of(id);
  }
  return out.empty() ? "none" : out;
}

std::string headline(const trace::PartitionView& partition, const Labels& labels) {
  if (partition.deleted) return "deleted";
  const std::string leader =
      partition.leader ? "leader " + labels.brief_of(*partition.leader) : "no leader";
  return fmt::format("{}, leader epoch {}, ISR {}, ELR {}", leader, partition.leader_epoch.value(),
                     set_of(partition, labels, partition.isr),
                     set_of(partition, labels, partition.elr));
}

// How far each is behind the first lane, which leads.
void compare_with_leader(const trace::View& view, const trace::PartitionView& partition,
                         ReplicasModel& model) {
  const ReplicaLane leader = model.lanes.front();
  for (ReplicaLane& lane : model.lanes) {
    if (!lane.known || lane.node == leader.node) continue;
    lane.behind = std::max<std::int64_t>(0, leader.log_end - lane.log_end);
    lane.high_watermark_lag =
        std::max<std::int64_t>(0, leader.high_watermark - lane.high_watermark);
    if (!lane.down) lane.fetched = last_fetch(view, leader.node, lane.node);
    const trace::LogView* log = partition.log(lane.node);
    if (lane.behind > 0 && log != nullptr) {
      lane.lag = fmt::format("{}, {}", counted(lane.behind, "record"),
                             how_long(view.time() - log->caught_up));
    }
  }
}

// Which nodes have a lane: the assignment in its order, then others that hold a log.
std::vector<std::uint32_t> nodes_of(const trace::View& view,
                                    const trace::PartitionView& partition) {
  std::vector<std::uint32_t> out;
  for (const NodeId id : partition.replicas) {
    if (const auto node = view.server(id)) out.push_back(*node);
  }
  for (const trace::LogView& log : partition.logs) {
    if (std::find(out.begin(), out.end(), log.node) == out.end()) out.push_back(log.node);
  }
  return out;
}

}  // namespace

std::optional<ReplicasModel> make_replicas(const trace::View& view, const Labels& labels,
                                           PartitionRef ref) {
  const trace::PartitionView* partition = view.find(ref);
  if (partition == nullptr) return std::nullopt;
  ReplicasModel model;
  model.partition = labels.partition(ref);
  model.headline = headline(*partition, labels);
  for (const std::uint32_t node : nodes_of(view, *partition)) {
    model.lanes.push_back(make_lane(view, labels, *partition, node));
  }
  std::stable_partition(model.lanes.begin(), model.lanes.end(),
                        [](const ReplicaLane& lane) { return lane.leads; });
  std::set<LeaderEpoch> epochs;
  bool first = true;
  for (const ReplicaLane& lane : model.lanes) {
    if (!lane.known) continue;
    model.from = first ? lane.log_start : std::min(model.from, lane.log_start);
    model.to = first ? lane.log_end : std::max(model.to, lane.log_end);
    first = false;
    for (const RecordSpan& span : lane.spans) epochs.insert(span.epoch);
  }
  if (!model.lanes.empty() && model.lanes.front().leads)
    compare_with_leader(view, *partition, model);
  model.epochs.assign(epochs.begin(), epochs.end());
  return model;
}

std::string dump(const ReplicasModel& model) {
  std::string out = fmt::format("{}  {}\n", model.partition, model.headline);
  for (const ReplicaLane& lane : model.lanes) {
    out += fmt::format("{:6} {:16}", lane.name, lane.role);
    if (!lane.known) {
      out += "no log\n";
      continue;
    }
    out += fmt::format("start {}  {}  synced {}", lane.log_start.value(), lane.summary,
                       lane.synced_end.value());
    if (lane.unsynced > 0) out += "  unsynced " + counted(lane.unsynced, "record");
    if (!lane.lag.empty()) out += "  behind " + lane.lag;
    if (lane.high_watermark_lag > 0) {
      out += "  HW behind " + counted(lane.high_watermark_lag, "record");
    }
    if (!lane.fetched.empty()) out += "  fetched " + lane.fetched;
    out += "\n";
    for (const RecordSpan& span : lane.spans) {
      const char* state = span.state == RecordState::kCommitted     ? "committed"
                          : span.state == RecordState::kUncommitted ? "uncommitted"
                                                                    : "to be cut";
      out += fmt::format("         epoch {:<4} [{}, {})  {}\n", span.epoch.value(),
                         span.from.value(), span.to.value(), state);
    }
  }
  return out;
}

}  // namespace logarium::viz
