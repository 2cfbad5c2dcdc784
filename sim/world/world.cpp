#include "sim/world/world.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/runtime/event_hash.hpp"

namespace logarium::world {

World::World(const WorldOptions& options)
    : options_(options),
      root_(options.seed),
      network_(options.network, root_.derive("network")),
      answers_(root_.derive("answers")) {}

NodeIndex World::add_node(const NodeOptions& options) {
  ENSURE(!by_name_.contains(options.name));
  ENSURE(options.prototype != nullptr);
  const NodeIndex index(static_cast<std::uint32_t>(processes_.size()));
  const ClockOptions& clock = options.clock;
  // A machine's monotonic clock began before the world did; it may show any time now.
  NodeClock machine_clock(clock.monotonic_start, options_.wall_start);
  if (now_ > Instant{0}) {
    machine_clock = NodeClock(clock.monotonic_start - (now_ - Instant{0}), options_.wall_start);
  }
  machine_clock.set_drift(now_, clock.drift_ppm);
  machine_clock.set_wall_offset(clock.wall_offset);
  processes_.emplace_back(options, machine_clock,
                          Disk(options.disk, root_.derive("disk " + options.name)));
  by_name_.emplace(options.name, index);
  scheduler_.add_node();
  network_.add_node(options.name);
  return index;
}

void World::attach(NodeIndex client, std::unique_ptr<workload::Application> application) {
  ENSURE(at(client).state == ProcessState::kDown);
  ENSURE(!at(client).application);
  at(client).application = Cloned<workload::Application>(std::move(application));
}

void World::set_setup(NodeIndex node, NodeSetupRef setup) { at(node).setup = std::move(setup); }

void World::set_prototype(NodeIndex node, std::shared_ptr<const Node> prototype) {
  ENSURE(prototype != nullptr);
  at(node).prototype = std::move(prototype);
}

void World::set_link(NodeIndex from, NodeIndex to, const LinkOptions& options) {
  network_.links().set_options(from.value(), to.value(), options);
}

void World::add_observer(Observer& observer) { observers_.list.push_back(&observer); }

void World::remove_observer(Observer& observer) { std::erase(observers_.list, &observer); }

std::optional<NodeIndex> World::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

bool World::step() {
  ENSURE(!in_observer_);
  if (failure_) return false;
  const Scheduler::Due due = scheduler_.next();
  if (due.time == kNever) return false;
  ENSURE(due.time >= now_);
  now_ = due.time;
  if (due.wake) {
    active_ = NodeIndex(due.which);
    return guarded([&] { wake(active_); });
  }
  Pending& pending = scheduler_.take(due);
  const bool whole = guarded([&] { happen(pending); });
  scheduler_.release(due);
  return whole;
}

bool World::run_until(Instant until) {
  while (next_time() <= until) {
    if (!step()) break;
  }
  if (failure_) return false;
  now_ = std::max(now_, until);
  return true;
}

// ---- things that happen -------------------------------------------------------------------------

void World::happen(Pending& pending) {
  switch (pending.kind) {
    case PendingKind::kInput: {
      Process& process = at(NodeIndex(pending.node));
      if (process.state != ProcessState::kUp) return;
      if (process.incarnation != pending.incarnation) return;
      if (std::holds_alternative<Started>(pending.input)) process.started = true;
      return give(NodeIndex(pending.node), pending.hash, {}, pending.input);
    }
    case PendingKind::kMessage: {
      const auto arrival = network_.on_message(scope(), pending);
      if (!arrival) return;
      auto& received = std::get<Received>(pending.input);
      received.connection = arrival->connection;
      if (!answers_.idle()) {
        received.injected_error = answers_.decide(NodeIndex(arrival->node), received.frame);
      }
      return give(NodeIndex(arrival->node), pending.hash, pending.origin, pending.input);
    }
    case PendingKind::kConnect: {
      const Process& target = at(NodeIndex(pending.node));
      const auto arrival =
          network_.on_connect(scope(), pending, answer_of(target), target.incarnation);
      return give_arrival<Accepted>(pending, arrival);
    }
    case PendingKind::kConnected:
      return give_arrival<Connected>(pending, network_.on_connected(scope(), pending));
    case PendingKind::kConnectFailed:
      return give_arrival<ConnectFailed>(pending, network_.on_connect_failed(scope(), pending));
    case PendingKind::kClose:
      return give_arrival<Disconnected>(pending, network_.on_close(scope(), pending));
    case PendingKind::kRetransmit:
      return give_arrival<Disconnected>(pending, network_.on_retransmit(scope(), pending));
    case PendingKind::kAckCheck:
      return give_arrival<Disconnected>(pending, network_.on_ack_check(scope(), pending));
    case PendingKind::kKeepalive:
      return give_arrival<Disconnected>(pending, network_.on_keepalive(scope(), pending));
    case PendingKind::kDisk:
      return disk_done(NodeIndex(pending.node), pending);
    case PendingKind::kDrain:
      return drain(NodeIndex(pending.node), pending.incarnation);
  }
}

Network::Answer World::answer_of(const Process& target) {
  if (target.state == ProcessState::kOff) return Network::Answer::kSilence;
  const bool listens =
      target.state == ProcessState::kUp && target.started && target.kind != NodeKind::kClient;
  return listens ? Network::Answer::kAccept : Network::Answer::kRefuse;
}

template <class T>
void World::give_arrival(Pending& pending, const std::optional<Network::Arrival>& arrival) {
  if (!arrival) return;
  pending.input.emplace<T>(T{arrival->connection});
  give(NodeIndex(arrival->node), 0, {}, pending.input);
}

void World::disk_done(NodeIndex node, Pending& pending) {
  Process& process = at(node);
  if (pending.generation != process.disk.generation()) return;
  Input& input = pending.input;
  if (!std::holds_alternative<IoDone>(input)) input.emplace<IoDone>();
  process.disk.finish(std::get<IoDone>(input), fault_counts_, counters_);
  if (!process.disk.idle()) schedule_disk(node);
  give(node, 0, {}, input);
}

void World::give(NodeIndex node, std::uint64_t hash, Origin origin, Input& input) {
  Process& process = at(node);
  if (!held(process)) return deliver(node, hash, origin, input);
  ++fault_counts_.inputs_held;
  process.waiting.push({hash, origin, std::move(input)});
  if (!process.paused) schedule_drain(node);
}

void World::schedule_drain(NodeIndex node) {
  Process& process = at(node);
  if (process.draining) return;
  process.draining = true;
  Pending& pending = scheduler_.push(std::max(now_, process.busy_until));
  pending.kind = PendingKind::kDrain;
  pending.node = node.value();
  pending.incarnation = process.incarnation;
}

void World::drain(NodeIndex node, std::uint32_t incarnation) {
  Process& process = at(node);
  if (incarnation != process.incarnation) return;
  process.draining = false;
  if (process.paused || process.waiting.empty()) return;
  if (process.busy_until > now_) return schedule_drain(node);
  WaitingInput next = std::move(process.waiting.front());
  process.waiting.drop();
  deliver(node, next.hash, next.origin, next.input);
  if (!at(node).waiting.empty()) schedule_drain(node);
}

void World::wake(NodeIndex node) {
  Process& process = at(node);
  if (process.paused) return scheduler_.set_wake(node.value(), kNever);
  if (process.busy_until > now_) {
    ++fault_counts_.wakes_held;
    return reschedule_wake(node);
  }
  const Now now = process.clock.read(now_);
  if (process.node->next_deadline() <= now.monotonic) {
    const Input input = Wake{};
    return deliver(node, 0, {}, input);
  }
  if (process.application_running && process.application->next_deadline() <= now.monotonic) {
    scratch_.calls.clear();
    process.application->wake(now, scratch_.calls);
    issue_calls(node);
  }
  reschedule_wake(node);
}

void World::reschedule_wake(NodeIndex node) {
  const Process& process = at(node);
  if (process.state != ProcessState::kUp || process.paused) {
    return scheduler_.set_wake(node.value(), kNever);
  }
  Instant deadline = process.node->next_deadline();
  if (process.application_running) {
    deadline = std::min(deadline, process.application->next_deadline());
  }
  if (deadline == kNever) return scheduler_.set_wake(node.value(), kNever);
  const Instant when = std::max(process.clock.true_time_of(deadline), process.busy_until);
  scheduler_.set_wake(node.value(), std::max(when, now_));
}

// ---- one event ----------------------------------------------------------------------------------

void World::deliver(NodeIndex node, std::uint64_t hash, Origin origin, const Input& input) {
  Process& process = at(node);
  Effects& effects = scratch_.effects;
  effects.clear();
  const Now now = process.clock.read(now_);
  if (process.clock.wrong()) fault_counts_.add(FaultKind::kClock);
  ++counters_.events;
  active_ = node;
  EventView event{counters_.events, now_, now, node, &input, &effects, origin};
  std::optional<note::EndCause> exit;
  // Whoever keeps the run keeps the event that broke it too.
  event.broken = !guarded([&] { exit = handle(event, hash); });
  publish(event);
  if (exit && !failure_) end_process(node, *exit);
}

std::optional<note::EndCause> World::handle(const EventView& event, std::uint64_t hash) {
  const NodeIndex node = event.node;
  Process& process = at(node);
  Effects& effects = scratch_.effects;
  process.node->step(event.node_now, *event.input, effects);

  std::uint64_t payload = absorb(static_cast<std::uint64_t>(now_.ns), node.value());
  payload = absorb(payload, runtime::input_hash(*event.input, hash));
  const std::optional<note::EndCause> exit = perform(node, effects, payload);
  for (const Note& note : effects.notes) payload = absorb(payload, note_hash(note));
  digest_.add(absorb(payload, process.node->random_fingerprint()));
  if (answers_.any_begun()) count_injected(effects);

  if (process.slow_factor > 1) {
    process.busy_until = now_ + options_.handling_time * process.slow_factor;
    fault_counts_.add(FaultKind::kSlowNode);
  }
  if (process.application) drive(node, event.node_now, *event.input, effects);
  reschedule_wake(node);
  return exit;
}

void World::describe(StateVisitor& v) const {
  visit(v, "now", now_);
  visit(v, "events", counters_.events);
  visit(v, "digest", digest_.value());
  v.open_list("nodes", processes_.size());
  for (const Process& process : processes_) {
    v.open_struct("");
    visit(v, "name", process.name);
    visit(v, "state", process.state);
    visit(v, "incarnation", process.incarnation);
    visit(v, "paused", process.paused);
    visit(v, "waiting inputs", process.waiting.size());
    visit(v, "queued file operations", process.disk.queued());
    visit(v, "bytes on disk", process.disk.files().used_bytes());
    visit(v, "disk random", process.disk.random_fingerprint());
    if (process.node) visit(v, "node", *process.node.get());
    if (process.application) visit(v, "application", *process.application.get());
    v.close();
  }
  v.close();
  visit(v, "answers", answers_);
}

// The node says when it has given an injected answer; some requests die before their turn.
void World::count_injected(const Effects& effects) {
  for (const Note& note : effects.notes) {
    if (std::holds_alternative<note::ErrorInjected>(note)) fault_counts_.add(FaultKind::kErrorCode);
  }
}

// All observers see the event, also when an ENSURE fails in one of them.
void World::publish(EventView event) {
  event.lost = &lost_;
  for (Observer* observer : observers_.list) {
    in_observer_ = true;
    guarded([&] { observer->on_event(event); });
    in_observer_ = false;
  }
  lost_.clear();
}

// The node's application hears of the step.
void World::drive(NodeIndex node, const Now& now, const Input& input, const Effects& effects) {
  Process& process = at(node);
  workload::Application& application = *process.application.get();
  scratch_.calls.clear();
  if (std::holds_alternative<Started>(input)) {
    process.application_running = true;
    application.started(now, scratch_.calls);
  }
  for (const Action& action : effects.actions) {
    const auto* answer = std::get_if<Answer>(&action);
    if (answer != nullptr) {
      application.on_answer(now, answer->command, answer->result, scratch_.calls);
    }
  }
  issue_calls(node);
}

void World::issue_calls(NodeIndex node) {
  digest_.add(at(node).application->random_fingerprint());
  for (workload::Calls::Call& call : scratch_.calls.calls) {
    schedule_input(node).emplace<CommandInput>(CommandInput{call.id, std::move(call.command)});
  }
  scratch_.calls.clear();
}

}  // namespace logarium::world
