#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <variant>

#include "engine/base/note_words.hpp"
#include "sim/run/judge.hpp"

namespace logarium::run {
namespace {

constexpr std::size_t kLinesMax = 12;
constexpr std::size_t kLinesOfEventMax = 4;

// What changes roles, membership and stored bytes; the rest is the daily traffic.
bool tells(const Note& note) {
  return std::holds_alternative<note::ReplicaOpened>(note) ||
         std::holds_alternative<note::BecameLeader>(note) ||
         std::holds_alternative<note::Truncated>(note) ||
         std::holds_alternative<note::DirectoryOffline>(note) ||
         std::holds_alternative<note::QuorumRoleChanged>(note) ||
         std::holds_alternative<note::PartitionCommitted>(note) ||
         std::holds_alternative<note::BrokerFenced>(note) ||
         std::holds_alternative<note::BrokerUnfenced>(note) ||
         std::holds_alternative<note::OutOfRange>(note) ||
         std::holds_alternative<note::PositionReset>(note) ||
         std::holds_alternative<note::BatchFailed>(note) ||
         std::holds_alternative<note::ProcessStarted>(note) ||
         std::holds_alternative<note::ProcessEnded>(note) ||
         std::holds_alternative<note::BytesLost>(note) ||
         std::holds_alternative<note::DiskWiped>(note) ||
         std::holds_alternative<note::FaultBegan>(note) ||
         std::holds_alternative<note::FaultEnded>(note);
}

// The host's kinds of faults have names that notes do not know.
std::string text_of(const Note& note) {
  const auto named = [](std::string_view what, int kind) {
    const bool known = kind >= 0 && kind < static_cast<int>(world::kFaultKinds);
    return fmt::format("fault {}: {}", what,
                       known ? fault_name(static_cast<world::FaultKind>(kind)) : "?");
  };
  if (const auto* began = std::get_if<note::FaultBegan>(&note)) return named("began", began->kind);
  if (const auto* ended = std::get_if<note::FaultEnded>(&note)) return named("ended", ended->kind);
  return logarium::to_string(note);
}

// Keeps the last telling notes up to an event, and that event's own.
class LastNotes final : public world::Observer {
 public:
  LastNotes(const world::World& world, std::uint64_t until) : world_(world), until_(until) {}
  void on_event(const world::EventView& event) override {
    if (event.number > until_) return;
    std::size_t own = 0;
    for (const Note& note : event.effects->notes) {
      const bool of_last = event.number == until_ && own++ < kLinesOfEventMax;
      if (!of_last && !tells(note)) continue;
      lines_.push_back({event.number, event.time, world_.name(event.node), text_of(note)});
      if (lines_.size() > kLinesMax) lines_.pop_front();
    }
  }
  [[nodiscard]] const std::deque<EventLine>& lines() const { return lines_; }

 private:
  const world::World& world_;
  std::uint64_t until_;
  std::deque<EventLine> lines_;
};

std::string_view process_text(const world::World& world, world::NodeIndex node) {
  if (world.paused(node)) return "paused";
  switch (world.state(node)) {
    case world::ProcessState::kUp:
      return "up";
    case world::ProcessState::kDown:
      return "down";
    case world::ProcessState::kOff:
      return "without power";
  }
  return "?";
}

// A broker may lead partitions, so the quorum's leader and followers are said to be the quorum's.
std::string quorum_text(note::QuorumRole role) {
  const bool of_quorum = role == note::QuorumRole::kLeader || role == note::QuorumRole::kFollower;
  return (of_quorum ? "quorum " : "") + logarium::to_string(role);
}

std::string replicas_text(const checkers::ClusterState& state, world::NodeIndex node) {
  std::size_t leads = 0, follows = 0, in_sync = 0;
  for (const checkers::PartitionState& partition : state.partitions()) {
    if (partition.deleted || partition.ref == kMetadataPartition) continue;
    const checkers::ReplicaState* replica = partition.replica(state.node(node).id);
    if (replica == nullptr || replica->node != node) continue;
    replica->leading ? ++leads : ++follows;
    if (partition.in(partition.isr, replica->id)) ++in_sync;
  }
  return fmt::format("leads {}, follows {}, in sync {}", leads, follows, in_sync);
}

std::string node_line(const Run& run, world::NodeIndex node) {
  const world::World& world = run.world();
  const checkers::ClusterState& state = run.suite().state();
  const checkers::NodeState& seen = state.node(node);
  std::string out = fmt::format("{:<16} {}, incarnation {}", world.name(node),
                                process_text(world, node), world.incarnation(node).value());
  if (world.kind(node) == world::NodeKind::kClient) return out;
  out += fmt::format(", {} of epoch {}, metadata below {}", quorum_text(seen.quorum_role),
                     seen.quorum_epoch.value(), seen.metadata_applied.value());
  if (world.kind(node) == world::NodeKind::kController) return out;
  return out + fmt::format(", {}{}", seen.fenced ? "fenced, " : "", replicas_text(state, node));
}

}  // namespace

void add_failure_context(Outcome& outcome, const scenario::PlanRef& plan,
                         const RunOptions& options) {
  if (outcome.violations.empty()) return;
  const std::uint64_t until = outcome.violations.front().event;
  Run again(plan, options);
  LastNotes last(again.world(), until);
  again.add_observer(last);
  again.to_event(until);
  for (const EventLine& line : last.lines()) {
    outcome.last_events.push_back(
        {line.event, line.time, line.node, with_topic_names(line.text, outcome.topic_names)});
  }
  for (std::uint32_t i = 0; i < again.world().size(); ++i) {
    outcome.node_lines.push_back(node_line(again, world::NodeIndex(i)));
  }
}

}  // namespace logarium::run
