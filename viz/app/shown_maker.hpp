#pragma once
// ShownMaker: makes what a frame shows, and only what has changed since the last one: each model is
// kept together with what it was made of (event, selection, filter, window, sizes).

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "viz/app/session.hpp"
#include "viz/panels/layout.hpp"
#include "viz/panels/shown.hpp"
#include "viz/panels/timeline_geometry.hpp"

namespace logarium::viz {

class ShownMaker {
 public:
  // Brings `shown()` up to date. What cannot be made stays as it was, and run.trouble says why.
  void make(const Session& session, const UiState& state, const Layout& layout, float scale);
  [[nodiscard]] const Shown& shown() const { return shown_; }
  // The filter as it is in force; the last good one while what is typed is none.
  [[nodiscard]] const Filter& filter() const { return filter_; }
  // How many models were made so far; unchanged when nothing changed.
  [[nodiscard]] std::uint64_t made() const { return made_; }

 private:
  using InstantKey = std::tuple<std::uint64_t, std::uint64_t>;
  using PartitionKey = std::tuple<std::uint64_t, std::uint64_t, std::optional<PartitionRef>>;
  using LanesKey = std::tuple<std::uint64_t, std::uint64_t, bool, std::int64_t, std::size_t>;
  using EventsKey = std::tuple<std::uint64_t, std::uint64_t, std::string, std::size_t>;
  struct TimelineKey {
    std::uint64_t index = 0;
    std::uint64_t event = 0;
    std::string filter;
    TimeWindow window;
    float width = 0;
    std::vector<std::string> pinned, hidden;
    std::vector<std::uint64_t> bookmarks;
    std::optional<PartitionRef> partition;
    bool operator==(const TimelineKey&) const = default;
  };
  struct MetricsKey {
    std::uint64_t index = 0;
    std::uint64_t was = 0, now = 0;
    bool range = false;
    TimeWindow window;
    std::size_t width = 0;
    std::uint32_t metric = 0;
    bool operator==(const MetricsKey&) const = default;
  };

  // True when the key is another than the last one, which it then replaces.
  template <class Key>
  bool renew(std::optional<Key>& last, Key now);
  // The value of a result; a failure goes to run.trouble.
  template <class T>
  bool take(Result<T> result, T& into);
  void make_run(const Session& session, const UiState& state);
  void make_instant(const RunIndex& index, const UiState& state);
  void make_partition(const RunIndex& index, const UiState& state);
  void make_lanes(const RunIndex& index, const UiState& state, const Layout& layout, float scale);
  void make_filter(const RunIndex& index, const UiState& state);
  void make_timeline_of(const RunIndex& index, const UiState& state, const Layout& layout,
                        float scale);
  void make_timeline_for(const RunIndex& index, const UiState& state, const TimelineGeometry& at);
  void make_events_of(const RunIndex& index, const UiState& state, const Layout& layout,
                      float scale);
  void make_hover(const RunIndex& index, const UiState& state);
  void make_range_of(const RunIndex& index, const UiState& state);
  void make_metrics_of(const RunIndex& index, const UiState& state, const Layout& layout);

  Shown shown_;
  std::shared_ptr<const RunIndex> index_;  // that the models are of
  SnapshotRef snapshot_;
  Filter filter_;
  std::uint64_t made_ = 0;
  std::uint64_t number_ = 0;  // of the index; another index may lie where the last one lay
  std::optional<std::tuple<std::uint64_t, bool>> run_key_;
  std::optional<InstantKey> instant_key_;
  std::optional<PartitionKey> partition_key_;
  std::optional<LanesKey> lanes_key_;
  std::optional<std::tuple<std::uint64_t, std::string>> filter_key_;
  std::optional<TimelineKey> timeline_key_;
  std::optional<EventsKey> events_key_;
  std::optional<InstantKey> detail_key_;
  std::optional<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>> range_key_;
  std::optional<MetricsKey> metrics_key_;
};

}  // namespace logarium::viz
