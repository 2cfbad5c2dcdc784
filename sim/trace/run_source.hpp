#pragma once
// Run source: where the events of a run are looked up, whether they lie in a run file or are still
// being made: chunks in order, some with a view before them. A cursor and the viewer's index work
// on any.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/time.hpp"
#include "sim/trace/event.hpp"
#include "sim/trace/run_info.hpp"
#include "sim/trace/view.hpp"

namespace logarium::trace {

class RunSource {
 public:
  virtual ~RunSource() = default;
  // Of a run that still goes on `events` grows, and verdict, digest and outcome are empty.
  [[nodiscard]] virtual const RunInfo& info() const = 0;
  // Chunks are numbered from 0 in the order of their events.
  [[nodiscard]] virtual std::size_t chunks() const = 0;
  // Which chunk holds the event. REQUIRES: 1 <= event <= info().events.
  [[nodiscard]] virtual std::size_t chunk_of(std::uint64_t event) const = 0;
  [[nodiscard]] virtual Result<std::vector<Event>> events(std::size_t chunk) const = 0;
  // Number and true time of the chunk's first event.
  [[nodiscard]] virtual std::uint64_t first_event(std::size_t chunk) const = 0;
  [[nodiscard]] virtual Instant first_time(std::size_t chunk) const = 0;
  // Whether a keyframe stands before the chunk's first event. Before the first chunk nothing has
  // happened, so there it is always true.
  [[nodiscard]] virtual bool has_keyframe(std::size_t chunk) const = 0;
  // The view before the chunk's first event. REQUIRES: has_keyframe(chunk).
  [[nodiscard]] virtual Result<View> keyframe(std::size_t chunk) const = 0;
};

}  // namespace logarium::trace
