#pragma once
// Action: what a person wants changed; the only way in which anything changes. Panels, keys, the
// palette and scripts all speak it. Targets are already found: "the next election" is a Seek.

#include <string>
#include <variant>
#include <vector>

#include "viz/panels/commands.hpp"
#include "viz/panels/state.hpp"

namespace logarium::viz {

namespace action {
// To the instant after that many events; beyond the end is the end.
struct Seek {
  std::uint64_t event = 0;
  Instant time;  // of it
};
// To the last event at or before a place on the timeline's axis. The viewer makes a Seek of it.
struct Scrub {
  TimeAxis axis = TimeAxis::kTime;
  std::int64_t at = 0;
};
// Whatever the command means at this instant. The viewer makes other actions of it.
struct Do {
  Command command = Command::kPlay;
};
// The run has grown, or is known now.
struct Known {
  std::uint64_t events = 0;
  Instant end;
};
struct Play {
  bool on = true;
};
// While playing: time went on to here.
struct PlayedTo {
  std::uint64_t event = 0;
  Instant time;
};
struct Follow {
  bool on = true;
};
struct Speed {
  int power = 0;
};
// The mouse is over it now. The viewer puts together what panels say of one frame; where none says
// anything the mouse is over nothing.
struct HoverOver {
  Hover hover;
};
// From here to wherever the instant goes; then up to here; then none.
struct StepRange {};
// What was marked on the timeline's axis. The viewer makes a SetRange of it.
struct MarkRange {
  TimeAxis axis = TimeAxis::kTime;
  std::int64_t from = 0, to = 0;
};
struct SetRange {
  EventRange between;
};
struct ClearRange {};
// Each of them replaces that part of the selection; a partition forgets the record.
struct SelectNode {
  std::optional<std::uint32_t> node;
};
struct SelectPartition {
  std::optional<PartitionRef> partition;
};
struct SelectOffset {
  std::optional<Offset> offset;
};
struct ClearSelection {};
struct SetFilter {
  std::string text;
};
struct EditFilter {
  bool on = true;
};
struct ShowPreset {
  Preset preset = Preset::kOverview;
};
struct Focus {
  PanelId panel = PanelId::kTimeline;
};
struct FocusNext {
  int by = 1;
};
struct Open {
  Overlay overlay = Overlay::kNone;  // kNone closes; the same again closes too
};
struct ToggleLegend {};
// The next caption of the tour, or with -1 the one before; past the last it closes.
struct StepTour {
  int by = 1;
};
struct SetShare {
  Preset preset = Preset::kOverview;
  Split split = Split::kSide;
  float share = 0;
};
// Of the panel that has the focus; less than 0 shrinks it.
struct GrowPanel {
  float by = 0;
};
struct SetShares {
  Shares shares;
};
struct Scale {
  float factor = 1;
};
struct ShowWindow {
  TimeWindow window;  // on either axis
};
// Lanes go by their ids.
struct SelectLane {
  std::string lane;
};
struct HideLane {
  std::string lane;
};
struct PinLane {
  std::string lane;
};
struct ShowAllLanes {};
struct Bookmark {};  // the instant shown; again takes it away
struct ShowViolation {
  std::uint32_t number = 0;
};
struct SelectMetric {
  std::uint32_t number = 0;
};
struct ScrollLanes {
  std::int64_t lane = 0;
};
struct ScrollTopics {
  std::int64_t row = 0;
};
struct ScrollLines {
  std::int64_t line = 0;
};
struct Copy {
  std::string text;
};
struct Save {};  // a picture and the dumps of what is shown
struct Quit {};
}  // namespace action

using Action = std::variant<
    action::Seek, action::Scrub, action::Do, action::Known, action::Play, action::PlayedTo,
    action::Follow, action::Speed, action::HoverOver, action::StepRange, action::MarkRange,
    action::SetRange, action::ClearRange, action::SelectNode, action::SelectPartition,
    action::SelectOffset, action::ClearSelection, action::SetFilter, action::EditFilter,
    action::ShowPreset, action::Focus, action::FocusNext, action::Open, action::ToggleLegend,
    action::StepTour, action::SetShare, action::GrowPanel, action::SetShares, action::Scale,
    action::ShowWindow, action::SelectLane, action::HideLane, action::PinLane, action::ShowAllLanes,
    action::Bookmark, action::ShowViolation, action::SelectMetric, action::ScrollLanes,
    action::ScrollTopics, action::ScrollLines, action::Copy, action::Save, action::Quit>;
using Actions = std::vector<Action>;

}  // namespace logarium::viz
