#include "viz/model/cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/note_words.hpp"
#include "sim/world/types.hpp"

namespace logarium::viz {
namespace {

using world::FaultKind;

ServerState state_of(const trace::NodeView& node, bool broker) {
  if (!node.up) return ServerState::kDown;
  if (!broker) return node.quorum ? ServerState::kWell : ServerState::kStarting;
  switch (node.broker_state) {
    case note::BrokerState::kNotRunning:
    case note::BrokerState::kStarting:
    case note::BrokerState::kRecovery:
      return ServerState::kStarting;
    case note::BrokerState::kPendingControlledShutdown:
    case note::BrokerState::kShuttingDown:
      return ServerState::kStopping;
    case note::BrokerState::kRunning:
      break;
  }
  return node.fenced ? ServerState::kFenced : ServerState::kWell;
}

std::vector<ReplicaSquare> replicas_on(const trace::View& view, NodeId id) {
  std::vector<ReplicaSquare> out;
  for (const trace::PartitionView& partition : view.partitions()) {
    const auto& all = partition.replicas;
    if (partition.deleted || std::find(all.begin(), all.end(), id) == all.end()) continue;
    ReplicaMark mark = ReplicaMark::kFollows;
    if (partition.leader == id) {
      mark = ReplicaMark::kLeads;
    } else if (!partition.in(partition.isr, id)) {
      mark = ReplicaMark::kOutOfSync;
    }
    out.push_back({partition.ref, mark});
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.partition < b.partition; });
  return out;
}

std::string doing(const trace::NodeView& node, const ServerBox& box) {
  switch (box.state) {
    case ServerState::kDown:
      return node.incarnation.value() == 0 ? "not started" : "down";
    case ServerState::kStarting:
      return node.broker_state == note::BrokerState::kRecovery ? "reading its logs" : "starting";
    case ServerState::kStopping:
      return "controlled shutdown";
    case ServerState::kFenced:
      return "fenced";
    case ServerState::kWell:
      break;
  }
  if (!box.broker) return box.controls ? "active controller" : "standby controller";
  const auto leads = std::count_if(box.replicas.begin(), box.replicas.end(),
                                   [](const auto& r) { return r.mark == ReplicaMark::kLeads; });
  return leads == 0 ? "leads nothing" : fmt::format("leader of {}", leads);
}

ServerBox make_box(const trace::View& view, const Labels& labels, std::uint32_t index,
                   std::optional<std::uint32_t> controller) {
  const trace::NodeView& node = view.nodes()[index];
  ServerBox box;
  box.node = index;
  box.broker = labels.is_broker(index);
  box.controls = controller == index;
  box.title = labels.brief(index);
  box.state = state_of(node, box.broker);
  if (box.broker) box.replicas = replicas_on(view, labels.nodes()[index].id);
  box.doing = doing(node, box);
  return box;
}

std::optional<VoterLine> make_voter(const trace::View& view, const Labels& labels,
                                    std::uint32_t index) {
  if (labels.nodes()[index].kind == "broker" || !labels.is_server(index)) return std::nullopt;
  const trace::NodeView& node = view.nodes()[index];
  VoterLine line;
  line.node = index;
  line.name = labels.brief(index);
  line.role = node.up ? "starting" : "down";
  if (node.up && node.quorum) {
    line.role = to_string(node.quorum->role);
    line.leads = node.quorum->role == note::QuorumRole::kLeader;
    line.epoch = node.quorum->epoch.value();
  }
  const trace::PartitionView* metadata = view.metadata_log();
  const trace::LogView* log = metadata == nullptr ? nullptr : metadata->log(index);
  if (log != nullptr) {
    line.log_end = log->log_end;
    line.high_watermark = log->high_watermark;
  }
  return line;
}

std::optional<LinkHarm> harm_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCut:
      return LinkHarm::kCut;
    case FaultKind::kLoss:
    case FaultKind::kDuplicate:
    case FaultKind::kReorder:
      return LinkHarm::kLossy;
    case FaultKind::kDelay:
    case FaultKind::kBandwidth:
      return LinkHarm::kSlow;
    case FaultKind::kFilter:
      return LinkHarm::kFiltered;
    default:
      return std::nullopt;
  }
}

