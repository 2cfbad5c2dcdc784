#pragma once
// Scanned source: a run whose file has no summary or no keyframes, read once from beginning to end,
// which makes both.

#include <memory>
#include <vector>

#include "sim/trace/run_source.hpp"
#include "sim/trace/summary.hpp"

namespace logarium::viz {

class ScannedSource final : public trace::RunSource {
 public:
  // Reads all events of `source`. Fails where it is damaged.
  [[nodiscard]] static Result<std::shared_ptr<ScannedSource>> scan(
      std::shared_ptr<const trace::RunSource> source);

  [[nodiscard]] std::shared_ptr<const trace::Summary> summary() const { return summary_; }

  [[nodiscard]] const trace::RunInfo& info() const override { return source_->info(); }
  [[nodiscard]] std::size_t chunks() const override { return source_->chunks(); }
  [[nodiscard]] std::size_t chunk_of(std::uint64_t event) const override {
    return source_->chunk_of(event);
  }
  [[nodiscard]] Result<std::vector<trace::Event>> events(std::size_t chunk) const override {
    return source_->events(chunk);
  }
  [[nodiscard]] std::uint64_t first_event(std::size_t chunk) const override {
    return source_->first_event(chunk);
  }
  [[nodiscard]] Instant first_time(std::size_t chunk) const override {
    return source_->first_time(chunk);
  }
  [[nodiscard]] bool has_keyframe(std::size_t chunk) const override {
    return chunk == 0 || !keyframes_[chunk].empty();
  }
  [[nodiscard]] Result<trace::View> keyframe(std::size_t chunk) const override;

 private:
  explicit ScannedSource(std::shared_ptr<const trace::RunSource> source)
      : source_(std::move(source)) {}
  std::shared_ptr<const trace::RunSource> source_;
  std::shared_ptr<const trace::Summary> summary_;
  std::vector<std::vector<std::byte>> keyframes_;  // by chunk; empty: none
};

}  // namespace logarium::viz
