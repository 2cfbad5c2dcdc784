#include "viz/app/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/scenario/number.hpp"
#include "viz/app/moves.hpp"

namespace logarium::viz {
namespace {

constexpr float kScaleStep = 1.1F;
constexpr float kShareStep = 0.03F;
constexpr int kDivisions = 10;  // of the timeline's window
constexpr NotableSet kFaultKinds = set_of(NotableKind::kFaultBegan) |
                                   set_of(NotableKind::kFaultEnded) | set_of(NotableKind::kCrash);
constexpr NotableSet kElectionKinds =
    set_of(NotableKind::kElection) | set_of(NotableKind::kController);

Actions seek(const RunIndex& index, std::optional<std::uint64_t> event) {
  if (!event) return {};
  return {seek_to(index, *event)};
}

Actions notable(const Asked& asked, NotableSet kinds, int by) {
  const std::uint64_t event = asked.state.event;
  return seek(asked.index,
              by > 0 ? asked.index.next(event, kinds) : asked.index.previous(event, kinds));
}

// The violation whose event it is becomes the one that is shown.
Actions violation(const Asked& asked, int by) {
  Actions out = notable(asked, set_of(NotableKind::kViolation), by);
  if (out.empty()) return out;
  const std::uint64_t event = std::get<action::Seek>(out.front()).event;
  const auto& cards = asked.shown.violations.cards;
  for (std::uint32_t i = 0; i < cards.size(); ++i) {
    if (cards[i].event != event) continue;
    out.emplace_back(action::ShowViolation{i});
    break;
  }
  return out;
}

// The next event that the selection, or without one the filter, lets through.
Actions of_selection(const Asked& asked, int by) {
  std::string text = selection_filter(asked);
  if (text.empty()) text = asked.state.filter;
  const Filter::Parsed parsed = Filter::parse(text, asked.index.labels());
  if (parsed.error) return {};
  EventsRequest request;
  request.anchor = asked.state.event;
  request.before = request.after = 1;
  request.scan_max = asked.index.events();
  const Result<EventsModel> found = make_events(asked.index, parsed.filter, request);
  if (!found) return {};
  std::optional<std::uint64_t> event;
  for (const EventRow& row : found.value().rows) {
    if (by > 0 && row.event > asked.state.event && !event) event = row.event;
    if (by < 0 && row.event < asked.state.event) event = row.event;
  }
  return seek(asked.index, event);
}

Actions flow(const Asked& asked, int by) {
  const std::uint64_t event = asked.state.event;
  if (event == 0) return {};
  const Result<std::uint64_t> found =
      by > 0 ? asked.index.receiving_of(event) : asked.index.sending_of(event);
  if (!found || found.value() == 0) return {};
  return seek(asked.index, found.value());
}

Actions division(const Asked& asked, int by) {
  const TimeWindow& window = asked.state.window;
  const std::int64_t step = std::max<std::int64_t>(1, (window.to - window.from) / kDivisions);
  return {resolve(
      action::Scrub{window.axis, std::max<std::int64_t>(0, axis_now(asked.state) + by * step)},
      asked.index)};
}

// Scales the window around the instant where that lies in it, else around its middle.
Actions zoom(const UiState& state, double factor) {
  const TimeWindow& old = state.window;
  const std::int64_t now = axis_now(state);
  const bool inside = now >= old.from && now <= old.to;
  const std::int64_t around = inside ? now : old.from + (old.to - old.from) / 2;
  const auto scaled = [factor](std::int64_t length) {
    return static_cast<std::int64_t>(static_cast<double>(length) * factor);
  };
  return {action::ShowWindow{
      {old.axis, around - scaled(around - old.from), around + scaled(old.to - around)}}};
}

Actions pan(const UiState& state, int by) {
  const TimeWindow& old = state.window;
  const std::int64_t step = by * std::max<std::int64_t>(1, (old.to - old.from) / kDivisions);
  return {action::ShowWindow{{old.axis, old.from + step, old.to + step}}};
}

Actions centre(const UiState& state) {
  const TimeWindow& old = state.window;
  const std::int64_t width = old.to - old.from;
  const std::int64_t from = axis_now(state) - width / 2;
  if (std::abs(from - old.from) > std::max<std::int64_t>(1, width / 100)) {
    return {action::ShowWindow{{old.axis, from, from + width}}};
  }
  const std::int64_t narrow = std::max<std::int64_t>(1, width / 8);
  const std::int64_t left = axis_now(state) - narrow / 2;
  return {action::ShowWindow{{old.axis, left, left + narrow}}};
}

Actions other_axis(const Asked& asked) {
  const TimeAxis axis =
      asked.state.window.axis == TimeAxis::kTime ? TimeAxis::kEvents : TimeAxis::kTime;
  const Result<TimeWindow> window = on_axis(asked.index, asked.state.window, axis);
  if (!window) return {};
  return {action::ShowWindow{window.value()}};
}

Actions next_bookmark(const Asked& asked) {
  const auto& marks = asked.state.bookmarks;
  if (marks.empty()) return {};
  const auto after = std::upper_bound(marks.begin(), marks.end(), asked.state.event);
  return seek(asked.index, after == marks.end() ? marks.front() : *after);
}

Actions zoom_to_range(const UiState& state) {
  if (!state.range) return {};
  const EventRange range = in_order(state.range->between);
  const TimeAxis axis = state.window.axis;
  const auto at = [axis](const Place& place) {
    return axis == TimeAxis::kTime ? place.time.ns : static_cast<std::int64_t>(place.event);
  };
  const std::int64_t room = (at(range.to) - at(range.from)) / 20;
  return {action::ShowWindow{{axis, at(range.from) - room, at(range.to) + room}}};
}

// One thing at a time: what is open, then the selection, then the range, then the filter.
Actions clear(const UiState& state) {
  if (state.overlay != Overlay::kNone) return {action::Open{Overlay::kNone}};
  if (state.filtering) return {action::EditFilter{false}};
  if (state.range && state.range->open) return {action::ClearRange{}};
  if (state.selection != Selection{} || !state.lane.empty()) {
    return {action::ClearSelection{}, action::SelectLane{}};
  }
  if (state.range) return {action::ClearRange{}};
  if (!state.filter.empty()) return {action::SetFilter{}};
  return {};
}

Actions play(const Asked& asked) {
  const UiState& state = asked.state;
  Actions out;
  // At its end a recorded run begins anew.
  if (!state.playing && asked.shown.run.over && state.event >= state.events) {
    out.push_back(seek_to(asked.index, 0));
  }
  out.emplace_back(action::Play{!state.playing});
  return out;
}

Actions lane_of(const UiState& state, bool hide) {
  if (state.lane.empty()) return {};
  if (hide) return {action::HideLane{state.lane}};
  return {action::PinLane{state.lane}};
}

Actions copy_command(const Shown& shown) {
  if (shown.violations.commands.empty()) return {};
  return {action::Copy{shown.violations.commands.front()}};
}

Actions resolve_moves(Command command, const Asked& asked) {
  switch (command) {
    case Command::kStepForward:
      return {seek_to(asked.index, asked.state.event + 1)};
    case Command::kStepBack:
      return seek(asked.index, asked.state.event == 0 ? 0 : asked.state.event - 1);
    case Command::kDivisionForward:
      return division(asked, 1);
    case Command::kDivisionBack:
      return division(asked, -1);
    case Command::kNextOfSelected:
      return of_selection(asked, 1);
    case Command::kPreviousOfSelected:
      return of_selection(asked, -1);
    case Command::kFollowFlow:
      return flow(asked, 1);
    case Command::kFollowFlowBack:
      return flow(asked, -1);
    case Command::kNextNotable:
      return notable(asked, kAnyNotable, 1);
    case Command::kPreviousNotable:
      return notable(asked, kAnyNotable, -1);
    case Command::kNextFault:
      return notable(asked, kFaultKinds, 1);
    case Command::kPreviousFault:
      return notable(asked, kFaultKinds, -1);
    case Command::kNextElection:
      return notable(asked, kElectionKinds, 1);
    case Command::kPreviousElection:
      return notable(asked, kElectionKinds, -1);
    case Command::kNextIsrChange:
      return notable(asked, set_of(NotableKind::kIsrChange), 1);
    case Command::kPreviousIsrChange:
      return notable(asked, set_of(NotableKind::kIsrChange), -1);
    case Command::kNextViolation:
      return violation(asked, 1);
    case Command::kPreviousViolation:
      return violation(asked, -1);
    case Command::kToStart:
      return {seek_to(asked.index, 0)};
    case Command::kToEnd:
      return {seek_to(asked.index, asked.index.events())};
    default:
      return {};
  }
}

Actions resolve_window(Command command, const Asked& asked) {
  const UiState& state = asked.state;
  switch (command) {
    case Command::kZoomIn:
      return zoom(state, 0.5);
    case Command::kZoomOut:
      return zoom(state, 2);
    case Command::kPanLeft:
      return pan(state, -1);
    case Command::kPanRight:
      return pan(state, 1);
    case Command::kCentre:
      return centre(state);
    case Command::kWholeRun:
      return {action::ShowWindow{whole_run(asked.index, state.window.axis)}};
    case Command::kToggleAxis:
      return other_axis(asked);
    case Command::kPinLane:
      return lane_of(state, false);
    case Command::kHideLane:
      return lane_of(state, true);
    case Command::kShowAllLanes:
      return {action::ShowAllLanes{}};
    case Command::kRange:
      return {action::StepRange{}};
    case Command::kZoomToRange:
      return zoom_to_range(state);
    case Command::kBookmark:
      return {action::Bookmark{}};
    case Command::kNextBookmark:
      return next_bookmark(asked);
    case Command::kGrowPanel:
      return {action::GrowPanel{kShareStep}};
    case Command::kShrinkPanel:
      return {action::GrowPanel{-kShareStep}};
    case Command::kUsualPanels:
      return {action::SetShares{}};
    case Command::kLarger:
      return {action::Scale{state.scale * kScaleStep}};
    case Command::kSmaller:
      return {action::Scale{state.scale / kScaleStep}};
    case Command::kUsualSize:
      return {action::Scale{1}};
    case Command::kFollowLive:
      return {action::Follow{!state.following}};
    default:
      return {};
  }
}

Actions resolve_rest(Command command, const Asked& asked) {
  const UiState& state = asked.state;
  switch (command) {
    case Command::kPlay:
      return play(asked);
    case Command::kGoTo:
      return {action::Open{Overlay::kGoTo}};
    case Command::kFilter:
      return {action::EditFilter{true}};
    case Command::kFilterSelection:
      return {action::SetFilter{selection_filter(asked)}};
    case Command::kUp:
      return move(asked, -1);
    case Command::kDown:
      return move(asked, 1);
    case Command::kPageUp:
      return page(asked, -1);
    case Command::kPageDown:
      return page(asked, 1);
    case Command::kEnter:
      return enter(asked);
    case Command::kClear:
      return clear(state);
    case Command::kFocusNext:
      return {action::FocusNext{1}};
    case Command::kFocusPrevious:
      return {action::FocusNext{-1}};
    case Command::kOverview:
      return {action::ShowPreset{Preset::kOverview}};
    case Command::kReplication:
      return {action::ShowPreset{Preset::kReplication}};
    case Command::kCopyCommand:
      return copy_command(asked.shown);
    case Command::kSave:
      return {action::Save{}};
    case Command::kLegend:
      return {action::ToggleLegend{}};
    case Command::kPalette:
      return {action::Open{Overlay::kPalette}};
    case Command::kKeys:
      return {action::Open{Overlay::kKeys}};
    case Command::kTour:
      return {action::Open{Overlay::kTour}};
    case Command::kQuit:
      return {action::Quit{}};
    default:
      return {};
  }
}

}  // namespace

Action seek_to(const RunIndex& index, std::uint64_t event) {
  action::Seek out{std::min(event, index.events()), {}};
  if (out.event > 0) {
    if (const Result<Instant> time = index.time_of(out.event)) out.time = time.value();
  }
  return out;
}

Action resolve(const action::Scrub& scrub, const RunIndex& index) {
  if (scrub.axis == TimeAxis::kEvents) {
    return seek_to(index, static_cast<std::uint64_t>(std::max<std::int64_t>(scrub.at, 0)));
  }
  const Result<std::uint64_t> event = index.event_at(Instant{scrub.at});
  return seek_to(index, event ? event.value() : 0);
}

Action resolve(const action::MarkRange& mark, const RunIndex& index) {
  const auto place = [&](std::int64_t at) {
    const Action seek = resolve(action::Scrub{mark.axis, at}, index);
    const auto& found = std::get<action::Seek>(seek);
    return Place{found.event, found.time};
  };
  return action::SetRange{{place(mark.from), place(mark.to)}};
}

Result<std::uint64_t> find_place(const RunIndex& index, std::string_view text) {
  const auto wrong = [&] {
    return Error{fmt::format("{}: an event such as 8412, or a time such as 12.48s",
                             text.empty() ? "nothing" : text)};
  };
  std::string_view digits = text;
  if (!digits.empty() && digits.front() == '#') digits.remove_prefix(1);
  if (digits.empty()) return wrong();
  std::uint64_t event = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), event);
  if (error == std::errc() && stop == digits.data() + digits.size()) {
    if (event <= index.events()) return event;
    return Error{fmt::format("{}: the run has {} events", text, index.events())};
  }
  const scenario::UnitValue time = scenario::parse_unit(scenario::Unit::kDuration, text);
  if (!time.ok || time.value < 0) return wrong();
  if (time.value > index.end().ns) {
    return Error{fmt::format("{}: the run ends at {}", text, exact_time(index.end()))};
  }
  return index.event_at(Instant{time.value});
}

Actions resolve(Command command, const Asked& asked) {
  if (command >= Command::kSpeed1 && command <= Command::kFastest) {
    const int digit = static_cast<int>(command) - static_cast<int>(Command::kSpeed1);
    return {action::Speed{kSpeedMin + digit}};
  }
  if (command >= Command::kFocusCluster && command <= Command::kFocusMetrics) {
    const int panel = static_cast<int>(command) - static_cast<int>(Command::kFocusCluster);
    return {action::Focus{static_cast<PanelId>(panel)}};
  }
  Actions out = resolve_moves(command, asked);
  if (out.empty()) out = resolve_window(command, asked);
  if (out.empty()) out = resolve_rest(command, asked);
  return out;
}

}  // namespace logarium::viz
