#pragma once
// Node: one process of the cluster or one client application, as a pure state machine. A step
// takes the time and one input, changes the node and appends what the host must do. It never
// waits, reads a clock, opens a file or draws from a global source. A copy is a snapshot, and a
// copy continues identically.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/effect.hpp"
#include "engine/base/input.hpp"
#include "engine/base/random.hpp"
#include "engine/base/time.hpp"
#include "engine/base/timers.hpp"

namespace logarium {

class StateVisitor;

class Node {
 public:
  virtual ~Node() = default;
  // One event. The first input of an incarnation is Started.
  virtual void step(const Now& now, const Input& input, Effects& out) = 0;
  // When the host must give a Wake; kNever when no timer is armed.
  [[nodiscard]] virtual Instant next_deadline() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Node> clone() const = 0;
  virtual void describe(StateVisitor& v) const = 0;
  // Requests that came on this connection and are not answered yet, the one in progress included. A
  // host that reads from a network stops reading when they are too many.
  [[nodiscard]] virtual std::size_t unanswered(ConnectionId /*connection*/) const { return 0; }
  // Position of the node's random stream; part of the run's digest.
  [[nodiscard]] virtual std::uint64_t random_fingerprint() const = 0;

 protected:
  Node() = default;
  Node(const Node&) = default;
  Node& operator=(const Node&) = default;
};

// What every node owns once and lends to its machines for the length of a step.
struct NodeCore {
  Timers timers;
  Random random;
  std::uint64_t next_io = 1;
  std::uint32_t next_file = 1;
  std::uint64_t next_connection = 2;

  void describe(StateVisitor& v) const;
};

// What a machine may touch during one step. Passed by reference, never kept.
class StepContext {
 public:
  StepContext(const Now& now, NodeCore& core, Effects& out) : now_(now), core_(core), out_(out) {}

  [[nodiscard]] Instant now() const { return now_.monotonic; }
  [[nodiscard]] WallTime wall() const { return now_.wall; }
  [[nodiscard]] Timers& timers() { return core_.timers; }
  [[nodiscard]] Random& random() { return core_.random; }
  // Timer `delay` from now.
  TimerHandle arm(Duration delay, Cookie cookie) {
    return core_.timers.arm(now_.monotonic + delay, cookie);
  }
  void rearm(TimerHandle& handle, Duration delay, Cookie cookie) {
    core_.timers.rearm(handle, now_.monotonic + delay, cookie);
  }

  void note(const Note& note) { out_.note(note); }
  template <class A>
  void act(A&& action) {
    out_.add(std::forward<A>(action));
  }
  // Issues a file operation; fills in its id and returns it.
  IoId issue(FileOp op);
  [[nodiscard]] FileId new_file() { return FileId(core_.next_file++); }
  [[nodiscard]] ConnectionId new_connection() {
    core_.next_connection += 2;
    return ConnectionId(core_.next_connection - 2);
  }

 private:
  Now now_;
  NodeCore& core_;
  Effects& out_;
};

}  // namespace logarium
