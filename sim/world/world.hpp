#pragma once
// World: a simulated cluster: nodes as processes on machines with clocks and disks, a network
// between them, and faults. It is the host of its nodes (engine/base/node.hpp): it gives inputs,
// performs effects, and orders everything by (time, sequence number).
//
// A World is a value. A copy continues identically; it shares what does not change (full chunks of
// files, messages, batches) and starts without observers. One owner, one thread, no globals.
//
// Time here is true time: nanoseconds since the world began. Each node sees its own clocks.
//
// What it does not do: choose faults (sim/scenario does), judge (sim/checkers does), record.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/ensure.hpp"
#include "engine/base/node.hpp"
#include "engine/base/random.hpp"
#include "sim/workload/application.hpp"
#include "sim/world/answers.hpp"
#include "sim/world/network.hpp"
#include "sim/world/options.hpp"
#include "sim/world/process.hpp"
#include "sim/world/scheduler.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

class World {
 public:
  explicit World(const WorldOptions& options);
  World(const World&) = default;
  World(World&&) = default;
  World& operator=(const World&) = default;
  World& operator=(World&&) = default;
  ~World() = default;

  // ---- building -------------------------------------------------------------------------------
  // Adds a node slot; its process does not run yet. REQUIRES: the name is new.
  NodeIndex add_node(const NodeOptions& options);
  // The application that drives a client node by Commands. It is told started() after each
  // Started of its node. REQUIRES: the node has none and does not run.
  void attach(NodeIndex client, std::unique_ptr<workload::Application> application);
  // A setup for the node's next start (changed configs).
  void set_setup(NodeIndex node, NodeSetupRef setup);
  // A program for the node's next start in place of the one it was added with.
  void set_prototype(NodeIndex node, std::shared_ptr<const Node> prototype);
  // Latency, bandwidth and loss of one direction.
  void set_link(NodeIndex from, NodeIndex to, const LinkOptions& options);
  // Called after every event, in the order of adding. Not owned; a copy has none. REQUIRES: it
  // outlives the world or is removed.
  void add_observer(Observer& observer);
  void remove_observer(Observer& observer);

