#pragma once
// Meter: what work costs. A timeline asks it to choose how far apart its checkpoints lie; nothing
// that a run does depends on it.

#include <cstdint>
#include <memory>

namespace logarium::run {

class Meter {
 public:
  virtual ~Meter() = default;
  // Grows with the work that was done; only differences count.
  [[nodiscard]] virtual std::int64_t work() = 0;
  // Bytes of memory in use.
  [[nodiscard]] virtual std::int64_t bytes() = 0;
};

// Processor time of this process in nanoseconds, and its resident memory.
[[nodiscard]] std::unique_ptr<Meter> process_meter();

}  // namespace logarium::run
