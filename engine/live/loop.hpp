#pragma once
// Loop: the one thread of a live host: readiness of descriptors, timers, signals, name look-ups,
// and work handed over by other threads. Boost.Asio's io_context behind a narrow face, so that no
// header of ours includes it.
//
// All members belong to the loop's thread except post(). Callbacks run on it, one after the other.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/effect.hpp"

namespace logarium::live {

class Loop {
 public:
  using Task = std::function<void()>;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop().
  void run();
  // Lets run() return after the callback that is running.
  void stop();
  // After run() returned: it may run again.
  void restart();
  // Runs the task on the loop, after the callback that is running. From any thread.
  void post(Task task);
  // Calls the task with the number of each of these signals that arrives.
  void on_signals(const std::vector<int>& signals, std::function<void(int)> task);

  // The numeric addresses of a host name, in the order to try them; none when there is no such
  // host. The look-up does not block the loop, except for a numeric address, which needs none.
  using Addresses = std::vector<Endpoint>;
  void resolve(const Endpoint& name, std::function<void(Addresses)> task);

  struct Core;
  [[nodiscard]] Core& core() { return *core_; }

 private:
  std::unique_ptr<Core> core_;
};

// One timer. Destroying it disarms it.
class LoopTimer {
 public:
  explicit LoopTimer(Loop& loop);
  ~LoopTimer();
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;
  // Calls the task once at `when`, instead of what was armed before.
  void arm(std::chrono::steady_clock::time_point when, Loop::Task task);
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Owns a non-blocking descriptor and tells when it can be read or written. Destroying it closes
// the descriptor; no callback comes after that.
class Descriptor {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void readable() = 0;
    virtual void writable() = 0;
  };
  // REQUIRES: the owner outlives the descriptor.
  Descriptor(Loop& loop, int fd, Owner& owner);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int fd() const;
  // Gives the descriptor away, open; nothing is told about it any more.
  [[nodiscard]] int release();
  // One call of readable() or writable() when that is so (also when it is so already). Asking
  // again before the call is nothing.
  void await_readable();
  void await_writable();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace logarium::live
