#include "viz/app/viewer.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "viz/app/reduce.hpp"
#include "viz/app/resolve.hpp"
#include "viz/panels/tour.hpp"

namespace logarium::viz {
namespace {

constexpr Duration kStepWait = milliseconds(200);
// What a run that goes on is asked for ahead of what is shown, in frames of the person's clock.
constexpr std::int64_t kAhead = 3;
constexpr Duration kMessageFor = seconds(3);
// As fast as possible means so many events of a recorded run in a second.
constexpr double kFastestPerSecond = 400'000;

bool typing(const UiState& state) {
  return state.filtering || state.overlay == Overlay::kPalette || state.overlay == Overlay::kGoTo;
}

void begin_window(const ImVec2& size) {
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  constexpr ImGuiWindowFlags kFlags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse |
      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoBackground;
  ImGui::Begin("viewer", nullptr, kFlags);
}

void end_window() {
  ImGui::End();
  ImGui::PopStyleVar(2);
}

}  // namespace

Viewer::Viewer(std::unique_ptr<Session> session)
    : session_(std::move(session)), index_(session_->index()) {
  act(action::Known{index_->events(), index_->end()});
  if (session_->over()) {
    act(seek_to(*index_, index_->first_look()));
    show_what_led_here();
  } else {
    act(action::Speed{0});
    act(action::Follow{true});
  }
}

// A run that failed begins with the stretch from its last fault to the violation, with some room.
void Viewer::show_what_led_here() {
  if (state_.event >= state_.events) return;
  const NotableSet faults = set_of(NotableKind::kFaultBegan) | set_of(NotableKind::kCrash);
  const auto fault = index_->previous(state_.event, faults);
  if (!fault) return;
  const Result<Instant> from = index_->time_of(*fault);
  if (!from) return;
  const std::int64_t room = (state_.time - from.value()).ns / 4 + 1'000'000;
  act(action::ShowWindow{{TimeAxis::kTime, from.value().ns - room, state_.time.ns + room}});
}

void Viewer::refresh() {
  if (!session_->refresh()) return;
  index_ = session_->index();
  act(action::Known{index_->events(), index_->end()});
}

Asked Viewer::asked() { return {*index_, state_, maker_.shown(), overlay_text_}; }

void Viewer::act(const Action& action) {
  if (const auto* scrub = std::get_if<action::Scrub>(&action)) {
    act(resolve(*scrub, *index_));
    return;
  }
  if (const auto* mark = std::get_if<action::MarkRange>(&action)) {
    act(resolve(*mark, *index_));
    return;
  }
  if (const auto* command = std::get_if<action::Do>(&action)) {
    act(command->command);
    return;
  }
  if (const auto* open = std::get_if<action::Open>(&action);
      open != nullptr && open->overlay != Overlay::kNone) {
    overlay_text_ = {};
  }
  if (const auto* copy = std::get_if<action::Copy>(&action)) {
    copied_ = copy->text;
    tell("copied: " + copy->text);
  }
  if (const auto* play = std::get_if<action::Play>(&action); play != nullptr && !play->on) {
    session_->want_no_more();
  }
  save_ = save_ || std::holds_alternative<action::Save>(action);
  state_ = reduce(std::move(state_), action);
}

void Viewer::act(const Actions& actions) {
  for (const Action& action : actions) act(action);
}

void Viewer::act(Command command) {
  // At the end of a run that goes on, a step makes the next event.
  if (command == Command::kStepForward && state_.event >= state_.events) {
    session_->want_event(state_.events + 1);
    session_->wait_event(state_.events + 1, kStepWait);
    refresh();
  }
  if (command == Command::kToEnd && !session_->over()) {
    act(action::Follow{true});
    return;
  }
  act(resolve(command, asked()));
}

void Viewer::pass(Duration wall) {
  message_left_ = Duration{std::max<std::int64_t>(0, message_left_.ns - wall.ns)};
  refresh();
  if (!state_.playing) return;
  const bool fastest = state_.speed == kSpeedMax;
  const double factor = fastest ? 0 : std::pow(10.0, state_.speed);
  const auto step = static_cast<std::int64_t>(static_cast<double>(wall.ns) * factor);
  if (!session_->over()) make_more(wall, step);
  if (fastest && !state_.following) {
    const auto by = static_cast<std::uint64_t>(
        std::max(1.0, kFastestPerSecond * static_cast<double>(wall.ns) / 1e9));
    const auto seek = std::get<action::Seek>(seek_to(*index_, state_.event + by));
    act(action::PlayedTo{seek.event, seek.time});
  } else if (!state_.following) {
    const Instant to = std::min(Instant{state_.time.ns + step}, index_->end());
    const Result<std::uint64_t> event = index_->event_at(to);
    if (event) act(action::PlayedTo{event.value(), to});
  }
  if (state_.event < state_.events || state_.following) return;
  act(session_->over() ? Action(action::Play{false}) : Action(action::Follow{true}));
}

// A followed run is made at the speed that was chosen; it never runs far ahead of its index.
void Viewer::make_more(Duration wall, std::int64_t step) {
  if (!state_.following) {
    session_->want_time(Instant{state_.time.ns + step * kAhead});
    return;
  }
  if (state_.speed == kSpeedMax) {
    session_->want_event(state_.events + static_cast<std::uint64_t>(kFastestPerSecond));
    return;
  }
  const std::int64_t most = index_->end().ns + step * kAhead + wall.ns;
  pace_ = Instant{std::clamp(pace_.ns + step, index_->end().ns, std::max(most, step))};
  session_->want_time(pace_);
}

bool Viewer::busy() const { return state_.playing || !session_->over() || message_left_.ns > 0; }

void Viewer::update(const Rect& screen, float scale) {
  refresh();
  maker_.make(*session_, state_, lay_out(screen, scale, state_), scale);
}

void Viewer::read_pointer() {
  const ImGuiIO& io = ImGui::GetIO();
  pointer_.moved = io.MouseDelta;
  pointer_.at = io.MousePos;
  pointer_.wheel = io.MouseWheel;
  pointer_.modifiers = {io.KeyCtrl, io.KeyShift, io.KeyAlt};
  for (int i = 0; i < 3; ++i) {
    const auto index = static_cast<std::size_t>(i);
    pointer_.pressed[index] = ImGui::IsMouseClicked(i);
    pointer_.released[index] = ImGui::IsMouseReleased(i);
    pointer_.down[index] = ImGui::IsMouseDown(i);
  }
}

void Viewer::hear(const FrameInput& input) {
  for (const Command command : commands_of(input, typing(state_))) act(command);
}

void Viewer::frame(const Theme& theme, const FrameInput& input) {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const Rect screen{{0, 0}, size};
  hear(input);
  read_pointer();
  update(screen, theme.s);
  begin_window(size);
  draw(theme, screen);
  end_window();
}

void Viewer::draw(const Theme& theme, const Rect& screen) {
  const Shown& shown = maker_.shown();
  const Layout layout = lay_out(screen, theme.s, state_);
  hits_.clear();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  Ui ui(list, theme, hits_, pointer_, held_);
  Actions out;
  texts_.clear();
  if (log_texts_) ui.brush.set_log(&texts_);
  if (state_.overlay != Overlay::kNone) ui.set_reachable(false);
  hear_splitters(ui, layout, state_, out);
  draw_top_bar(ui, layout.bar, shown, state_, out);
  constexpr std::array<Panel*, kPanels> kDraw{draw_cluster,  draw_replicas, draw_topics,
                                              draw_timeline, draw_events,   draw_violations,
                                              draw_metrics};
  for (std::size_t i = 0; i < kDraw.size(); ++i) {
    kDraw[i](ui, layout.panels[i], shown, state_, out);
  }
  if (state_.legend) draw_legend(ui, layout.legend);
  draw_splitters(ui, layout, state_);
  ui.set_reachable(true);
  draw_overlay(ui, screen, layout, out);
  draw_tooltip(ui, screen);
  if (!held_.path.empty() && !pointer_.down[static_cast<std::size_t>(held_.button)]) held_ = {};
  hover(out);
  act(out);
}

// What the panels said of this frame in one; nothing is done while it stays the same.
void Viewer::hover(Actions& out) {
  Hover now;
  for (const Action& each : out) {
    const auto* over = std::get_if<action::HoverOver>(&each);
    if (over == nullptr) continue;
    if (over->hover.event) now.event = over->hover.event;
    if (over->hover.node) now.node = over->hover.node;
    if (over->hover.partition) now.partition = over->hover.partition;
  }
  std::erase_if(out,
                [](const Action& each) { return std::holds_alternative<action::HoverOver>(each); });
  if (now != state_.hover) out.emplace_back(action::HoverOver{now});
}

void Viewer::draw_overlay(Ui& ui, const Rect& screen, const Layout& layout, Actions& out) {
  const std::string& trouble = maker_.shown().run.trouble;
  const std::string& line = trouble.empty() ? message_ : trouble;
  if (!trouble.empty() || message_left_.ns > 0) {
    Rect rest = screen;
    const Rect place = inset(cut_bottom(rest, ui.px(30)), ui.px(3));
    ui.brush.fill(place, colour::kRaised, 3);
    ui.text(inset(place, ui.px(3)), line, trouble.empty() ? colour::kText : colour::kAlarm);
  }
  if (state_.overlay == Overlay::kNone) return;
  const Rect area = state_.overlay == Overlay::kTour
                        ? tour_place(layout, ui.px(1), state_.tour)
                        : overlay_place(screen, ui.px(1), state_.overlay);
  const bool outside = pointer_.pressed[0] && !area.contains(pointer_.at);
  if (outside) out.emplace_back(action::Open{Overlay::kNone});
  switch (state_.overlay) {
    case Overlay::kNone:
      return;
    case Overlay::kPalette:
      draw_palette(ui, area, overlay_text_, out);
      return;
    case Overlay::kKeys:
      draw_keys(ui, area, out);
      return;
    case Overlay::kGoTo:
      draw_go_to(ui, area, overlay_text_, out);
      return;
    case Overlay::kTour:
      draw_tour(ui, layout, state_.tour, out);
      return;
  }
}

std::string Viewer::dump(PanelId panel) const {
  const Shown& shown = maker_.shown();
  switch (panel) {
    case PanelId::kCluster:
      return viz::dump(shown.cluster);
    case PanelId::kReplicas:
      return shown.replicas ? viz::dump(*shown.replicas) : "no partition has replicas yet\n";
    case PanelId::kTopics:
      return viz::dump(shown.topics);
    case PanelId::kTimeline:
      return viz::dump(shown.timeline);
    case PanelId::kEvents:
      return viz::dump(shown.events) + (shown.detail ? viz::dump(*shown.detail) : "");
    case PanelId::kViolations:
      return viz::dump(shown.violations);
    case PanelId::kMetrics:
      return (shown.range ? viz::dump(*shown.range) : "") + viz::dump(shown.metrics);
  }
  return {};
}

std::optional<std::string> Viewer::take_copied() { return std::exchange(copied_, std::nullopt); }

bool Viewer::take_save() { return std::exchange(save_, false); }

void Viewer::tell(std::string message) {
  message_ = std::move(message);
  message_left_ = kMessageFor;
}

}  // namespace logarium::viz
