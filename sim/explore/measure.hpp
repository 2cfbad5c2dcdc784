#pragma once
// measure: what one run costs, taken in a process of its own, so that memory is that run's alone.
// For `logarium bench`; judges nothing.

#include <cstdint>
#include <optional>

#include "sim/scenario/model.hpp"

namespace logarium::explore {

struct MeasureOptions {
  std::uint64_t seed = 1;
  bool wire = false;
  // What is written down of the run: nothing, into memory, into a file that is then removed.
  enum class Record : std::uint8_t { kOff, kMemory, kFile } record = Record::kOff;
};

// Plain numbers: they travel between processes as they are.
struct Measurement {
  std::int64_t cpu_ns = 0;         // from building the world to the verdict
  std::int64_t loaded_cpu_ns = 0;  // from ready to the end of the load only
  std::uint64_t events = 0, loaded_events = 0;
  std::int64_t simulated_ns = 0;  // since the world began
  std::uint64_t digest = 0;
  std::int64_t peak_bytes = 0;      // of the process, at the end
  std::int64_t ready_bytes = 0;     // at ready
  std::int64_t recorded_bytes = 0;  // -1: recording failed
  std::uint64_t violations = 0;
};

// Runs the model once. Empty when the process could not be started or died.
[[nodiscard]] std::optional<Measurement> measure(const scenario::Model& model,
                                                 const MeasureOptions& options);
// The run of `count` whose processor time is the median; `count` is odd.
[[nodiscard]] std::optional<Measurement> measure_median(const scenario::Model& model,
                                                        const MeasureOptions& options, int count);

}  // namespace logarium::explore
