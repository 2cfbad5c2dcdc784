#include "viz/app/shown_maker.hpp"

#include <algorithm>
#include <utility>

#include "viz/panels/rows.hpp"
#include "viz/panels/timeline_geometry.hpp"

namespace logarium::viz {
namespace {

// The partition that panels show: the selected one, else the one most in trouble.
std::optional<PartitionRef> partition_of(const UiState& state, const TopicsModel& topics) {
  if (state.selection.partition) return state.selection.partition;
  if (topics.rows.empty()) return std::nullopt;
  return topics.rows.front().ref;
}

}  // namespace

template <class Key>
bool ShownMaker::renew(std::optional<Key>& last, Key now) {
  if (last == now) return false;
  last = std::move(now);
  ++made_;
  return true;
}

template <class T>
bool ShownMaker::take(Result<T> result, T& into) {
  if (!result) {
    shown_.run.trouble = result.error().message;
    return false;
  }
  into = std::move(result.value());
  return true;
}

void ShownMaker::make(const Session& session, const UiState& state, const Layout& layout,
                      float scale) {
  if (session.index() != index_) {
    index_ = session.index();
    ++number_;
  }
  shown_.labels = &index_->labels();
  make_run(session, state);
  make_instant(*index_, state);
  if (snapshot_ == nullptr) return;
  make_partition(*index_, state);
  make_lanes(*index_, state, layout, scale);
  make_filter(*index_, state);
  make_timeline_of(*index_, state, layout, scale);
  make_events_of(*index_, state, layout, scale);
  make_hover(*index_, state);
  make_range_of(*index_, state);
  make_metrics_of(*index_, state, layout);
}

void ShownMaker::make_run(const Session& session, const UiState& state) {
  static_cast<void>(state);
  const bool over = session.over();
  if (!renew(run_key_, std::make_tuple(number_, over))) return;
  const trace::RunInfo& info = index_->info();
  shown_.run.name = info.scenario_name;
  shown_.run.seed = info.seed;
  shown_.run.verdict = over ? info.verdict : "";
  shown_.run.live = session.live();
  shown_.run.over = over;
  shown_.run.trouble = session.trouble();
  if (take(make_violations(info, session.scenario_path(), session.run_path()), shown_.violations)) {
    shown_.violations.remark = index_->remark();
    shown_.run.failed = !shown_.violations.cards.empty() || !shown_.violations.losses.empty();
  }
}

void ShownMaker::make_instant(const RunIndex& index, const UiState& state) {
  const std::uint64_t event = std::min(state.event, index.events());
  if (!renew(instant_key_, InstantKey{number_, event})) return;
  if (!take(index.at(event), snapshot_)) return;
  shown_.cluster = make_cluster(snapshot_->view, index.labels(), snapshot_->under_way);
  shown_.topics = make_topics(snapshot_->view, index.labels(), index.min_isr());
}

void ShownMaker::make_partition(const RunIndex& index, const UiState& state) {
  const std::optional<PartitionRef> partition = partition_of(state, shown_.topics);
  if (!renew(partition_key_, PartitionKey{number_, snapshot_->event, partition})) return;
  shown_.partition = partition;
  shown_.replicas =
      partition ? make_replicas(snapshot_->view, index.labels(), *partition) : std::nullopt;
}

void ShownMaker::make_lanes(const RunIndex& index, const UiState& state, const Layout& layout,
                            float scale) {
  const bool large = state.preset == Preset::kReplication;
  std::size_t fitting = 0;
  const std::size_t replicas = shown_.replicas ? shown_.replicas->lanes.size() : 3;
  if (large) {
    const float row = topics_row_height(state, scale, replicas);
    fitting = static_cast<std::size_t>(layout.of(PanelId::kTopics).height() / row) + 1;
  }
  const auto rows = static_cast<std::int64_t>(shown_.topics.rows.size());
  const std::int64_t first = std::clamp<std::int64_t>(
      state.scroll_topics, 0,
      std::max<std::int64_t>(0, rows - static_cast<std::int64_t>(fitting) + 1));
  if (!renew(lanes_key_, LanesKey{number_, snapshot_->event, large, first, fitting})) return;
  shown_.lanes.clear();
  for (std::size_t i = 0; i < fitting; ++i) {
    const auto row = static_cast<std::size_t>(first) + i;
    if (row >= shown_.topics.rows.size()) break;
    auto model = make_replicas(snapshot_->view, index.labels(), shown_.topics.rows[row].ref);
    shown_.lanes.push_back(model ? std::move(*model) : ReplicasModel{});
  }
}

void ShownMaker::make_filter(const RunIndex& index, const UiState& state) {
  if (!renew(filter_key_, std::make_tuple(number_, state.filter))) return;
  Filter::Parsed parsed = Filter::parse(state.filter, index.labels());
  shown_.filter_error = std::move(parsed.error);
  if (!shown_.filter_error) filter_ = std::move(parsed.filter);
}

void ShownMaker::make_timeline_of(const RunIndex& index, const UiState& state, const Layout& layout,
                                  float scale) {
  const TimelineGeometry at =
      timeline_geometry(layout.of(PanelId::kTimeline), scale, state, nullptr);
  TimelineKey key{number_,          snapshot_->event,   filter_.text(),     state.window,
                  at.lanes.width(), state.pinned_lanes, state.hidden_lanes, state.bookmarks,
                  shown_.partition};
  if (renew(timeline_key_, std::move(key))) make_timeline_for(index, state, at);
  shown_.lanes_fit =
      timeline_geometry(layout.of(PanelId::kTimeline), scale, state, &shown_.timeline).lanes_shown;
}

void ShownMaker::make_timeline_for(const RunIndex& index, const UiState& state,
                                   const TimelineGeometry& at) {
  TimelineRequest request;
  request.window = state.window;
  request.width = at.lanes.width();
  request.cursor = snapshot_->event;
  request.pinned = state.pinned_lanes;
  request.hidden = state.hidden_lanes;
  request.bookmarks = state.bookmarks;
  if (shown_.partition) request.partitions = {*shown_.partition};
  request.minimap_width = static_cast<std::size_t>(std::max(1.0F, at.minimap.width()));
  take(make_timeline(index, filter_, request), shown_.timeline);
}

void ShownMaker::make_events_of(const RunIndex& index, const UiState& state, const Layout& layout,
                                float scale) {
  const std::size_t rows = event_rows_in(layout.of(PanelId::kEvents), scale);
  if (renew(events_key_, EventsKey{number_, snapshot_->event, filter_.text(), rows})) {
    EventsRequest request;
    request.anchor = snapshot_->event;
    request.before = request.after = rows;
    take(make_events(index, filter_, request), shown_.events);
  }
  if (!renew(detail_key_, InstantKey{number_, snapshot_->event})) return;
  shown_.detail.reset();
  if (snapshot_->event == 0) return;
  EventDetail detail;
  if (take(make_event_detail(index, snapshot_->event), detail)) shown_.detail = std::move(detail);
  static_cast<void>(state);
}

void ShownMaker::make_hover(const RunIndex& index, const UiState& state) {
  shown_.hover_at.reset();
  if (!state.hover.event || *state.hover.event > index.events()) return;
  shown_.hover_at = static_cast<std::int64_t>(*state.hover.event);
  if (state.window.axis == TimeAxis::kEvents) return;
  const Result<Instant> time =
      *state.hover.event == 0 ? Result<Instant>(Instant{0}) : index.time_of(*state.hover.event);
  shown_.hover_at = time ? std::optional(time.value().ns) : std::nullopt;
}

void ShownMaker::make_range_of(const RunIndex& index, const UiState& state) {
  if (!state.range) {
    shown_.range.reset();
    range_key_.reset();
    return;
  }
  const EventRange range = in_order(state.range->between);
  if (!renew(range_key_, std::make_tuple(number_, range.from.event, range.to.event))) return;
  RangeModel model;
  if (take(make_range(index, range), model)) shown_.range = std::move(model);
}

void ShownMaker::make_metrics_of(const RunIndex& index, const UiState& state,
                                 const Layout& layout) {
  // The bookmark before the instant is what it is compared with; without one, the start.
  const auto after =
      std::upper_bound(state.bookmarks.begin(), state.bookmarks.end(), snapshot_->event);
  std::uint64_t was =
      after == state.bookmarks.begin() ? 0 : std::min(*std::prev(after), index.events());
  std::uint64_t now = snapshot_->event;
  // A chosen range is looked at from end to end instead.
  const bool ranged = state.range.has_value();
  if (ranged) {
    const EventRange range = in_order(state.range->between);
    was = std::min(range.from.event, index.events());
    now = std::min(range.to.event, index.events());
  }
  const auto width =
      static_cast<std::size_t>(std::max(1.0F, layout.of(PanelId::kMetrics).width() - 16.0F));
  if (!renew(metrics_key_,
             MetricsKey{number_, was, now, ranged, state.window, width, state.metric})) {
    return;
  }
  SnapshotRef before;
  SnapshotRef after_it = snapshot_;
  if (!take(index.at(was), before)) return;
  if (ranged && !take(index.at(now), after_it)) return;
  MetricsRequest request;
  request.range = ranged;
  request.window = state.window;
  request.width = width;
  const std::vector<std::string> names = metric_names();
  if (state.metric > 0 && state.metric < names.size()) request.plots = {names[state.metric]};
  shown_.metrics = make_metrics(index, *before, *after_it, request);
}

}  // namespace logarium::viz