  // ---- running --------------------------------------------------------------------------------
  // Lets one thing happen: at most one event, or something inside the host (a message held back, a
  // stale wake-up), which is no event. False when nothing is left, or after an ENSURE failed.
  bool step();
  // Steps while something is due at or before `until`, then sets now() to it. False after a failed
  // ENSURE.
  bool run_until(Instant until);
  // When the next thing happens; kNever when nothing is left.
  [[nodiscard]] Instant next_time() const { return scheduler_.next_time(); }
  [[nodiscard]] Instant now() const { return now_; }
  // Number of events so far.
  [[nodiscard]] std::uint64_t events() const { return counters_.events; }
  // Over all events so far; see README.md for what enters it.
  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }
  [[nodiscard]] const std::optional<EnsureReport>& failure() const { return failure_; }
  [[nodiscard]] const FaultCounts& fault_counts() const { return fault_counts_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

  // ---- looking --------------------------------------------------------------------------------
  [[nodiscard]] std::size_t size() const { return processes_.size(); }
  [[nodiscard]] std::optional<NodeIndex> find(std::string_view name) const;
  [[nodiscard]] const std::string& name(NodeIndex node) const { return at(node).name; }
  [[nodiscard]] const WorldOptions& options() const { return options_; }
  [[nodiscard]] NodeId node_id(NodeIndex node) const { return at(node).id; }
  [[nodiscard]] NodeKind kind(NodeIndex node) const { return at(node).kind; }
  [[nodiscard]] ProcessState state(NodeIndex node) const { return at(node).state; }
  [[nodiscard]] bool paused(NodeIndex node) const { return at(node).paused; }
  [[nodiscard]] Incarnation incarnation(NodeIndex node) const {
    return Incarnation(at(node).incarnation);
  }
  // The running node; null unless state is kUp. Valid until the next change of the world.
  [[nodiscard]] const Node* node(NodeIndex node) const { return at(node).node.get(); }
  [[nodiscard]] const workload::Application* application(NodeIndex node) const {
    return at(node).application.get();
  }
  [[nodiscard]] const FileSystem& files(NodeIndex node) const { return at(node).disk.files(); }
  // The bits that rot() flipped since the node's disk was last empty.
  [[nodiscard]] const std::vector<Disk::Rot>& rotten(NodeIndex node) const {
    return at(node).disk.rotten();
  }
  [[nodiscard]] Now clock(NodeIndex node) const { return at(node).clock.read(now_); }
  // The state of every process, node and application, for comparing two worlds field by field.
  void describe(StateVisitor& v) const;

  // ---- processes ------------------------------------------------------------------------------
  // All of these take effect at once, between events. They return whether they took effect: a
  // crash of a node that does not run is none. `tag` is what the fault's notes carry.

  // Starts (or restarts) the process: ProcessStarted, then Started as the next event.
  bool start(NodeIndex node);
  // Asks for an orderly stop (ShutdownRequested).
  bool request_shutdown(NodeIndex node);
  // Gives the node a command of the owner's own (an admin action). Applications use ids of their
  // own; REQUIRES: `id` is not one of them.
  bool command(NodeIndex node, CommandId id, CommandRef command);
  // The process dies, the machine runs on: the page cache stays.
  bool crash(NodeIndex node, FaultTag tag = {});
  // The machine dies: what is not synced is lost, peers hear nothing. Also of a stopped process.
  bool power_loss(NodeIndex node, FaultTag tag = {});
  // SIGSTOP and SIGCONT: inputs and timers wait, the machine's disk and network go on.
  bool pause(NodeIndex node, FaultTag tag = {});
  bool resume(NodeIndex node);
  // Empties the disk; a running process crashes first.
  bool wipe(NodeIndex node, FaultTag tag = {});
  // Each input keeps the node busy for handling_time * factor. 1 switches it off.
  bool slow(NodeIndex node, std::int64_t factor, FaultTag tag = {});

  // ---- network --------------------------------------------------------------------------------
  FaultId begin(const LinkFault& fault, FaultTag tag = {});
  // Resets all connections between two nodes. False when there is none.
  bool reset_connections(NodeIndex a, NodeIndex b, FaultTag tag = {});

  // Has servers answer requests with an error (answers.hpp).
  FaultId begin(const AnswerFault& fault, FaultTag tag = {});

  // ---- disks ----------------------------------------------------------------------------------
  FaultId begin(NodeIndex node, const DiskFault& fault, FaultTag tag = {});
  // Flips one seeded bit in a file whose path starts with `path_prefix`. False when there is none.
  bool rot(NodeIndex node, std::string_view path_prefix, FaultTag tag = {});

  // Ends a LinkFault, AnswerFault or DiskFault. False when it does not run (any more).
  bool end(FaultId fault);
  // Ends everything that goes on: link, answer and disk faults, pauses, slowness, drift and
  // offsets. Down processes stay down.
  void end_all_faults();

  // ---- clocks ---------------------------------------------------------------------------------
  bool set_drift(NodeIndex node, std::int64_t ppm, FaultTag tag = {});
  bool set_wall_offset(NodeIndex node, Duration offset, FaultTag tag = {});
  bool step_wall(NodeIndex node, Duration by, FaultTag tag = {});

 private:
  struct RunningFault {
    FaultKind kind = FaultKind::kCut;
    std::optional<NodeIndex> disk;  // of a disk fault
    std::vector<NodeIndex> nodes;   // that the notes name
    FaultTag tag;
    std::vector<note::FaultSide> sides = {};  // of a fault of links, by node
  };
  // Watchers belong to an owner, not to the value: a copy has none.
  struct Observers {
    std::vector<Observer*> list;
    Observers() = default;
    Observers(const Observers&) {}
    Observers(Observers&&) = default;
    Observers& operator=(const Observers&) { return *this; }
    Observers& operator=(Observers&&) = default;
    ~Observers() = default;
  };
  // Memory that is used again; holds nothing between steps.
  struct Scratch {
    Effects effects;
    Effects host;
    workload::Calls calls;
    std::vector<std::byte> wire;
    Scratch() = default;
    Scratch(const Scratch&) {}
    Scratch(Scratch&&) = default;
    Scratch& operator=(const Scratch&) { return *this; }
    Scratch& operator=(Scratch&&) = default;
    ~Scratch() = default;
  };

  [[nodiscard]] const Process& at(NodeIndex node) const { return processes_[node.value()]; }
  [[nodiscard]] Process& at(NodeIndex node) { return processes_[node.value()]; }
  [[nodiscard]] NetworkScope scope() {
    return {now_, scheduler_, fault_counts_, counters_.events, lost_};
  }

  // world.cpp: the loop and one event
  void happen(Pending& pending);
  [[nodiscard]] static Network::Answer answer_of(const Process& target);
  template <class T>
  void give_arrival(Pending& pending, const std::optional<Network::Arrival>& arrival);
  void disk_done(NodeIndex node, Pending& pending);
  void wake(NodeIndex node);
  void reschedule_wake(NodeIndex node);
  // An input comes while the node is paused, busy, or has earlier ones waiting.
  [[nodiscard]] bool held(const Process& process) const {
    return process.paused || process.busy_until > now_ || !process.waiting.empty();
  }
  // Delivers the input now, or lets it wait.
  void give(NodeIndex node, std::uint64_t hash, Origin origin, Input& input);
  void schedule_drain(NodeIndex node);
  void drain(NodeIndex node, std::uint32_t incarnation);
  void deliver(NodeIndex node, std::uint64_t hash, Origin origin, const Input& input);
  // The node's step and what the host makes of it; how the process ends, if it does.
  std::optional<note::EndCause> handle(const EventView& event, std::uint64_t hash);
  void count_injected(const Effects& effects);
  void publish(EventView event);
  void drive(NodeIndex node, const Now& now, const Input& input, const Effects& effects);
  void issue_calls(NodeIndex node);
  // Runs what may fail an ENSURE: nodes, applications, observers, the host itself. False when one
  // failed; it is charged to the active node.
  template <class F>
  bool guarded(F&& run) {
    try {
      run();
      return !failure_;
    } catch (const EnsureFailure& failed) {
      in_observer_ = false;
      // The first one counts: what comes of it is no news.
      if (!failure_) failure_ = EnsureReport{counters_.events, now_, active_, failed.what()};
      return false;
    }
  }

  struct Performer;
  // world_effects.cpp: what a step asked for; folds it into `hash`. Returns how the process ends.
  std::optional<note::EndCause> perform(NodeIndex node, const Effects& effects,
                                        std::uint64_t& hash);
  void send(NodeIndex node, const Send& effect, std::uint64_t& hash);
  void open_connection(NodeIndex node, const Connect& effect);
  void schedule_disk(NodeIndex node);
  void schedule_disk_at(NodeIndex node, Instant done);

  // world_faults.cpp: processes, faults and the host's notes, which are gathered and then
  // published as one event of a node.
  void host_note(Note note);
  void publish_host_notes(NodeIndex node);
  void began(FaultKind kind, FaultTag tag);
  void ended(FaultKind kind, FaultTag tag);
  void forget_waiting(NodeIndex node);
  void forget_process(NodeIndex node, note::EndCause cause);
  void end_process(NodeIndex node, note::EndCause cause);
  // An input for the node's running incarnation, next at this time.
  Input& schedule_input(NodeIndex node);
  FaultId remember(RunningFault fault);
  bool change_clock(NodeIndex node, std::int64_t ppm, Duration offset, FaultTag tag);

  WorldOptions options_;
  Random root_;
  Instant now_{0};
  Scheduler scheduler_;
  Network network_;
  Answers answers_;
  std::vector<Process> processes_;
  std::map<std::string, NodeIndex, std::less<>> by_name_;
  std::map<FaultId, RunningFault> running_faults_;
  FaultId next_fault_{1};
  Digest digest_;
  Counters counters_;
  FaultCounts fault_counts_;
  std::vector<LostMessage> lost_;  // since the last event
  std::optional<EnsureReport> failure_;
  NodeIndex active_;  // of the running or latest event
  bool in_observer_ = false;
  Observers observers_;
  Scratch scratch_;
};

}  // namespace logarium::world
