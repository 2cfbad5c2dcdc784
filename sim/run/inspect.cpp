#include "sim/run/inspect.hpp"

#include <fmt/format.h>

#include <map>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/message_tools.hpp"
#include "sim/run/recorder.hpp"

namespace logarium::run {
namespace {

std::string message_text(const Frame& frame) {
  return protocol::to_json(*frame.body, frame.api_version);
}

// A node's state by path; empty while it is down.
std::map<std::string, std::string> state_of(const world::World& world, world::NodeIndex node) {
  std::map<std::string, std::string> out;
  const Node* running = world.node(node);
  if (running == nullptr) return out;
  StateLines lines;
  running->describe(lines);
  for (const StateLines::Line& line : lines.lines()) out[line.path] = line.value;
  return out;
}

std::vector<FieldChange> changes_between(const std::map<std::string, std::string>& before,
                                         const std::map<std::string, std::string>& after) {
  std::vector<FieldChange> out;
  for (const auto& [path, value] : before) {
    const auto now = after.find(path);
    if (now == after.end()) {
      out.push_back({path, value, ""});
    } else if (now->second != value) {
      out.push_back({path, value, now->second});
    }
  }
  for (const auto& [path, value] : after) {
    if (!before.contains(path)) out.push_back({path, "", value});
  }
  return out;
}

// Takes down what one event was.
class Catch final : public world::Observer {
 public:
  Catch(std::uint64_t wanted, Inspection& out) : wanted_(wanted), out_(out) {}
  void on_event(const world::EventView& event) override {
    if (event.number != wanted_) return;
    out_.event = recorded(event);
    if (event.input != nullptr) {
      if (const auto* received = std::get_if<Received>(event.input)) {
        out_.message = message_text(received->frame);
      }
    }
    for (const Action& action : event.effects->actions) {
      if (const auto* send = std::get_if<Send>(&action)) {
        out_.messages.push_back(message_text(send->frame));
      } else if (std::holds_alternative<FileOp>(action)) {
        ++out_.file_operations;
      }
    }
  }

 private:
  std::uint64_t wanted_;
  Inspection& out_;
};

}  // namespace

Result<Inspection> inspect(Timeline& timeline, std::uint64_t event) {
  Inspection out;
  // A fault brings several events at once, without a moment between: what they change is shown with
  // each of them.
  std::uint64_t before = event;
  do {
    if (before == 0) return Error{"there is no event 0"};
    --before;
  } while (timeline.seek(before).world().events() >= event);
  if (timeline.at().over()) return Error{fmt::format("the run has no event {}", event)};
  std::vector<std::map<std::string, std::string>> states;
  for (std::uint32_t i = 0; i < timeline.at().world().size(); ++i) {
    states.push_back(state_of(timeline.at().world(), world::NodeIndex(i)));
  }
  Run run = timeline.at();
  Catch caught(event, out);
  run.add_observer(caught);
  if (!run.to_event(event)) return Error{fmt::format("the run has no event {}", event)};
  const world::NodeIndex node(out.event.node);
  out.changes = changes_between(states[node.value()], state_of(run.world(), node));
  return out;
}

}  // namespace logarium::run
