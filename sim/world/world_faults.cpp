// World: processes, faults, clocks, and the host's own notes about them.

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/runtime/event_hash.hpp"
#include "sim/world/world.hpp"

namespace logarium::world {

namespace {

// Stands for the kind of input of an event that is the host's own.
constexpr std::uint64_t kHostEvent = 0xff;

// A node that stands on neither side is one of all nodes, which stand on both.
note::FaultSide side_of(const LinkFault& fault, NodeIndex node) {
  const auto among = [node](const std::vector<NodeIndex>& nodes) {
    return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
  };
  const bool from = among(fault.from);
  const bool to = among(fault.to);
  const note::LinkSide side = from == to ? note::LinkSide::kBoth
                              : from     ? note::LinkSide::kFrom
                                         : note::LinkSide::kTo;
  return {side, fault.ways == Ways::kOneWay, 0};
}

}  // namespace

// ---- the host's notes ---------------------------------------------------------------------------

void World::host_note(Note note) { scratch_.host.note(note); }

void World::publish_host_notes(NodeIndex node) {
  Effects& effects = scratch_.host;
  if (effects.notes.empty()) return;
  ++counters_.events;
  std::uint64_t payload = absorb(static_cast<std::uint64_t>(now_.ns), node.value());
  payload = absorb(payload, kHostEvent);
  for (const Note& note : effects.notes) payload = absorb(payload, note_hash(note));
  digest_.add(payload);
  publish({counters_.events, now_, at(node).clock.read(now_), node, nullptr, &effects});
  effects.clear();
}

void World::began(FaultKind kind, FaultTag tag) {
  host_note(note::FaultBegan{tag.fault, static_cast<std::int32_t>(kind)});
}

void World::ended(FaultKind kind, FaultTag tag) {
  host_note(note::FaultEnded{tag.fault, static_cast<std::int32_t>(kind)});
}

// ---- processes ----------------------------------------------------------------------------------

bool World::start(NodeIndex node) {
  ENSURE(!in_observer_);
  Process& process = at(node);
  if (process.state == ProcessState::kUp) return false;
  if (process.state == ProcessState::kOff) network_.power_restored(node.value());
  ++process.incarnation;
  process.state = ProcessState::kUp;
  process.started = false;
  process.node = Cloned<Node>(process.prototype->clone());
  const Incarnation incarnation(process.incarnation);
  // The node makes its stream of this number, so the stream is the derived one.
  const std::uint64_t seed = root_.derive(process.name, process.incarnation).fingerprint();
  schedule_input(node).emplace<Started>(Started{process.setup, seed, incarnation});
  host_note(note::ProcessStarted{incarnation});
  publish_host_notes(node);
  return true;
}

Input& World::schedule_input(NodeIndex node) {
  Pending& pending = scheduler_.push(now_);
  pending.kind = PendingKind::kInput;
  pending.node = node.value();
  pending.incarnation = at(node).incarnation;
  pending.hash = 0;
  return pending.input;
}

bool World::request_shutdown(NodeIndex node) {
  ENSURE(!in_observer_);
  if (at(node).state != ProcessState::kUp) return false;
  schedule_input(node).emplace<ShutdownRequested>();
  return true;
}

bool World::command(NodeIndex node, CommandId id, CommandRef command) {
  ENSURE(!in_observer_);
  if (at(node).state != ProcessState::kUp) return false;
  schedule_input(node).emplace<CommandInput>(CommandInput{id, std::move(command)});
  return true;
}

// Messages among what waited for a paused or slow process go with it.
void World::forget_waiting(NodeIndex node) {
  Ring<WaitingInput>& waiting = at(node).waiting;
  for (; !waiting.empty(); waiting.drop()) {
    const auto* received = std::get_if<Received>(&waiting.front().input);
    if (received == nullptr) continue;
    const Frame& frame = received->frame;
    lost_.push_back({waiting.front().origin, node.value(), now_, frame.body->api_key(),
                     frame.body->direction(), frame.correlation_id});
  }
  waiting.clear();
}

// What every end of a process has in common; the disk and the network are the caller's part.
void World::forget_process(NodeIndex node, note::EndCause cause) {
  Process& process = at(node);
  if (process.application_running) {
    active_ = node;
    guarded([&] { process.application->ended(process.clock.read(now_)); });
    process.application_running = false;
  }
  process.state = ProcessState::kDown;
  process.started = false;
  process.node = {};
  if (process.paused) ended(FaultKind::kPause, process.pause_tag);
  process.paused = false;
  process.busy_until = Instant{0};
  process.draining = false;
  forget_waiting(node);
  scheduler_.set_wake(node.value(), kNever);
  host_note(note::ProcessEnded{Incarnation(process.incarnation), cause});
}

void World::end_process(NodeIndex node, note::EndCause cause) {
  forget_process(node, cause);
  fault_counts_.bytes_torn += at(node).disk.crash();
  network_.process_ended(scope(), node.value());
  publish_host_notes(node);
}

bool World::crash(NodeIndex node, FaultTag tag) {
  ENSURE(!in_observer_);
  if (at(node).state != ProcessState::kUp) return false;
  fault_counts_.add(FaultKind::kCrash);
  began(FaultKind::kCrash, tag);
  end_process(node, note::EndCause::kCrash);
  return true;
}

bool World::power_loss(NodeIndex node, FaultTag tag) {
  ENSURE(!in_observer_);
  Process& process = at(node);
  if (process.state == ProcessState::kOff) return false;
  fault_counts_.add(FaultKind::kPowerLoss);
  began(FaultKind::kPowerLoss, tag);
  if (process.state == ProcessState::kUp) forget_process(node, note::EndCause::kPowerLoss);
  process.state = ProcessState::kOff;
  network_.power_lost(scope(), node.value());
  const Disk::PowerLoss loss = process.disk.lose_power();
  fault_counts_.bytes_torn += loss.torn_bytes;
  fault_counts_.bytes_lost += loss.files.bytes;
  if (loss.files.bytes > 0 || loss.files.files > 0) {
    host_note(note::BytesLost{loss.files.bytes, loss.files.files});
  }
  publish_host_notes(node);
  return true;
}

bool World::pause(NodeIndex node, FaultTag tag) {
  ENSURE(!in_observer_);
  Process& process = at(node);
  if (process.state != ProcessState::kUp || process.paused) return false;
  process.paused = true;
  process.pause_tag = tag;
  fault_counts_.add(FaultKind::kPause);
  reschedule_wake(node);
  began(FaultKind::kPause, tag);
  publish_host_notes(node);
  return true;
}

bool World::resume(NodeIndex node) {
  ENSURE(!in_observer_);
  Process& process = at(node);
  if (!process.paused) return false;
  process.paused = false;
  reschedule_wake(node);
  // Its deadline has passed meanwhile: that timer fires late.
  if (scheduler_.wake(node.value()) == now_) ++fault_counts_.wakes_held;
  if (!process.waiting.empty()) schedule_drain(node);
  ended(FaultKind::kPause, process.pause_tag);
  publish_host_notes(node);
  return true;
}

bool World::wipe(NodeIndex node, FaultTag tag) {
  ENSURE(!in_observer_);
  if (at(node).state == ProcessState::kUp) crash(node, tag);
  const std::int64_t bytes = at(node).disk.wipe();
  if (bytes > 0) fault_counts_.add(FaultKind::kWipe);
  fault_counts_.bytes_wiped += bytes;
  began(FaultKind::kWipe, tag);
  host_note(note::DiskWiped{bytes});
  publish_host_notes(node);
  return true;
}

bool World::slow(NodeIndex node, std::int64_t factor, FaultTag tag) {
  ENSURE(!in_observer_);
  ENSURE(factor >= 1);
  Process& process = at(node);
  if (process.slow_factor == factor) return false;
  const bool was_slow = process.slow_factor > 1;
  process.slow_factor = factor;
  if (was_slow) ended(FaultKind::kSlowNode, process.slow_tag);
  if (factor > 1) {
    process.slow_tag = tag;
    began(FaultKind::kSlowNode, tag);
  }
  publish_host_notes(node);
  return true;
}

// ---- faults that run ----------------------------------------------------------------------------

FaultId World::remember(RunningFault fault) {
  const FaultId id = next_fault_;
  next_fault_ = next_fault_.next();
  for (std::size_t i = 0; i < fault.nodes.size(); ++i) {
    began(fault.kind, fault.tag);
    if (!fault.sides.empty()) host_note(fault.sides[i]);
    publish_host_notes(fault.nodes[i]);
  }
  running_faults_.emplace(id, std::move(fault));
  return id;
}

FaultId World::begin(const LinkFault& fault, FaultTag tag) {
  ENSURE(!in_observer_);
  std::vector<NodeIndex> nodes = fault.from;
  nodes.insert(nodes.end(), fault.to.begin(), fault.to.end());
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  if (nodes.empty()) {
    for (std::uint32_t i = 0; i < processes_.size(); ++i) nodes.emplace_back(i);
  }
  network_.links().begin_fault(next_fault_, fault);
  std::vector<note::FaultSide> sides;
  for (const NodeIndex node : nodes) sides.push_back(side_of(fault, node));
  for (std::size_t i = 0; i < sides.size(); ++i) {
    sides[i].more = static_cast<std::int32_t>(sides.size() - 1 - i);
  }
  return remember({fault.kind, std::nullopt, std::move(nodes), tag, std::move(sides)});
}

FaultId World::begin(const AnswerFault& fault, FaultTag tag) {
  ENSURE(!in_observer_);
  std::vector<NodeIndex> nodes = fault.nodes;
  if (nodes.empty()) {
    for (std::uint32_t i = 0; i < processes_.size(); ++i) nodes.emplace_back(i);
  }
  answers_.begin_fault(next_fault_, fault);
  return remember({FaultKind::kErrorCode, std::nullopt, std::move(nodes), tag});
}

FaultId World::begin(NodeIndex node, const DiskFault& fault, FaultTag tag) {
  ENSURE(!in_observer_);
  ENSURE(fault.factor >= 1);
  at(node).disk.begin_fault(next_fault_, fault);
  return remember({fault.kind, node, {node}, tag});
}

bool World::end(FaultId id) {
  ENSURE(!in_observer_);
  const auto found = running_faults_.find(id);
  if (found == running_faults_.end()) return false;
  const RunningFault fault = std::move(found->second);
  running_faults_.erase(found);
  if (fault.disk) {
    const auto done = at(*fault.disk).disk.end_fault(id, now_);
    if (done) schedule_disk_at(*fault.disk, *done);
  } else if (fault.kind == FaultKind::kErrorCode) {
    answers_.end_fault(id);
  } else {
    network_.links().end_fault(id);
  }
  for (const NodeIndex node : fault.nodes) {
    ended(fault.kind, fault.tag);
    publish_host_notes(node);
  }
  return true;
}

void World::end_all_faults() {
  while (!running_faults_.empty()) end(running_faults_.begin()->first);
  for (std::uint32_t i = 0; i < processes_.size(); ++i) {
    const NodeIndex node(i);
    resume(node);
    slow(node, 1);
    set_drift(node, at(node).first_clock.drift_ppm);
    set_wall_offset(node, at(node).first_clock.wall_offset);
  }
}

bool World::reset_connections(NodeIndex a, NodeIndex b, FaultTag tag) {
  ENSURE(!in_observer_);
  const std::uint64_t count = network_.reset_between(scope(), a.value(), b.value());
  if (count == 0) return false;
  fault_counts_.add(FaultKind::kConnectionReset, count);
  began(FaultKind::kConnectionReset, tag);
  publish_host_notes(a);
  return true;
}

bool World::rot(NodeIndex node, std::string_view path_prefix, FaultTag tag) {
  ENSURE(!in_observer_);
  if (at(node).disk.rot(path_prefix).empty()) return false;
  fault_counts_.add(FaultKind::kBitRot);
  began(FaultKind::kBitRot, tag);
  publish_host_notes(node);
  return true;
}

// ---- clocks -------------------------------------------------------------------------------------

bool World::change_clock(NodeIndex node, std::int64_t ppm, Duration offset, FaultTag tag) {
  ENSURE(!in_observer_);
  Process& process = at(node);
  NodeClock& clock = process.clock;
  if (clock.drift_ppm() == ppm && clock.wall_offset() == offset) return false;
  const bool was_wrong = clock.wrong();
  if (clock.drift_ppm() != ppm) clock.set_drift(now_, ppm);
  clock.set_wall_offset(offset);
  reschedule_wake(node);
  if (was_wrong) ended(FaultKind::kClock, process.clock_tag);
  if (clock.wrong()) {
    process.clock_tag = tag;
    began(FaultKind::kClock, tag);
  }
  host_note(note::ClockChanged{offset, ppm});
  publish_host_notes(node);
  return true;
}

bool World::set_drift(NodeIndex node, std::int64_t ppm, FaultTag tag) {
  return change_clock(node, ppm, at(node).clock.wall_offset(), tag);
}

bool World::set_wall_offset(NodeIndex node, Duration offset, FaultTag tag) {
  return change_clock(node, at(node).clock.drift_ppm(), offset, tag);
}

bool World::step_wall(NodeIndex node, Duration by, FaultTag tag) {
  return set_wall_offset(node, at(node).clock.wall_offset() + by, tag);
}

}  // namespace logarium::world
