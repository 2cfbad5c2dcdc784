#include "viz/model/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/world/types.hpp"

namespace logarium::viz {
namespace {

constexpr int kRowsMax = 4;

bool is_momentary(std::int32_t kind) {
  using world::FaultKind;
  const auto one = static_cast<FaultKind>(kind);
  return one == FaultKind::kCrash || one == FaultKind::kPowerLoss || one == FaultKind::kWipe ||
         one == FaultKind::kConnectionReset || one == FaultKind::kBitRot;
}

// A lane that is in one state at a time.
class OneAtATime {
 public:
  void change(LaneHistory& lane, const trace::Event& event, std::optional<SpanKind> kind,
              std::string text) {
    if (open_ && kind == lane.stays.back().kind && text == lane.stays.back().text) return;
    close(lane, event.number, event.time);
    if (!kind) return;
    lane.stays.push_back(
        {*kind, event.number, event.number, event.time, event.time, true, 0, std::move(text)});
    open_ = true;
  }
  void close(LaneHistory& lane, std::uint64_t event, Instant time) {
    if (!open_) return;
    lane.stays.back().last = event;
    lane.stays.back().to = time;
    lane.stays.back().open = false;
    open_ = false;
  }
  // The run ends: what goes on goes on.
  void end(LaneHistory& lane, const trace::Summary& summary) const {
    if (!open_) return;
    lane.stays.back().last = summary.events;
    lane.stays.back().to = summary.end;
  }

 private:
  bool open_ = false;
};

struct Server {
  bool up = false;
  bool fenced = false;
  bool registered = false;
  bool stopping = false;
  bool starting = false;
  OneAtATime state;
};

struct Reign {
  NodeId leader{-1};
  LeaderEpoch epoch;
  OneAtATime state;
};

struct RunningFault {
  std::size_t stay = 0;
  std::vector<std::uint32_t> nodes;
};

class Historian {
 public:
  Historian(const trace::Summary& summary, const Labels& labels, const Story& story)
      : summary_(summary), labels_(labels), story_(story), servers_(labels.nodes().size()) {
    out_.lanes.push_back({"planned", LaneKind::kPlannedFaults, "faults planned", {}, {}});
    out_.lanes.push_back({"faults", LaneKind::kFaults, "faults", {}, {}});
    out_.lanes.push_back({"controller", LaneKind::kController, "controller", {}, {}});
    lane_of_.resize(labels.nodes().size());
    for (const bool servers : {true, false}) {
      for (std::uint32_t i = 0; i < labels.nodes().size(); ++i) {
        if (labels.is_server(i) != servers) continue;
        lane_of_[i] = out_.lanes.size();
        out_.lanes.push_back({labels.brief(i),
                              servers ? LaneKind::kServer : LaneKind::kClient,
                              labels.brief(i),
                              i,
                              {}});
      }
    }
  }

  History take(std::optional<Instant> ready) {
    for (const trace::Event& event : summary_.highlights) {
      event_ = &event;
      for (const Note& note : event.notes) std::visit(*this, note);
    }
    end();
    if (ready) plan(*ready);
    for (LaneHistory& lane : out_.lanes) {
      if (lane.kind == LaneKind::kPlannedFaults || lane.kind == LaneKind::kFaults) rows(lane);
    }
    return std::move(out_);
  }

  // ---- faults
  void operator()(const note::FaultBegan& n) {
    LaneHistory& lane = faults();
    const std::string name = fault_text(n.fault, n.kind);
    if (is_momentary(n.kind)) {
      lane.stays.push_back({SpanKind::kMoment, event_->number, event_->number, event_->time,
                            event_->time, false, 0, name + " " + labels_.brief(event_->node)});
      return;
    }
    for (RunningFault& one : running_[{n.fault, n.kind}]) {
      // One fault tells its nodes one after the other, all at the same time.
      if (lane.stays[one.stay].from != event_->time || has(one, event_->node)) continue;
      one.nodes.push_back(event_->node);
      if (lane.stays[one.stay].text.size() < kTextMax) {
        lane.stays[one.stay].text += "," + labels_.brief(event_->node);
      }
      return;
    }
    running_[{n.fault, n.kind}].push_back({lane.stays.size(), {event_->node}});
    lane.stays.push_back({SpanKind::kFault, event_->number, event_->number, event_->time,
                          event_->time, true, 0, name + " " + labels_.brief(event_->node)});
  }
  void operator()(const note::FaultEnded& n) {
    std::vector<RunningFault>& running = running_[{n.fault, n.kind}];
    for (auto one = running.begin(); one != running.end(); ++one) {
      if (!has(*one, event_->node)) continue;
      std::erase(one->nodes, event_->node);
      if (!one->nodes.empty()) return;
      Stay& stay = faults().stays[one->stay];
      stay.last = event_->number;
      stay.to = event_->time;
      stay.open = false;
      running.erase(one);
      return;
    }
  }

