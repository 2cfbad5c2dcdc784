#pragma once
// UiState: everything that the person has chosen, as one value: which instant is shown, what is
// selected, how the window is arranged. Panels read it and emit actions (action.hpp); the reducer
// (viz/app/reduce.hpp) alone makes a new state of an old one and an action.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"
#include "engine/base/time.hpp"
#include "viz/model/range.hpp"
#include "viz/model/timeline.hpp"
#include "viz/panels/shares.hpp"

namespace logarium::viz {

// "cluster": by which --dump, scripts and paths of things name it.
[[nodiscard]] std::string_view panel_name(PanelId panel);
[[nodiscard]] std::optional<PanelId> find_panel(std::string_view name);

// What is drawn over the panels; one at a time.
enum class Overlay : std::uint8_t { kNone, kPalette, kKeys, kGoTo, kTour };
inline constexpr int kTourSteps = 6;

// What the person has pointed at. All panels share it.
struct Selection {
  std::optional<std::uint32_t> node;
  std::optional<PartitionRef> partition;
  std::optional<Offset> offset;  // of a record of the partition
  bool operator==(const Selection&) const = default;
};

// What the mouse is over, in whatever panel: every panel marks what belongs to it.
struct Hover {
  std::optional<std::uint64_t> event;
  std::optional<std::uint32_t> node;
  std::optional<PartitionRef> partition;
  bool operator==(const Hover&) const = default;
};

// A part of the run that numbers are wanted of.
struct ChosenRange {
  EventRange between;  // either end may come first
  bool open = false;   // its other end goes with the instant
  bool operator==(const ChosenRange&) const = default;
};

// Virtual seconds per second are 10 to the power of it; kSpeedMax is as fast as possible.
inline constexpr int kSpeedMin = -4;
inline constexpr int kSpeedMax = 5;

struct UiState {
  // The run, as far as it is known. A live one grows.
  std::uint64_t events = 0;
  Instant end;

  // The instant.
  std::uint64_t event = 0;  // that many events have happened; at most `events`
  Instant time;             // between this event and the next one while playing
  bool playing = false;
  bool following = false;  // stays at the end of a live run
  int speed = -1;

  Selection selection;
  Hover hover;
  std::optional<ChosenRange> range;
  std::string filter;
  std::vector<std::uint64_t> bookmarks;  // ascending
  std::uint32_t violation = 0;           // which of them is shown
  std::uint32_t metric = 0;              // which of them is selected

  // The window.
  Preset preset = Preset::kOverview;
  PanelId focus = PanelId::kTimeline;
  Shares shares;
  Overlay overlay = Overlay::kNone;
  int tour = 0;            // which caption of it, from 0
  bool filtering = false;  // the filter's input has the keyboard
  bool legend = false;
  float scale = 1;                        // 0.5 to 4
  TimeWindow window;                      // of the timeline and of the metrics
  std::string lane;                       // that is selected, by its id; empty: none
  std::vector<std::string> hidden_lanes;  // ids, ascending
  std::vector<std::string> pinned_lanes;  // ids, in the order of their pinning
  std::int64_t scroll_lanes = 0;          // first one shown
  std::int64_t scroll_topics = 0;         // first row shown
  std::int64_t scroll_lines = 0;          // of the violation's text
  bool quit = false;

  bool operator==(const UiState&) const = default;
};
// Where the instant lies on the timeline's axis.
[[nodiscard]] std::int64_t axis_now(const UiState& state);

}  // namespace logarium::viz