// A line between two servers. Faults of more links are listed only: their notes tell the ends, but
// not which of them belong together.
void add_links(const Labels& labels, const trace::FaultView& fault, std::vector<HarmedLink>& out) {
  const auto kind = static_cast<FaultKind>(fault.kind);
  const std::optional<LinkHarm> harm = harm_of(kind);
  if (!harm || fault.nodes.size() != 2) return;
  if (!labels.is_server(fault.nodes[0]) || !labels.is_server(fault.nodes[1])) return;
  out.push_back(
      {fault.nodes[0], fault.nodes[1], *harm, false, std::string(world::fault_name(kind))});
}

std::string fault_line(const trace::FaultView& fault, const Labels& labels) {
  const auto list = [&labels](const std::vector<std::uint32_t>& nodes) {
    std::string out;
    for (const std::uint32_t node : nodes) out += (out.empty() ? "" : ",") + labels.brief(node);
    return out.empty() ? std::string("all") : out;
  };
  return fmt::format("{} of {}", world::fault_name(static_cast<FaultKind>(fault.kind)),
                     list(fault.nodes));
}

std::string headline(const trace::View& view, const Labels& labels, const ClusterModel& model) {
  std::string out = "no active controller";
  if (const auto controller = view.controller()) {
    out = fmt::format("controller {} (epoch {})", labels.brief(*controller),
                      view.nodes()[*controller].controls->value());
  }
  int brokers = 0;
  int well = 0;
  for (const ServerBox& box : model.servers) {
    brokers += box.broker;
    well += box.broker && box.state == ServerState::kWell;
  }
  out += fmt::format(", {} of {} brokers serve", well, brokers);
  if (!model.faults.empty()) {
    out += ", " + counted(static_cast<std::int64_t>(model.faults.size()), "fault");
  }
  return out;
}

}  // namespace

ClusterModel make_cluster(const trace::View& view, const Labels& labels) {
  ClusterModel model;
  const auto count = static_cast<std::uint32_t>(view.nodes().size());
  const std::optional<std::uint32_t> controller = view.controller();
  for (const bool brokers : {true, false}) {
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!labels.is_server(i) || labels.is_broker(i) != brokers) continue;
      model.servers.push_back(make_box(view, labels, i, controller));
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (auto voter = make_voter(view, labels, i)) model.voters.push_back(std::move(*voter));
  }
  for (const trace::FaultView& fault : view.faults()) {
    add_links(labels, fault, model.links);
    model.faults.push_back(fault_line(fault, labels));
  }
  model.headline = headline(view, labels, model);
  return model;
}

std::string dump(const ClusterModel& model) {
  std::string out = model.headline + "\n";
  for (const ServerBox& box : model.servers) {
    out += fmt::format("{:8} {}", box.title, box.doing);
    if (box.controls && box.broker) out += ", active controller";
    std::string squares;
    for (const ReplicaSquare& square : box.replicas) {
      squares += square.mark == ReplicaMark::kLeads     ? 'L'
                 : square.mark == ReplicaMark::kFollows ? 'f'
                                                        : '-';
    }
    out += (squares.empty() ? "" : "  [" + squares + "]") + "\n";
  }
  for (const VoterLine& voter : model.voters) {
    out += fmt::format("quorum   {} {} epoch {} log end {} committed {}\n", voter.name, voter.role,
                       voter.epoch, voter.log_end.value(), voter.high_watermark.value());
  }
  for (const std::string& fault : model.faults) out += "fault    " + fault + "\n";
  return out;
}

}  // namespace logarium::viz
