#pragma once
// Recorder: watches a run and keeps its events as chunks: the last of them in memory, or all of
// them in a run file. It changes nothing about the run.

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/run/outcome.hpp"
#include "sim/run/run.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::run {

class Recorder final : public world::Observer {
 public:
  // About 10 MB; older chunks are dropped.
  static constexpr std::size_t kRingChunks = 128;

  // Into memory.
  Recorder() = default;
  // Into a file that is being written. Not owned. REQUIRES: it outlives the recorder.
  explicit Recorder(trace::RunFileWriter& file) : file_(&file) {}

  void on_event(const world::EventView& event) override;
  // Hands on the last events. The first failure to write, if there was one.
  [[nodiscard]] Result<> flush();
  [[nodiscard]] const std::deque<trace::Chunk>& ring() const { return ring_; }
  // Of all chunks so far, dropped ones included.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void hand_on();

  trace::RunFileWriter* file_ = nullptr;
  trace::ChunkWriter writer_;
  std::deque<trace::Chunk> ring_;
  std::uint64_t bytes_ = 0;
  std::optional<Error> failure_;
};

// What a run file says of a run beside its events. REQUIRES: the run is over.
[[nodiscard]] trace::RunInfo run_info(const Run& run, const Outcome& outcome,
                                      const std::string& scenario_text);

}  // namespace logarium::run
