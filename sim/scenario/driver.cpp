#include "sim/scenario/driver.hpp"

#include <algorithm>

#include "engine/base/state_visitor.hpp"
#include "engine/metadata/image.hpp"
#include "engine/server/server_node.hpp"
#include "sim/workload/admin_application.hpp"

namespace logarium::scenario {

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kStarting:
      return "starting";
    case Stage::kChaos:
      return "chaos";
    case Stage::kQuiesce:
      return "quiesce";
    case Stage::kOver:
      return "over";
  }
  return {};
}

Driver::Driver(PlanRef plan, RosterRef roster)
    : plan_(std::move(plan)), roster_(std::move(roster)), budget_(*plan_) {
  const std::size_t faults = plan_->model.faults.size();
  outcomes_.resize(faults);
  const Random root = Random(plan_->seed).derive("driver");
  for (std::size_t i = 0; i < faults; ++i) random_.push_back(root.derive("fault", i));
}

void Driver::plan_for(Instant when, Due due) {
  agenda_.emplace(std::pair(when, next_order_++), due);
}

void Driver::start(world::World& world) {
  for (const world::NodeIndex server : roster_->servers) world.start(server);
  world.start(roster_->admin);
  plan_for(world.now() + kReadyMax, Deadline{});
}

std::optional<Instant> Driver::deadline() const {
  if (!ready_at_) return std::nullopt;
  return *ready_at_ + plan_->chaos + plan_->quiesce_within;
}

bool Driver::step(world::World& world) {
  if (stage_ == Stage::kOver) return false;
  const Instant due = agenda_.empty() ? kNever : agenda_.begin()->first.first;
  const Instant next = world.next_time();
  if (due <= world.now() || due < next) {
    if (due > world.now()) world.run_until(due);
    const Due what = agenda_.begin()->second;
    agenda_.erase(agenda_.begin());
    perform(world, what);
  } else if (next == kNever || !world.step()) {
    stage_ = Stage::kOver;
  }
  if (world.failure()) stage_ = Stage::kOver;
  if (stage_ == Stage::kStarting && admin_spoke_) check_ready(world);
  if (stage_ != Stage::kStarting && watch_.wants_names()) learn_names(world);
  return stage_ != Stage::kOver;
}

void Driver::perform(world::World& world, const Due& due) {
  if (const auto* one = std::get_if<Fire>(&due)) {
    if (stage_ == Stage::kChaos) fire(world, one->fault);
  } else if (const auto* end = std::get_if<End>(&due)) {
    end_running(world, end->running);
  } else if (const auto* start = std::get_if<StartNode>(&due)) {
    world.start(start->node);
  } else if (std::holds_alternative<Heal>(due)) {
    heal(world);
  } else {
    if (!ready_at_) failure_ = "the cluster was not ready after " + to_string(kReadyMax);
    stage_ = Stage::kOver;
  }
}

void Driver::check_ready(world::World& world) {
  admin_spoke_ = false;
  const auto* admin =
      dynamic_cast<const workload::AdminApplication*>(world.application(roster_->admin));
  if (admin == nullptr) return;
  if (!admin->failure().empty()) {
    failure_ = admin->failure();
    stage_ = Stage::kOver;
  } else if (admin->ready()) {
    become_ready(world);
  }
}

void Driver::become_ready(world::World& world) {
  stage_ = Stage::kChaos;
  ready_at_ = world.now();
  learn_names(world);
  agenda_.clear();
  const Instant ready = world.now();
  const Model& model = plan_->model;
  for (const world::NodeIndex client : roster_->clients) {
    const Duration after = model.clients[roster_->client_of.at(client)].start.duration();
    plan_for(ready + after, StartNode{client});
  }
  for (std::size_t i = 0; i < model.faults.size(); ++i) {
    const auto& at = model.faults[i].at;
    if (at && at->duration() < plan_->chaos) plan_for(ready + at->duration(), Fire{i});
  }
  plan_for(ready + plan_->chaos, Heal{});
  triggers_.arm(*plan_, watch_);
  for (const std::size_t fault : triggers_.take_true_at_once()) {
    plan_for(ready + model.faults[fault].delay.duration(), Fire{fault});
  }
}

void Driver::learn_names(const world::World& world) {
  std::set<std::string> names;
  for (const Topic& topic : plan_->model.topics) names.insert(topic.name);
  for (const Fault& fault : plan_->model.faults) {
    if (fault.action.kind == ActionKind::kCreateTopic) names.insert(fault.action.new_topic.name);
  }
  for (const world::NodeIndex server : roster_->servers) {
    const auto* node = dynamic_cast<const server::ServerNode*>(world.node(server));
    const metadata::ImageRef image = node == nullptr ? nullptr : node->image();
    if (image == nullptr) continue;
    for (const std::string& name : names) {
      if (const metadata::Topic* topic = image->topic(name)) watch_.set_topic_id(name, topic->id);
    }
  }
  for (const auto& [ref, partition] : watch_.partitions()) {
    const auto is_known = [&ref = ref](const auto& named) { return named.second == ref.topic; };
    if (std::none_of(watch_.topics().begin(), watch_.topics().end(), is_known)) return;
  }
  watch_.names_are_known();
}

void Driver::on_event(const world::EventView& event) {
  if (event.node == roster_->admin) admin_spoke_ = true;
  for (const Note& note : event.effects->notes) {
    ++notes_seen_[note.index()];
    watch_.on_note(event.node, note);
    budget_.on_note(event.node, note, *roster_, watch_);
    if (std::holds_alternative<note::ProcessEnded>(note) && to_restart_.erase(event.node) > 0) {
      plan_for(event.time, StartNode{event.node});
    }
    if (stage_ != Stage::kChaos || !triggers_.waits_for(note.index())) continue;
    fired_.clear();
    triggers_.on_note(*plan_, situation(), event.node, note, fired_);
    for (const std::size_t fault : fired_) {
      plan_for(event.time + plan_->model.faults[fault].delay.duration(), Fire{fault});
    }
  }
}

bool Driver::happened(const std::string& what) const {
  for (std::size_t i = 0; i < notes_seen_.size(); ++i) {
    if (note_name(i) == what) return notes_seen_[i] > 0;
  }
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    if (plan_->model.faults[i].label == what && outcomes_[i].applied > 0) return true;
  }
  return false;
}

void Driver::describe(StateVisitor& v) const {
  visit(v, "stage", stage_);
  visit(v, "watch", watch_);
  visit(v, "triggers", triggers_);
  visit(v, "faults applied", realised_.size());
  visit(v, "due", agenda_.size());
}

}  // namespace logarium::scenario
