#pragma once
// A run made by hand, for tests: events in memory, in one chunk or several, without keyframes.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "sim/trace/run_source.hpp"

namespace logarium::test {

class EventSource final : public trace::RunSource {
 public:
  // REQUIRES: events are numbered from 1 without gaps.
  EventSource(trace::RunInfo info, std::vector<trace::Event> events, std::size_t chunk_events = 100)
      : info_(std::move(info)), events_(std::move(events)), per_chunk_(chunk_events) {
    info_.events = events_.size();
  }
  [[nodiscard]] const trace::RunInfo& info() const override { return info_; }
  [[nodiscard]] std::size_t chunks() const override {
    return (events_.size() + per_chunk_ - 1) / per_chunk_;
  }
  [[nodiscard]] std::size_t chunk_of(std::uint64_t event) const override {
    return static_cast<std::size_t>(event - 1) / per_chunk_;
  }
  [[nodiscard]] Result<std::vector<trace::Event>> events(std::size_t chunk) const override {
    const std::size_t from = chunk * per_chunk_;
    const std::size_t to = std::min(from + per_chunk_, events_.size());
    return std::vector<trace::Event>(events_.begin() + static_cast<std::ptrdiff_t>(from),
                                     events_.begin() + static_cast<std::ptrdiff_t>(to));
  }
  [[nodiscard]] std::uint64_t first_event(std::size_t chunk) const override {
    return chunk * per_chunk_ + 1;
  }
  [[nodiscard]] Instant first_time(std::size_t chunk) const override {
    return events_[chunk * per_chunk_].time;
  }
  [[nodiscard]] bool has_keyframe(std::size_t chunk) const override { return chunk == 0; }
  [[nodiscard]] Result<trace::View> keyframe(std::size_t /*chunk*/) const override {
    return trace::View(info_.nodes);
  }

 private:
  trace::RunInfo info_;
  std::vector<trace::Event> events_;
  std::size_t per_chunk_;
};

}  // namespace logarium::test