  // ---- processes
  void operator()(const note::ProcessStarted&) {
    Server& one = servers_[event_->node];
    one = {true, false, false, false, labels_.is_broker(event_->node), one.state};
    show(event_->node);
  }
  void operator()(const note::ProcessEnded& n) {
    Server& one = servers_[event_->node];
    one.up = false;
    static constexpr std::string_view kHow[] = {"stopped", "crashed", "without power",
                                                "ended by itself", "ended by a bug"};
    const auto how = static_cast<std::size_t>(n.cause);
    one.state.change(lane(event_->node), *event_, SpanKind::kDown,
                     std::string(how < std::size(kHow) ? kHow[how] : "down"));
    if (controller_ == event_->node) controller({});
    if (labels_.is_broker(event_->node)) show_led_by(labels_.nodes()[event_->node].id);
  }
  void operator()(const note::BrokerStateChanged& n) {
    Server& one = servers_[event_->node];
    using note::BrokerState;
    one.starting = n.state < BrokerState::kRunning;
    one.stopping = n.state > BrokerState::kRunning;
    show(event_->node);
  }
  void operator()(const note::BrokerRegistered& n) { membership(n.broker, true); }
  void operator()(const note::BrokerFenced& n) { membership(n.broker, true); }
  void operator()(const note::BrokerUnfenced& n) { membership(n.broker, false); }

  // ---- who leads
  void operator()(const note::ControllerActive& n) {
    controller(event_->node);
    control_.change(out_.lanes[2], *event_, SpanKind::kReign,
                    fmt::format("{} epoch {}", labels_.brief(event_->node), n.epoch.value()));
  }
  void operator()(const note::QuorumRoleChanged& n) {
    if (n.role != note::QuorumRole::kLeader && controller_ == event_->node) controller({});
  }
  void operator()(const note::PartitionCommitted& n) {
    const auto [at, fresh] = out_.partitions.try_emplace(n.partition);
    LaneHistory& lane = at->second;
    if (fresh) {
      lane.id = lane.title = labels_.partition(n.partition);
      lane.kind = LaneKind::kPartition;
    }
    Reign& reign = reigns_[n.partition];
    reign.leader = n.leader;
    reign.epoch = n.leader_epoch;
    show(lane, reign);
  }
  template <class T>
  void operator()(const T&) {}

 private:
  static constexpr std::size_t kTextMax = 60;

