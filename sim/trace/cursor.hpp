#pragma once
// Cursor: the view of a recorded run at any event, forwards and backwards. Going on folds the
// events between; going back, or far, begins at the last keyframe before. The chunk that it stands
// in and the view at that chunk's beginning stay in memory, so that single steps either way are
// cheap.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/trace/run_source.hpp"

namespace logarium::trace {

class Cursor {
 public:
  // Stands before the first event. REQUIRES: `run` outlives the cursor.
  explicit Cursor(const RunSource& run);

  // To the view after that many events; 0 is before the first. After an error (a damaged file) it
  // stands before the first event. REQUIRES: event <= info().events.
  [[nodiscard]] Result<> seek(std::uint64_t event);
  // To the last event at or before that time.
  [[nodiscard]] Result<> seek(Instant time);
  [[nodiscard]] const View& view() const { return view_; }
  // The event that led to the view; null before the first.
  [[nodiscard]] const Event* event() const;
  // How many events were folded so far, for measuring.
  [[nodiscard]] std::uint64_t folded() const { return folded_; }

 private:
  [[nodiscard]] Result<> enter(std::size_t chunk);
  [[nodiscard]] Result<> load(std::size_t chunk);
  void fold_to(std::uint64_t event);
  void rewind();
  [[nodiscard]] std::uint64_t first_of_chunk() const { return events_.front().number; }

  const RunSource& run_;
  View view_;
  std::optional<std::size_t> chunk_;  // that is loaded
  std::vector<Event> events_;         // of the chunk
  View before_;                       // the chunk's first event
  std::uint64_t folded_ = 0;
};

}  // namespace logarium::trace
