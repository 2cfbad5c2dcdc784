#pragma once
// Growing run: a run that is being made, to be looked at meanwhile. It gathers what a run file
// would hold, in memory, and publishes now and then what there is so far: values that never change
// afterwards and that another thread may read while the run goes on.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/run/outcome.hpp"
#include "sim/run/run.hpp"
#include "sim/trace/chunk.hpp"
#include "sim/trace/run_source.hpp"
#include "sim/trace/summary.hpp"

namespace logarium::run {

class GrowingRun final : public world::Observer {
 public:
  struct Published {
    std::shared_ptr<const trace::RunSource> source;
    std::shared_ptr<const trace::Summary> summary;
  };

  explicit GrowingRun(std::string scenario_text) : scenario_text_(std::move(scenario_text)) {}

  // Gathers the run from its next event on. REQUIRES: the run has not begun and outlives this.
  void watch(Run& run);
  void on_event(const world::EventView& event) override;

  // What there is so far. Costs as much as copying a summary and the events of the last chunk.
  [[nodiscard]] Published publish() const;
  // The same when the run is over, with its verdict.
  [[nodiscard]] Published publish(const Outcome& outcome) const;

 private:
  class Source;
  using ChunkRef = std::shared_ptr<const trace::Chunk>;
  [[nodiscard]] Published publish(trace::RunInfo info) const;
  void hand_on();
  void learn_names(const trace::Event& event);

  std::string scenario_text_;
  const Run* run_ = nullptr;
  trace::ChunkWriter writer_;
  trace::View view_;
  std::unique_ptr<trace::SummaryBuilder> summary_;
  std::map<Uuid, std::string> topic_names_;
  std::vector<ChunkRef> chunks_;
  std::vector<trace::Event> tail_;        // events after the last of them
  std::vector<std::byte> tail_keyframe_;  // before these; may be empty
  std::size_t bytes_since_keyframe_ = 0;
  std::size_t keyframe_size_ = 0;  // of the last one
};

}  // namespace logarium::run
