#include "viz/app/moves.hpp"

#include <algorithm>

#include "viz/panels/told.hpp"

namespace logarium::viz {
namespace {

// The place after (before) `at` in a list of so many; the first one without `at`.
std::optional<std::size_t> beside(std::optional<std::size_t> at, std::size_t count, int by) {
  if (count == 0) return std::nullopt;
  if (!at) return by > 0 ? 0 : count - 1;
  if (by < 0) return *at == 0 ? 0 : *at - 1;
  return std::min(*at + 1, count - 1);
}

template <class T, class Is>
std::optional<std::size_t> place_of(const std::vector<T>& list, Is&& is) {
  const auto found = std::find_if(list.begin(), list.end(), is);
  if (found == list.end()) return std::nullopt;
  return static_cast<std::size_t>(found - list.begin());
}

Actions move_server(const Asked& asked, int by) {
  const auto& servers = asked.shown.cluster.servers;
  const auto at = place_of(
      servers, [&](const ServerBox& box) { return asked.state.selection.node == box.node; });
  const auto to = beside(at, servers.size(), by);
  if (!to) return {};
  return {action::SelectNode{servers[*to].node}};
}

Actions move_replica(const Asked& asked, int by) {
  if (!asked.shown.replicas) return {};
  const auto& lanes = asked.shown.replicas->lanes;
  const auto at = place_of(
      lanes, [&](const ReplicaLane& lane) { return asked.state.selection.node == lane.node; });
  const auto to = beside(at, lanes.size(), by);
  if (!to) return {};
  return {action::SelectNode{lanes[*to].node}};
}

Actions move_partition(const Asked& asked, int by) {
  const auto& rows = asked.shown.topics.rows;
  const auto at =
      place_of(rows, [&](const PartitionRow& row) { return asked.shown.partition == row.ref; });
  const auto to = beside(at, rows.size(), by);
  if (!to) return {};
  // Keeps the row in sight wherever the panel ends.
  const auto row = static_cast<std::int64_t>(*to);
  return {action::SelectPartition{rows[*to].ref},
          action::ScrollTopics{std::max<std::int64_t>(0, row - 2)}};
}

Actions move_lane(const Asked& asked, int by) {
  const auto& lanes = asked.shown.timeline.lanes;
  const auto at = place_of(lanes, [&](const Lane& lane) { return asked.state.lane == lane.id; });
  const auto to = beside(at, lanes.size(), by);
  if (!to) return {};
  Actions out{action::SelectLane{lanes[*to].id}};
  // Scrolls as little as brings it into sight.
  const auto lane = static_cast<std::int64_t>(*to);
  const auto fit = static_cast<std::int64_t>(std::max<std::size_t>(1, asked.shown.lanes_fit));
  const std::int64_t first = asked.state.scroll_lanes;
  const std::int64_t wanted = std::clamp(first, std::max<std::int64_t>(0, lane - fit + 1), lane);
  if (wanted != first) out.emplace_back(action::ScrollLanes{wanted});
  if (lanes[*to].node) out.emplace_back(action::SelectNode{lanes[*to].node});
  return out;
}

Actions move_event(const Asked& asked, int by) {
  const EventsModel& model = asked.shown.events;
  const std::uint64_t now = asked.state.event;
  const EventRow* found = nullptr;
  for (const EventRow& row : model.rows) {
    if (by > 0 && row.event > now && found == nullptr) found = &row;
    if (by < 0 && row.event < now) found = &row;
  }
  if (found == nullptr) return {};
  return {action::Seek{found->event, found->time}};
}

// Along the causes of the violation that is shown, then to the next violation.
Actions move_cause(const Asked& asked, int by) {
  std::vector<std::uint64_t> events;
  for (const ToldLine& line : told_of(asked.shown.violations, asked.state.violation)) {
    if (line.event != 0) events.push_back(line.event);
  }
  const auto at = place_of(events, [&](std::uint64_t event) { return event == asked.state.event; });
  const auto cards = static_cast<std::uint32_t>(asked.shown.violations.cards.size());
  if (at && by > 0 && *at + 1 == events.size() && asked.state.violation + 1 < cards) {
    return {action::ShowViolation{asked.state.violation + 1}};
  }
  if (at && by < 0 && *at == 0 && asked.state.violation > 0) {
    return {action::ShowViolation{asked.state.violation - 1}};
  }
  const auto to = beside(at, events.size(), by);
  if (!to) return {};
  return {seek_to(asked.index, events[*to])};
}

Actions move_metric(const Asked& asked, int by) {
  const auto to = beside(asked.state.metric, asked.shown.metrics.rows.size(), by);
  if (!to) return {};
  return {action::SelectMetric{static_cast<std::uint32_t>(*to)}};
}

Actions enter_palette(const Asked& asked) {
  const std::vector<Command> found = matching_commands(asked.text.typed);
  if (found.empty()) return {};
  return {action::Open{Overlay::kNone},
          action::Do{found[std::min(asked.text.chosen, found.size() - 1)]}};
}

Actions enter_place(const Asked& asked) {
  const Result<std::uint64_t> event = find_place(asked.index, asked.text.typed);
  if (!event) {
    asked.text.problem = event.error().message;
    return {};
  }
  return {action::Open{Overlay::kNone}, seek_to(asked.index, event.value())};
}

}  // namespace

Actions page(const Asked& asked, int by) {
  const Shown& shown = asked.shown;
  if (asked.state.overlay == Overlay::kTour) return {action::StepTour{by}};
  if (asked.state.overlay != Overlay::kNone) return {};
  constexpr std::int64_t kLines = 6;
  const auto scrolled = [by](std::int64_t first, std::int64_t step, std::size_t count,
                             std::size_t fit) {
    const auto last = static_cast<std::int64_t>(count) - static_cast<std::int64_t>(fit);
    return std::clamp<std::int64_t>(first + by * step, 0, std::max<std::int64_t>(0, last));
  };
  switch (asked.state.focus) {
    case PanelId::kTimeline: {
      const std::size_t fit = std::max<std::size_t>(1, shown.lanes_fit);
      return {action::ScrollLanes{scrolled(asked.state.scroll_lanes, static_cast<std::int64_t>(fit),
                                           shown.timeline.lanes.size(), fit)}};
    }
    case PanelId::kTopics:
      return {action::ScrollTopics{
          scrolled(asked.state.scroll_topics, kLines, shown.topics.rows.size(), 1)}};
    case PanelId::kViolations:
      return {
          action::ScrollLines{std::max<std::int64_t>(0, asked.state.scroll_lines + by * kLines)}};
    case PanelId::kEvents: {
      const auto& rows = shown.events.rows;
      if (rows.empty()) return {};
      const EventRow& row = by > 0 ? rows.back() : rows.front();
      if (by > 0 ? row.event <= asked.state.event : row.event >= asked.state.event) return {};
      return {action::Seek{row.event, row.time}};
    }
    case PanelId::kMetrics:
      return {action::SelectMetric{static_cast<std::uint32_t>(
          scrolled(asked.state.metric, kLines, shown.metrics.rows.size(), 1))}};
    case PanelId::kCluster:
    case PanelId::kReplicas:
      return {};
  }
  return {};
}

std::string selection_filter(const Asked& asked) {
  std::string out;
  const Selection& selection = asked.state.selection;
  const Labels& labels = asked.index.labels();
  if (selection.node) out += "node=" + labels.brief(*selection.node);
  if (selection.partition) {
    out += (out.empty() ? "" : " ") + ("part=" + labels.partition(*selection.partition));
  }
  return out;
}

Actions move(const Asked& asked, int by) {
  if (asked.state.overlay == Overlay::kPalette) {
    const std::size_t count = matching_commands(asked.text.typed).size();
    asked.text.chosen = beside(asked.text.chosen, count, by).value_or(0);
    return {};
  }
  if (asked.state.overlay == Overlay::kTour) return {action::StepTour{by}};
  if (asked.state.overlay != Overlay::kNone) return {};
  switch (asked.state.focus) {
    case PanelId::kCluster:
      return move_server(asked, by);
    case PanelId::kReplicas:
      return move_replica(asked, by);
    case PanelId::kTopics:
      return move_partition(asked, by);
    case PanelId::kTimeline:
      return move_lane(asked, by);
    case PanelId::kEvents:
      return move_event(asked, by);
    case PanelId::kViolations:
      return move_cause(asked, by);
    case PanelId::kMetrics:
      return move_metric(asked, by);
  }
  return {};
}

Actions enter(const Asked& asked) {
  switch (asked.state.overlay) {
    case Overlay::kPalette:
      return enter_palette(asked);
    case Overlay::kGoTo:
      return enter_place(asked);
    case Overlay::kTour:
      return {action::StepTour{}};
    case Overlay::kKeys:
      return {action::Open{Overlay::kNone}};
    case Overlay::kNone:
      break;
  }
  if (asked.state.filtering) return {action::EditFilter{false}};
  switch (asked.state.focus) {
    case PanelId::kCluster:
    case PanelId::kReplicas:
    case PanelId::kTimeline:
      return resolve(Command::kNextOfSelected, asked);
    case PanelId::kTopics:
      return {action::Focus{PanelId::kReplicas}};
    case PanelId::kEvents:
      return {action::SetFilter{selection_filter(asked)}};
    case PanelId::kViolations: {
      const auto& cards = asked.shown.violations.cards;
      if (asked.state.violation >= cards.size()) return {};
      return {seek_to(asked.index, cards[asked.state.violation].event)};
    }
    case PanelId::kMetrics:
      return {action::Bookmark{}};
  }
  return {};
}

}  // namespace logarium::viz