  LaneHistory& faults() { return out_.lanes[1]; }
  LaneHistory& lane(std::uint32_t node) { return out_.lanes[lane_of_[node]]; }
  static bool has(const RunningFault& one, std::uint32_t node) {
    return std::find(one.nodes.begin(), one.nodes.end(), node) != one.nodes.end();
  }
  [[nodiscard]] static std::string fault_text(std::int32_t /*fault*/, std::int32_t kind) {
    if (kind < 0 || kind >= static_cast<std::int32_t>(world::kFaultKinds)) return "fault";
    return std::string(world::fault_name(static_cast<world::FaultKind>(kind)));
  }
  [[nodiscard]] bool runs(NodeId broker) const {
    for (std::uint32_t i = 0; i < servers_.size(); ++i) {
      if (labels_.is_broker(i) && labels_.nodes()[i].id == broker) return servers_[i].up;
    }
    return true;
  }
  // A leader that has died leads until the controller fences it, and nobody is served meanwhile.
  void show(LaneHistory& lane, Reign& reign) {
    const std::string text =
        fmt::format("{} epoch {}", labels_.brief_of(reign.leader), reign.epoch.value());
    if (reign.leader.value() < 0) {
      reign.state.change(lane, *event_, SpanKind::kNobody, "no leader");
    } else if (!runs(reign.leader)) {
      reign.state.change(lane, *event_, SpanKind::kNobody, text + ", down");
    } else {
      reign.state.change(lane, *event_, SpanKind::kReign, text);
    }
  }
  void show_led_by(NodeId broker) {
    for (auto& [ref, reign] : reigns_) {
      if (reign.leader == broker) show(out_.partitions.at(ref), reign);
    }
  }
  void controller(std::optional<std::uint32_t> node) {
    controller_ = node;
    if (!node) control_.change(out_.lanes[2], *event_, SpanKind::kNobody, "no active controller");
  }
  void membership(NodeId broker, bool fenced) {
    for (std::uint32_t i = 0; i < labels_.nodes().size(); ++i) {
      if (!labels_.is_server(i) || labels_.nodes()[i].id != broker) continue;
      servers_[i].registered = true;
      servers_[i].fenced = fenced;
      show(i);
    }
    if (!fenced) show_led_by(broker);
  }
  void show(std::uint32_t node) {
    Server& one = servers_[node];
    if (!one.up) return;
    std::optional<SpanKind> kind;
    std::string text;
    if (one.stopping) {
      kind = SpanKind::kStopping;
      text = "controlled shutdown";
    } else if (one.starting) {
      kind = SpanKind::kStarting;
      text = "starting";
    } else if (one.registered && one.fenced) {
      kind = SpanKind::kFenced;
      text = "fenced";
    }
    one.state.change(lane(node), *event_, kind, text);
  }
  void end() {
    for (std::uint32_t i = 0; i < servers_.size(); ++i) servers_[i].state.end(lane(i), summary_);
    control_.end(out_.lanes[2], summary_);
    for (auto& [ref, reign] : reigns_) reign.state.end(out_.partitions.at(ref), summary_);
    for (Stay& stay : faults().stays) {
      if (!stay.open) continue;
      stay.last = summary_.events;
      stay.to = summary_.end;
    }
  }
  void plan(Instant ready) {
    LaneHistory& lane = out_.lanes[0];
    for (const FaultWords& fault : story_.faults) {
      if (!fault.at) continue;
      const Instant from = ready + *fault.at;
      if (from > summary_.end) continue;
      const Instant to = fault.lasts ? from + *fault.lasts : from;
      lane.stays.push_back(
          {SpanKind::kPlanned, 0, 0, from, std::min(to, summary_.end), false, 0, fault.text});
    }
    std::stable_sort(lane.stays.begin(), lane.stays.end(),
                     [](const Stay& a, const Stay& b) { return a.from < b.from; });
  }
  // Overlapping stays go below one another, as far as there is room.
  static void rows(LaneHistory& lane) {
    std::vector<Instant> busy;
    for (Stay& stay : lane.stays) {
      std::size_t row = 0;
      while (row < busy.size() && busy[row] > stay.from) ++row;
      row = std::min<std::size_t>(row, kRowsMax - 1);
      if (row == busy.size()) busy.push_back(stay.to);
      busy[row] = std::max(busy[row], stay.to);
      stay.row = static_cast<int>(row);
      lane.rows = std::max(lane.rows, stay.row + 1);
    }
  }

  const trace::Summary& summary_;
  const Labels& labels_;
  const Story& story_;
  const trace::Event* event_ = nullptr;
  History out_;
  std::vector<std::size_t> lane_of_;  // by node
  std::vector<Server> servers_;       // by node
  std::map<std::pair<std::int32_t, std::int32_t>, std::vector<RunningFault>> running_;
  std::optional<std::uint32_t> controller_;
  OneAtATime control_;
  std::map<PartitionRef, Reign> reigns_;
};

}  // namespace

History make_history(const trace::Summary& summary, const Labels& labels, const Story& story,
                     std::optional<Instant> ready) {
  return Historian(summary, labels, story).take(ready);
}

}  // namespace logarium::viz
