#include "viz/app/reduce.hpp"

#include <algorithm>

namespace logarium::viz {
namespace {

constexpr float kScaleMin = 0.5F;
constexpr float kScaleMax = 4.0F;

// How far the axis of the timeline goes.
std::int64_t axis_end(const UiState& state) {
  const std::int64_t end =
      state.window.axis == TimeAxis::kTime ? state.end.ns : static_cast<std::int64_t>(state.events);
  return std::max(end, kWindowMin);
}

std::int64_t width_of(const TimeWindow& window) { return window.to - window.from; }

bool spans(const TimeWindow& window, std::int64_t end) {
  return window.from == 0 && window.to == end;
}

void fit_window(UiState& state, TimeWindow window) {
  const std::int64_t end = axis_end(state);
  const std::int64_t width = std::clamp(window.to - window.from, kWindowMin, end);
  const std::int64_t from = std::clamp(window.from, std::int64_t{0}, end - width);
  state.window = {state.window.axis, from, from + width};
}

// Moves the window as little as needed that it shows the instant, with a tenth of room beyond it.
void show_now(UiState& state) {
  const std::int64_t now = axis_now(state);
  if (now >= state.window.from && now <= state.window.to) return;
  const std::int64_t width = width_of(state.window);
  const std::int64_t from = now < state.window.from ? now - width / 10 : now - width * 9 / 10;
  fit_window(state, {state.window.axis, from, from + width});
}

void move_to(UiState& state, std::uint64_t event, Instant time) {
  state.event = std::min(event, state.events);
  state.time =
      Instant{std::clamp(time.ns, std::int64_t{0}, std::max<std::int64_t>(state.end.ns, 0))};
  show_now(state);
  if (state.range && state.range->open) state.range->between.to = {state.event, state.time};
}

// Adds the number to an ordered list, or takes it out.
template <class T>
void toggle(std::vector<T>& list, T value) {
  const auto at = std::lower_bound(list.begin(), list.end(), value);
  if (at != list.end() && *at == value) {
    list.erase(at);
  } else {
    list.insert(at, value);
  }
}

struct Reducer {
  UiState& state;

