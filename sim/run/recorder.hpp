#pragma once
// Recorder: watches a run and keeps its events as chunks: the last of them in memory, or all of
// them in a run file. Every so often a chunk begins with a keyframe: the view of the cluster before
// its first event, from which the views of the following events are folded. It changes nothing
// about the run.
//
// Keyframes take at most about a quarter of the room of the events, and there are at most
// kChunksPerKeyframe chunks from one to the next: so a small cluster has one at every chunk, and a
// seek never folds more than kChunksPerKeyframe chunks.

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/run/outcome.hpp"
#include "sim/run/run.hpp"
#include "sim/trace/run_file.hpp"
#include "sim/trace/view.hpp"

namespace logarium::run {

class Recorder final : public world::Observer {
 public:
  // About 10 MB; older chunks are dropped.
  static constexpr std::size_t kRingChunks = 128;
  static constexpr std::size_t kChunksPerKeyframe = 64;
  // Bytes of events for each byte of keyframe.
  static constexpr std::size_t kEventShare = 4;

  // Into memory.
  Recorder() = default;
  // Into a file that is being written. Not owned. REQUIRES: it outlives the recorder.
  explicit Recorder(trace::RunFileWriter& file) : file_(&file) {}

  // Records the run from its next event on. REQUIRES: the run has not begun, and the recorder
  // outlives it.
  void watch(Run& run);
  void watch(world::World& world);
  void on_event(const world::EventView& event) override;
  // Hands on the last events, and to a file the summary. The first failure to write, if there was
  // one. REQUIRES: once, after the last event.
  [[nodiscard]] Result<> flush();
  [[nodiscard]] const std::deque<trace::Chunk>& ring() const { return ring_; }
  // Of all chunks so far, dropped ones and keyframes included.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // The view after the last event.
  [[nodiscard]] const trace::View& view() const { return view_; }

 private:
  void begin(const world::World& world);
  void hand_on();
  trace::RunFileWriter* file_ = nullptr;
  trace::ChunkWriter writer_;
  trace::View view_;
  std::optional<trace::SummaryBuilder> summary_;  // for a file
  std::vector<std::byte> keyframe_;               // for the chunk that is being written
  std::size_t chunks_since_ = 0;                  // the last keyframe
  std::size_t bytes_since_ = 0;
  std::size_t keyframe_size_ = 0;  // of the last one
  std::deque<trace::Chunk> ring_;
  std::uint64_t bytes_ = 0;
  std::optional<Error> failure_;
};

// What is kept of an event.
[[nodiscard]] trace::InputRecord input_of(const world::EventView& event);
[[nodiscard]] std::vector<trace::Lost> lost_of(const world::EventView& event);
[[nodiscard]] trace::Event recorded(const world::EventView& event);

// What a run file says of a run beside its events. REQUIRES: the run is over.
[[nodiscard]] trace::RunInfo run_info(const Run& run, const Outcome& outcome,
                                      const std::string& scenario_text);

}  // namespace logarium::run
