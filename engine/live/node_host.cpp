// NodeHost: turns of the loop, and what the node asks for.

#include "engine/live/node_host.hpp"

#include <cstdlib>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::live {
namespace {

// Inputs of one node before other nodes and connections get their turn.
constexpr int kInputsPerTurn = 1000;

std::int64_t ns_since(std::chrono::steady_clock::time_point origin) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                              origin)
      .count();
}

}  // namespace

NodeHost::NodeHost(Loop& loop, LogLines& log, NodeWatcher& watcher, NodeOptions options)
    : loop_(loop),
      log_(log),
      watcher_(watcher),
      name_(std::move(options.name)),
      setup_(std::move(options.setup)),
      seed_(options.seed),
      incarnation_(options.incarnation),
      request_bytes_max_(options.request_bytes_max),
      origin_(std::chrono::steady_clock::now()),
      runner_(std::make_unique<runtime::Runner>(std::move(options.node), *this, options.recording)),
      timer_(loop),
      idle_(options.idle_max),
      idle_timer_(loop) {
  if (options.directory.empty()) return;
  disk_ = std::make_unique<Disk>(options.directory, options.durability,
                                 [this, alive = std::weak_ptr<int>(alive_)] {
                                   loop_.post([this, alive] {
                                     if (!alive.expired()) pump();
                                   });
                                 });
}

NodeHost::~NodeHost() = default;

Now NodeHost::now() const {
  const auto wall = std::chrono::duration_cast<std::chrono::nanoseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  return {Instant{ns_since(origin_)}, WallTime{wall}};
}

void NodeHost::start() { give(Started{setup_, seed_, incarnation_}); }
void NodeHost::request_shutdown() { give(ShutdownRequested{}); }
void NodeHost::command(CommandId id, CommandRef command) {
  give(CommandInput{id, std::move(command)});
}

void NodeHost::give(Input input) {
  if (ended_) return;
  inbox_.emplace_back(std::move(input));
  pump();
}

// ---- turns --------------------------------------------------------------------------------------

void NodeHost::pump() {
  drain();
  finish_turn();
}

void NodeHost::drain() {
  if (pumping_ || ended_) return;
  pumping_ = true;
  int inputs = 0;
  take_io();
  while (!inbox_.empty() && !exit_ && inputs < kInputsPerTurn) {
    const Pending pending = std::move(inbox_.front());
    inbox_.pop_front();
    step(pending);
    take_io();
    ++inputs;
  }
  pumping_ = false;
}

void NodeHost::finish_turn() {
  if (pumping_ || ended_) return;
  pumping_ = true;
  flush();
  pumping_ = false;
  if (exit_) return end();
  resume_reading();
  arm_timer();
  if (inbox_.empty() || std::exchange(pump_posted_, true)) return;
  loop_.post([this, alive = std::weak_ptr<int>(alive_)] {
    if (alive.expired()) return;
    pump_posted_ = false;
    pump();
  });
}

void NodeHost::step(const Pending& pending) {
  try {
    if (const auto* arrived = std::get_if<ArrivedFrame>(&pending)) {
      if (connections_.contains(arrived->connection.value())) {
        runner_->receive(now(), arrived->connection, arrived->frame);
      }
      return;
    }
    const auto& input = std::get<Input>(pending);
    const Now at = now();
    // What came before it may have disarmed the timer.
    if (std::holds_alternative<Wake>(input) && runner_->next_deadline() > at.monotonic) return;
    runner_->step(at, input);
  } catch (const EnsureFailure& failed) {
    log_.line(Level::kError, name_, std::string("internal error, stopping: ") + failed.what());
    std::abort();
  }
}

void NodeHost::take_io() {
  if (!disk_) return;
  disk_->collect();
  IoDone done;
  while (disk_->take(done)) inbox_.emplace_back(std::move(done));
  const std::string error = disk_->take_error();
  if (!error.empty()) log_.limited(Level::kWarning, name_, error);
}

void NodeHost::arm_timer() {
  const Instant deadline = runner_->next_deadline();
  // A timer that fires too early finds nothing due and is armed anew; that is cheaper than moving
  // it whenever the deadline moves back.
  if (deadline >= armed_for_) return;
  armed_for_ = deadline;
  timer_.arm(origin_ + std::chrono::nanoseconds(deadline.ns), [this] { on_timer(); });
}

void NodeHost::on_timer() {
  armed_for_ = kNever;
  if (ended_) return;
  for (int i = 0; i < kInputsPerTurn && !ended_; ++i) {
    if (runner_->next_deadline().ns > ns_since(origin_)) break;
    give(Wake{});
  }
  if (!ended_) arm_timer();
}

// ---- effects ------------------------------------------------------------------------------------

void NodeHost::file(FileOp& effect) {
  ENSURE(disk_ != nullptr);
  disk_->submit(std::move(effect));
}

void NodeHost::answer(Answer& effect) { watcher_.on_answer(*this, effect); }
void NodeHost::notes(std::span<const Note> notes) { watcher_.on_notes(*this, notes); }
void NodeHost::exit(Exit& effect) { exit_ = effect; }

void NodeHost::recording_failed(const Error& error) {
  log_.line(Level::kError, name_, "the recording ends here: " + error.message);
}

// The process of the node is over: what it still had to send was flushed, all else is let go.
void NodeHost::end() {
  const Exit exit = *std::exchange(exit_, std::nullopt);
  drop();
  watcher_.on_exit(*this, exit);
}

void NodeHost::drop() {
  ended_ = true;
  timer_.cancel();
  idle_timer_.cancel();
  dialers_.clear();
  for (auto& [id, open] : connections_) {
    open.connection->abandon();
    closed_.push_back(std::move(open.connection));
  }
  connections_.clear();
  inbox_.clear();
  dirty_.clear();
  paused_.clear();
  loop_.post([this, alive = std::weak_ptr<int>(alive_)] {
    if (alive.expired()) return;
    closed_.clear();
    disk_.reset();
  });
}

}  // namespace logarium::live
