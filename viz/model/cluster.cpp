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

std::string how_it_ended(note::EndCause cause) {
  switch (cause) {
    case note::EndCause::kClean:
      return "stopped";
    case note::EndCause::kCrash:
      return "crashed";
    case note::EndCause::kPowerLoss:
      return "lost its power";
    case note::EndCause::kOwnFault:
      return "ended by itself";
    case note::EndCause::kEnsure:
      return "ended by a bug";
  }
  return "down";
}

std::string doing(const trace::View& view, const trace::NodeView& node, const ServerBox& box) {
  switch (box.state) {
    case ServerState::kDown:
      if (node.incarnation.value() == 0) return "not started";
      return fmt::format("{} {} ago", how_it_ended(node.ended), how_long(view.time() - node.since));
    case ServerState::kStarting:
      if (box.recovering >= 0 && node.broker_state == note::BrokerState::kRecovery) {
        return fmt::format("recovering {} %", box.recovering);
      }
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

// How many of its logs a starting broker has read, in percent; -1: it starts none, or has none.
int recovering(const trace::View& view, std::uint32_t node) {
  std::int64_t all = 0;
  std::int64_t open = 0;
  for (const trace::PartitionView& partition : view.partitions()) {
    const trace::LogView* log = partition.log(node);
    if (log == nullptr || partition.ref == kMetadataPartition) continue;
    ++all;
    open += log->open;
  }
  return all == 0 ? -1 : static_cast<int>(100 * open / all);
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
  if (box.broker && box.state == ServerState::kStarting) box.recovering = recovering(view, index);
  box.doing = doing(view, node, box);
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
  if (node.vote) {
    line.voted =
        fmt::format("{} in {}", labels.brief_of(node.vote->candidate), node.vote->epoch.value());
  }
  return line;
}

// How far the others are behind the newest leader, and when it last heard of them.
void compare_with_leader(const trace::View& view, std::vector<VoterLine>& voters) {
  const VoterLine* leader = nullptr;
  for (const VoterLine& one : voters) {
    if (one.leads && (leader == nullptr || one.epoch > leader->epoch)) leader = &one;
  }
  if (leader == nullptr) return;
  const Offset end = leader->log_end;
  const std::uint32_t leads = leader->node;
  for (VoterLine& one : voters) {
    if (one.node == leads) continue;
    one.behind = std::max<std::int64_t>(0, end - one.log_end);
    one.fetched = last_fetch(view, leads, one.node);
  }
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

// One line for each pair of servers between which messages are hit.
void add_links(const Labels& labels, const trace::FaultView& fault, std::vector<HarmedLink>& out) {
  const std::optional<LinkHarm> harm = harm_of(static_cast<FaultKind>(fault.kind));
  if (!harm) return;
  const auto on = [&fault](const std::vector<std::uint32_t>& side, std::uint32_t node) {
    return (side.empty() && fault.untold == 0) ||
           std::find(side.begin(), side.end(), node) != side.end();
  };
  // A run file that does not say the sides names the ends alone.
  const bool sides = !fault.from.empty() || !fault.to.empty();
  const auto hits = [&](std::uint32_t from, std::uint32_t to) {
    if (!sides) {
      return fault.nodes.size() == 2 && on(fault.nodes, from) && on(fault.nodes, to);
    }
    const bool there = on(fault.from, from) && on(fault.to, to);
    return there || (!fault.one_way && on(fault.from, to) && on(fault.to, from));
  };
  const std::string label = labels.fault(fault.fault, fault.kind);
  for (std::uint32_t a = 0; a < labels.nodes().size(); ++a) {
    for (std::uint32_t b = a + 1; b < labels.nodes().size(); ++b) {
      if (!labels.is_server(a) || !labels.is_server(b)) continue;
      const bool there = hits(a, b);
      const bool back = hits(b, a);
      if (there) out.push_back({a, b, *harm, !back, label});
      if (back && !there) out.push_back({b, a, *harm, true, label});
    }
  }
}

std::string fault_line(const trace::FaultView& fault, const Labels& labels) {
  const auto list = [&](const std::vector<std::uint32_t>& nodes) {
    std::string out;
    for (const std::uint32_t node : nodes) out += (out.empty() ? "" : ",") + labels.brief(node);
    return out.empty() ? std::string(fault.untold == 0 ? "all" : "...") : out;
  };
  const std::string what(world::fault_name(static_cast<FaultKind>(fault.kind)));
  const std::string label = labels.fault(fault.fault, fault.kind);
  const std::string words = label.empty() || label == what ? what : what + " (" + label + ")";
  if (fault.from.empty() && fault.to.empty()) {
    return fmt::format("{} of {}", words, list(fault.nodes));
  }
  return fmt::format("{} {} {} {}", words, list(fault.from), fault.one_way ? "->" : "<->",
                     list(fault.to));
}

MessageDot dot_of(const Flight& flight, Instant now, const Labels& labels) {
  MessageDot out;
  out.from = flight.from;
  out.to = flight.to;
  out.response = flight.direction == Message::Direction::kResponse;
  out.lost = flight.lost;
  out.sent = flight.sent;
  const auto whole = static_cast<float>((flight.received_at - flight.sent_at).ns);
  const auto part = static_cast<float>((now - flight.sent_at).ns);
  out.fraction = whole <= 0 ? 0 : std::clamp(part / whole, 0.0F, 1.0F);
  out.text = words_of(flight, labels);
  return out;
}

std::string name_of(const ClusterModel& model, std::uint32_t node) {
  for (const ServerBox& box : model.servers) {
    if (box.node == node) return box.title;
  }
  return "?";
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

ClusterModel make_cluster(const trace::View& view, const Labels& labels,
                          const std::vector<Flight>& under_way) {
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
  compare_with_leader(view, model.voters);
  for (const Flight& flight : under_way) {
    model.messages.push_back(dot_of(flight, view.time(), labels));
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
    out += fmt::format("quorum   {} {} epoch {} log end {} committed {}", voter.name, voter.role,
                       voter.epoch, voter.log_end.value(), voter.high_watermark.value());
    if (voter.behind > 0) out += "  behind " + counted(voter.behind, "record");
    if (!voter.voted.empty()) out += "  voted for " + voter.voted;
    if (!voter.fetched.empty()) out += "  fetched " + voter.fetched;
    out += "\n";
  }
  for (const HarmedLink& link : model.links) {
    out += fmt::format("link     {} {} {}  {}\n", name_of(model, link.a),
                       link.one_way ? "->" : "<->", name_of(model, link.b), link.label);
  }
  for (const MessageDot& dot : model.messages) {
    out += fmt::format("message  {}, {} % of its way\n", dot.text,
                       static_cast<int>(dot.fraction * 100));
  }
  for (const std::string& fault : model.faults) out += "fault    " + fault + "\n";
  return out;
}

}  // namespace logarium::viz