  void operator()(const action::Seek& seek) const {
    state.playing = state.playing && state.following;
    state.following = false;
    move_to(state, seek.event, seek.time);
  }
  void operator()(const action::Known& known) const {
    const bool first = state.events == 0 && state.window.to == 0;
    const bool whole = spans(state.window, axis_end(state));
    state.events = known.events;
    state.end = known.end;
    if (state.following) state.event = known.events, state.time = known.end;
    state.event = std::min(state.event, state.events);
    state.time.ns = std::min(state.time.ns, std::max<std::int64_t>(state.end.ns, 0));
    fit_window(state,
               first || whole ? TimeWindow{state.window.axis, 0, axis_end(state)} : state.window);
    if (state.following) show_now(state);
    // Another run, or one that goes on: what was marked lies within it.
    if (state.range) {
      const bool open = state.range->open;
      (*this)(action::SetRange{state.range->between});
      state.range->open = open;
      if (open) state.range->between.to = {state.event, state.time};
    }
  }
  void operator()(const action::Play& play) const {
    state.playing = play.on;
    if (!play.on) state.following = false;
  }
  void operator()(const action::PlayedTo& played) const {
    move_to(state, played.event, played.time);
  }
  void operator()(const action::Follow& follow) const {
    state.following = follow.on;
    if (!follow.on) return;
    state.playing = true;
    move_to(state, state.events, state.end);
  }
  void operator()(const action::Speed& speed) const {
    state.speed = std::clamp(speed.power, kSpeedMin, kSpeedMax);
  }
  void operator()(const action::HoverOver& over) const { state.hover = over.hover; }
  void operator()(const action::StepRange&) const {
    const Place here{state.event, state.time};
    if (!state.range) {
      state.range = ChosenRange{{here, here}, true};
    } else if (!state.range->open || state.range->between.from == here) {
      state.range.reset();
    } else {
      state.range->open = false;
    }
  }
  void operator()(const action::SetRange& set) const {
    const auto within = [this](Place place) {
      place.event = std::min(place.event, state.events);
      place.time.ns =
          std::clamp(place.time.ns, std::int64_t{0}, std::max<std::int64_t>(state.end.ns, 0));
      return place;
    };
    state.range = ChosenRange{{within(set.between.from), within(set.between.to)}, false};
  }
  void operator()(const action::ClearRange&) const { state.range.reset(); }
  void operator()(const action::SelectNode& select) const { state.selection.node = select.node; }
  void operator()(const action::SelectPartition& select) const {
    if (state.selection.partition != select.partition) state.selection.offset.reset();
    state.selection.partition = select.partition;
  }
  void operator()(const action::SelectOffset& select) const {
    state.selection.offset = select.offset;
  }
  void operator()(const action::ClearSelection&) const { state.selection = {}; }
  void operator()(const action::SetFilter& filter) const { state.filter = filter.text; }
  void operator()(const action::EditFilter& edit) const {
    state.filtering = edit.on;
    if (!edit.on) return;
    state.overlay = Overlay::kNone;
    state.focus = PanelId::kEvents;
  }
  void operator()(const action::ShowPreset& show) const { state.preset = show.preset; }
  void operator()(const action::Focus& focus) const { state.focus = focus.panel; }
  void operator()(const action::FocusNext& focus) const {
    const int next = (static_cast<int>(state.focus) + focus.by) % kPanels;
    state.focus = static_cast<PanelId>((next + kPanels) % kPanels);
  }
  void operator()(const action::Open& open) const {
    state.overlay = open.overlay == state.overlay ? Overlay::kNone : open.overlay;
    if (state.overlay != Overlay::kNone) state.filtering = false;
    state.tour = 0;
  }
  void operator()(const action::StepTour& step) const {
    if (state.overlay != Overlay::kTour) return;
    state.tour = std::max(0, state.tour + std::clamp(step.by, -1, 1));
    if (state.tour < kTourSteps) return;
    state.overlay = Overlay::kNone;
    state.tour = 0;
  }
  void operator()(const action::SetShare& set) const {
    state.shares.set(set.preset, set.split, set.share);
  }
  void operator()(const action::GrowPanel& grow_panel) const {
    grow(state.shares, state.preset, state.focus, grow_panel.by);
  }
  void operator()(const action::SetShares& set) const { state.shares = set.shares; }
  void operator()(const action::ToggleLegend&) const { state.legend = !state.legend; }
  void operator()(const action::Scale& scale) const {
    state.scale = std::clamp(scale.factor, kScaleMin, kScaleMax);
  }
  void operator()(const action::ShowWindow& show) const {
    state.window.axis = show.window.axis;
    fit_window(state, show.window);
  }
  void operator()(const action::SelectLane& select) const { state.lane = select.lane; }
  void operator()(const action::HideLane& hide) const {
    toggle(state.hidden_lanes, hide.lane);
    std::erase(state.pinned_lanes, hide.lane);
  }
  void operator()(const action::PinLane& pin) const {
    if (std::erase(state.pinned_lanes, pin.lane) == 0) state.pinned_lanes.push_back(pin.lane);
    std::erase(state.hidden_lanes, pin.lane);
  }
  void operator()(const action::ShowAllLanes&) const { state.hidden_lanes.clear(); }
  void operator()(const action::Bookmark&) const { toggle(state.bookmarks, state.event); }
  void operator()(const action::ShowViolation& show) const {
    state.violation = show.number;
    state.scroll_lines = 0;
  }
  void operator()(const action::SelectMetric& select) const { state.metric = select.number; }
  void operator()(const action::ScrollLanes& scroll) const {
    state.scroll_lanes = std::max<std::int64_t>(scroll.lane, 0);
  }
  void operator()(const action::ScrollTopics& scroll) const {
    state.scroll_topics = std::max<std::int64_t>(scroll.row, 0);
  }
  void operator()(const action::ScrollLines& scroll) const {
    state.scroll_lines = std::max<std::int64_t>(scroll.line, 0);
  }
  // The viewer makes others of these, or does what lies outside of the window.
  void operator()(const action::Scrub&) const {}
  void operator()(const action::MarkRange&) const {}
  void operator()(const action::Do&) const {}
  void operator()(const action::Copy&) const {}
  void operator()(const action::Save&) const {}
  void operator()(const action::Quit&) const { state.quit = true; }
};

template <class T>
bool ascending(const std::vector<T>& list) {
  return std::adjacent_find(list.begin(), list.end(),
                            [](const T& a, const T& b) { return a >= b; }) == list.end();
}

}  // namespace

UiState reduce(UiState state, const Action& action) {
  std::visit(Reducer{state}, action);
  return state;
}

bool valid(const UiState& state) {
  const bool instant = state.event <= state.events && state.time.ns >= 0;
  const bool ranges = state.speed >= kSpeedMin && state.speed <= kSpeedMax &&
                      state.scale >= kScaleMin && state.scale <= kScaleMax;
  const bool window =
      state.events == 0 || (state.window.from >= 0 && width_of(state.window) >= kWindowMin &&
                            state.window.to <= axis_end(state));
  const bool range = !state.range || (state.range->between.from.event <= state.events &&
                                      state.range->between.to.event <= state.events);
  bool shares = true;
  for (const auto& of_preset : state.shares.of) {
    for (const float share : of_preset) shares = shares && share >= kShareMin && share <= kShareMax;
  }
  const bool tour = state.tour >= 0 && state.tour < kTourSteps;
  return instant && ranges && window && range && shares && tour && state.scroll_lanes >= 0 &&
         ascending(state.bookmarks) && ascending(state.hidden_lanes) && state.scroll_topics >= 0 &&
         state.scroll_lines >= 0;
}

}  // namespace logarium::viz
