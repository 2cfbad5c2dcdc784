#pragma once
// Application: a simulated program on top of one client node, as a pure state machine. It lives
// beside its node in the world: the host tells it when its process runs, when a command was
// answered and when its own deadline has come; it replies with further commands.
//
// What it does not do: touch the network, or see anything but what the client library answers.
// Its clock is the clock of its client's process. It owns a Random derived for it by name, so its
// draws shift nobody else's. Copyable through clone(): a copy continues identically.

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/base/input.hpp"
#include "engine/base/random.hpp"
#include "engine/base/time.hpp"

namespace logarium {

class StateVisitor;

namespace workload {

class History;

// Applications number their commands below this; whoever owns the world (a scenario's admin
// actions) numbers the commands it gives to a client directly from here on.
inline constexpr std::uint64_t kFirstOwnerCommand = std::uint64_t{1} << 32;

// The commands that an application gives during one event, in order. The host delivers each to
// the node as a CommandInput of its own, at the same instant or later, never inside the node's
// running step. Ids are chosen by the application and used once in its life.
struct Calls {
  struct Call {
    CommandId id;
    CommandRef command;
  };
  std::vector<Call> calls;

  void add(CommandId id, CommandRef command) { calls.push_back({id, std::move(command)}); }
  void clear() { calls.clear(); }
};

class Application {
 public:
  virtual ~Application() = default;

  // The client's process has made its first step (again, after a crash: state of the library is
  // gone, commands without an answer will never get one, their outcome is unknown).
  virtual void started(const Now& now, Calls& out) = 0;
  // The client's process ended; until the next started() nothing else is called.
  virtual void ended(const Now& now) = 0;
  // Answer to a command. One command may get several answers (Produce: one per batch).
  virtual void on_answer(const Now& now, CommandId id, const CommandResultRef& result,
                         Calls& out) = 0;
  // next_deadline() has come.
  virtual void wake(const Now& now, Calls& out) = 0;
  // By the process's monotonic clock; kNever when nothing is planned.
  [[nodiscard]] virtual Instant next_deadline() const = 0;

  // What it sent and read so far, for the checkers; null for applications that do neither.
  [[nodiscard]] virtual const History* history() const { return nullptr; }
  [[nodiscard]] virtual std::unique_ptr<Application> clone() const = 0;
  virtual void describe(StateVisitor& v) const = 0;
  // Position of its random stream; part of the run's digest.
  [[nodiscard]] virtual std::uint64_t random_fingerprint() const = 0;

 protected:
  Application() = default;
  Application(const Application&) = default;
  Application& operator=(const Application&) = default;
};

}  // namespace workload
}  // namespace logarium
