#pragma once
// Commands: the one table of what a person may ask for by key, palette or script. The keys overlay
// and the palette print it; a test holds that no two keys clash.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "viz/widgets/input.hpp"

namespace logarium::viz {

enum class Command : std::uint8_t {
  kPlay,
  kStepForward,
  kStepBack,
  kDivisionForward,
  kDivisionBack,
  kNextOfSelected,
  kPreviousOfSelected,
  kFollowFlow,
  kFollowFlowBack,
  kNextNotable,
  kPreviousNotable,
  kNextFault,
  kPreviousFault,
  kNextElection,
  kPreviousElection,
  kNextIsrChange,
  kPreviousIsrChange,
  kNextViolation,
  kPreviousViolation,
  kToStart,
  kToEnd,
  kFollowLive,
  kSpeed1,
  kSpeed2,
  kSpeed3,
  kSpeed4,
  kSpeed5,
  kSpeed6,
  kSpeed7,
  kSpeed8,
  kSpeed9,
  kFastest,
  kGoTo,
  kZoomIn,
  kZoomOut,
  kPanLeft,
  kPanRight,
  kCentre,
  kWholeRun,
  kToggleAxis,
  kPinLane,
  kHideLane,
  kShowAllLanes,
  kBookmark,
  kNextBookmark,
  kRange,
  kZoomToRange,
  kFilter,
  kFilterSelection,
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kEnter,
  kClear,
  kFocusCluster,
  kFocusReplicas,
  kFocusTopics,
  kFocusTimeline,
  kFocusEvents,
  kFocusViolations,
  kFocusMetrics,
  kFocusNext,
  kFocusPrevious,
  kOverview,
  kReplication,
  kGrowPanel,
  kShrinkPanel,
  kUsualPanels,
  kCopyCommand,
  kSave,
  kLegend,
  kPalette,
  kKeys,
  kTour,
  kLarger,
  kSmaller,
  kUsualSize,
  kQuit,
};

// A key with modifiers, or a character that is typed (so that it holds on every keyboard layout).
struct Shortcut {
  Key key = Key::kNone;
  Modifiers modifiers;
  char32_t character = 0;
  bool operator==(const Shortcut&) const = default;
};

struct CommandInfo {
  Command command;
  std::string_view id;       // "next-election": in scripts
  std::string_view text;     // "Next election": in the palette
  std::string_view tooltip;  // one sentence
  Shortcut shortcut;         // none: palette and scripts only
};

// In the order of Command.
[[nodiscard]] std::span<const CommandInfo> commands();
[[nodiscard]] const CommandInfo& info(Command command);
[[nodiscard]] std::optional<Command> find_command(std::string_view id);
// "Ctrl+P", "Shift+Right", "n"; empty without one.
[[nodiscard]] std::string to_string(const Shortcut& shortcut);
// "Play or pause (Space): Lets time go on..."
[[nodiscard]] std::string tooltip_of(Command command);
// What was asked for in a frame, in order. With `typing`, characters go to an input: only Escape,
// Enter, Up, Down and keys with Ctrl or Alt count then.
[[nodiscard]] std::vector<Command> commands_of(const FrameInput& input, bool typing);
// Those whose text or id has all words of the query, best first; all for an empty query.
[[nodiscard]] std::vector<Command> matching_commands(std::string_view query);

}  // namespace logarium::viz
