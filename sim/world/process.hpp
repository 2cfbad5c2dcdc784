#pragma once
// Process: one node slot of a world: the running node, its machine's clock and disk, and the
// inputs that wait while it is paused or slow. Plain state; World holds the logic. A copy clones
// the node and the application.

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/input.hpp"
#include "engine/base/node.hpp"
#include "sim/workload/application.hpp"
#include "sim/world/clock.hpp"
#include "sim/world/disk.hpp"
#include "sim/world/options.hpp"
#include "sim/world/ring.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

// A pointer to a polymorphic value that is copied with its holder.
template <class T>
class Cloned {
 public:
  Cloned() = default;
  Cloned(std::unique_ptr<T> value) : value_(std::move(value)) {}  // NOLINT
  Cloned(const Cloned& other) : value_(other.value_ ? other.value_->clone() : nullptr) {}
  Cloned(Cloned&&) noexcept = default;
  Cloned& operator=(const Cloned& other) {
    if (this != &other) value_ = other.value_ ? other.value_->clone() : nullptr;
    return *this;
  }
  Cloned& operator=(Cloned&&) noexcept = default;
  ~Cloned() = default;
  [[nodiscard]] T* get() const { return value_.get(); }
  T* operator->() const { return value_.get(); }
  explicit operator bool() const { return value_ != nullptr; }

 private:
  std::unique_ptr<T> value_;
};

struct WaitingInput {
  std::uint64_t hash = 0;
  Origin origin;
  Input input;
};

struct Process {
  Process(const NodeOptions& options, NodeClock machine_clock, Disk machine_disk)
      : name(options.name),
        id(options.id),
        kind(options.kind),
        prototype(options.prototype),
        setup(options.setup),
        first_clock(options.clock),
        clock(machine_clock),
        disk(std::move(machine_disk)) {}

  std::string name;
  NodeId id;
  NodeKind kind;
  std::shared_ptr<const Node> prototype;
  NodeSetupRef setup;
  ClockOptions first_clock;  // what the end of all faults goes back to
  NodeClock clock;
  Disk disk;

  ProcessState state = ProcessState::kDown;
  std::uint32_t incarnation = 0;
  Cloned<Node> node;  // set exactly in kUp
  Cloned<workload::Application> application;
  bool started = false;              // Started was given; only now does it listen
  bool application_running = false;  // started() was called in this incarnation

  bool paused = false;
  FaultTag pause_tag, slow_tag, clock_tag;
  std::int64_t slow_factor = 1;
  Instant busy_until{0};       // a slow node handles its last input until then
  bool draining = false;       // a kDrain is scheduled
  Ring<WaitingInput> waiting;  // inputs that came while it was paused or busy
};

}  // namespace logarium::world
