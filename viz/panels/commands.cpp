#include "viz/panels/commands.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace logarium::viz {
namespace {

constexpr Shortcut typed(char32_t character) { return {Key::kNone, {}, character}; }
constexpr Shortcut press(Key key) { return {key, {}, 0}; }
constexpr Shortcut ctrl(Key key) { return {key, {.ctrl = true}, 0}; }
constexpr Shortcut shift(Key key) { return {key, {.shift = true}, 0}; }
constexpr Shortcut alt(Key key) { return {key, {.alt = true}, 0}; }

constexpr CommandInfo kTable[] = {
    {Command::kPlay, "play", "Play or pause", "Lets time go on by itself, or stops it.",
     press(Key::kSpace)},
    {Command::kStepForward, "step", "One event forward", "Shows the instant after the next event.",
     press(Key::kRight)},
    {Command::kStepBack, "step-back", "One event back", "Shows the instant before this event.",
     press(Key::kLeft)},
    {Command::kDivisionForward, "division", "One division forward",
     "Goes on by one division of the timeline.", shift(Key::kRight)},
    {Command::kDivisionBack, "division-back", "One division back",
     "Goes back by one division of the timeline.", shift(Key::kLeft)},
    {Command::kNextOfSelected, "next-of-selected", "Next event of the selection",
     "To the next event of the selected node or partition.", ctrl(Key::kRight)},
    {Command::kPreviousOfSelected, "previous-of-selected", "Previous event of the selection",
     "To the previous event of the selected node or partition.", ctrl(Key::kLeft)},
    {Command::kFollowFlow, "follow-flow", "Along the flow", "From this event to what it led to.",
     typed(U']')},
    {Command::kFollowFlowBack, "follow-flow-back", "Back along the flow",
     "From this event to what led to it.", typed(U'[')},
    {Command::kNextNotable, "next-notable", "Next notable event",
     "To the next fault, election, ISR change, truncation or violation.", typed(U'n')},
    {Command::kPreviousNotable, "previous-notable", "Previous notable event",
     "To the fault, election, ISR change, truncation or violation before.", typed(U'N')},
    {Command::kNextFault, "next-fault", "Next fault", "To the next fault that begins or ends.",
     typed(U'b')},
    {Command::kPreviousFault, "previous-fault", "Previous fault", "To the fault before.",
     typed(U'B')},
    {Command::kNextElection, "next-election", "Next election",
     "To the next change of a partition's leader.", typed(U'o')},
    {Command::kPreviousElection, "previous-election", "Previous election",
     "To the change of a partition's leader before.", typed(U'O')},
    {Command::kNextIsrChange, "next-isr-change", "Next ISR change",
     "To the next change of the replicas in sync.", typed(U'i')},
    {Command::kPreviousIsrChange, "previous-isr-change", "Previous ISR change",
     "To the change of the replicas in sync before.", typed(U'I')},
    {Command::kNextViolation, "next-violation", "Next violation",
     "To the next event at which a property was violated.", typed(U'v')},
    {Command::kPreviousViolation, "previous-violation", "Previous violation",
     "To the event before at which a property was violated.", typed(U'V')},
    {Command::kToStart, "start", "To the start", "Shows the instant before the first event.",
     press(Key::kHome)},
    {Command::kToEnd, "end", "To the end", "Shows the instant after the last event.",
     press(Key::kEnd)},
    {Command::kFollowLive, "follow", "Follow", "Stays at the end of a run that is going on.",
     alt(Key::kRight)},
    {Command::kSpeed1, "speed-0.0001", "Speed 0.0001x", "10,000 seconds for one of the run.",
     typed(U'1')},
    {Command::kSpeed2, "speed-0.001", "Speed 0.001x", "1,000 seconds for one of the run.",
     typed(U'2')},
    {Command::kSpeed3, "speed-0.01", "Speed 0.01x", "100 seconds for one of the run.", typed(U'3')},
    {Command::kSpeed4, "speed-0.1", "Speed 0.1x", "10 seconds for one of the run.", typed(U'4')},
    {Command::kSpeed5, "speed-1", "Speed 1x", "One second for one of the run.", typed(U'5')},
    {Command::kSpeed6, "speed-10", "Speed 10x", "10 seconds of the run in one.", typed(U'6')},
    {Command::kSpeed7, "speed-100", "Speed 100x", "100 seconds of the run in one.", typed(U'7')},
    {Command::kSpeed8, "speed-1000", "Speed 1000x", "1,000 seconds of the run in one.",
     typed(U'8')},
    {Command::kSpeed9, "speed-10000", "Speed 10000x", "10,000 seconds of the run in one.",
     typed(U'9')},
    {Command::kFastest, "speed-max", "As fast as possible",
     "As many events per second as can be had.", typed(U'0')},
    {Command::kGoTo, "go-to", "Go to...", "To an event (#8412) or a time (12.48s).", typed(U'g')},
    {Command::kZoomIn, "zoom-in", "Zoom in", "Shows half of the timeline's part of the run.",
     typed(U'w')},
    {Command::kZoomOut, "zoom-out", "Zoom out", "Shows twice the timeline's part of the run.",
     typed(U's')},
    {Command::kPanLeft, "pan-left", "Pan left", "Moves the timeline to earlier events.",
     typed(U'a')},
    {Command::kPanRight, "pan-right", "Pan right", "Moves the timeline to later events.",
     typed(U'd')},
    {Command::kCentre, "centre", "Centre, then fit",
     "Moves the timeline to this instant; again: zooms in on it.", typed(U'f')},
    {Command::kWholeRun, "whole-run", "Whole run", "Shows the whole run in the timeline.",
     typed(U'F')},
    {Command::kToggleAxis, "axis", "Time or event order",
     "Spaces the timeline by time, or all events evenly.", typed(U't')},
    {Command::kPinLane, "pin-lane", "Pin the lane",
     "Keeps the selected node's lane on top, or lets go of it.", typed(U'p')},
    {Command::kHideLane, "hide-lane", "Hide the lane",
     "Takes the selected node's lane off the timeline.", typed(U'h')},
    {Command::kShowAllLanes, "show-lanes", "Show all lanes", "Brings hidden lanes back.",
     typed(U'H')},
    {Command::kBookmark, "bookmark", "Bookmark", "Marks this instant, or takes the mark away.",
     typed(U'm')},
    {Command::kNextBookmark, "next-bookmark", "Next bookmark",
     "To the next mark, after the last to the first.", typed(U'\'')},
    {Command::kRange, "range", "Range",
     "From here to wherever you go; again: up to here; again: none. Numbers are of it then.",
     typed(U'r')},
    {Command::kZoomToRange, "zoom-to-range", "Zoom to the range",
     "Fills the timeline with the range.", typed(U'R')},
    {Command::kFilter, "filter", "Filter", "Types into the filter of the events.", typed(U'/')},
    {Command::kFilterSelection, "filter-selection", "Filter by the selection",
     "Shows the events of the selected node and partition only.", typed(U'\\')},
    {Command::kUp, "up", "Up", "To the thing above in the panel that has the focus.",
     press(Key::kUp)},
    {Command::kDown, "down", "Down", "To the thing below in the panel that has the focus.",
     press(Key::kDown)},
    {Command::kPageUp, "page-up", "Page up", "Scrolls the panel that has the focus up.",
     press(Key::kPageUp)},
    {Command::kPageDown, "page-down", "Page down", "Scrolls the panel that has the focus down.",
     press(Key::kPageDown)},
    {Command::kEnter, "enter", "Enter", "Goes to what is chosen in the panel that has the focus.",
     press(Key::kEnter)},
    {Command::kClear, "clear", "Clear",
     "Closes what is open, else forgets the selection, the range, the filter.",
     press(Key::kEscape)},
    {Command::kFocusCluster, "focus-cluster", "Focus: cluster",
     "Arrows and Enter go to the servers.", press(Key::kF1)},
    {Command::kFocusReplicas, "focus-replicas", "Focus: replicas",
     "Arrows go to the replicas of the partition.", press(Key::kF2)},
    {Command::kFocusTopics, "focus-topics", "Focus: partitions", "Arrows go to the partitions.",
     press(Key::kF3)},
    {Command::kFocusTimeline, "focus-timeline", "Focus: timeline", "Arrows go to the lanes.",
     press(Key::kF4)},
    {Command::kFocusEvents, "focus-events", "Focus: events",
     "Arrows go to the events that the filter lets through.", press(Key::kF5)},
    {Command::kFocusViolations, "focus-violations", "Focus: violations",
     "Arrows go to the causes of the violation.", press(Key::kF6)},
    {Command::kFocusMetrics, "focus-metrics", "Focus: metrics", "Arrows go to the metrics.",
     press(Key::kF7)},
    {Command::kFocusNext, "focus-next", "Next panel", "The focus goes to the next panel.",
     press(Key::kTab)},
    {Command::kFocusPrevious, "focus-previous", "Previous panel",
     "The focus goes to the panel before.", shift(Key::kTab)},
    {Command::kOverview, "overview", "Overview", "All panels.", alt(Key::k1)},
    {Command::kReplication, "replication", "Replication", "The replicas of all partitions, large.",
     alt(Key::k2)},
    {Command::kGrowPanel, "grow-panel", "Larger panel",
     "Gives more room to the panel that has the focus.", typed(U'+')},
    {Command::kShrinkPanel, "shrink-panel", "Smaller panel",
     "Takes room from the panel that has the focus.", typed(U'-')},
    {Command::kUsualPanels, "usual-panels", "Usual panels", "Divides the window as it usually is.",
     typed(U'=')},
    {Command::kCopyCommand, "copy-command", "Copy the command",
     "Copies the command that runs this again up to this event.", typed(U'y')},
    {Command::kSave, "save", "Save picture and text",
     "Writes a PNG file of this window and the text of every panel.", typed(U'e')},
    {Command::kLegend, "legend", "Legend",
     "What the panels mean and what their colours and shapes stand for.", typed(U'l')},
    {Command::kPalette, "palette", "All commands", "Finds a command by its name.", ctrl(Key::kP)},
    {Command::kKeys, "keys", "Keys", "Prints all keys.", typed(U'?')},
    {Command::kTour, "tour", "Tour", "What is where, in six captions.", typed(U'T')},
    {Command::kLarger, "larger", "Larger", "Makes everything larger.", ctrl(Key::kEqual)},
    {Command::kSmaller, "smaller", "Smaller", "Makes everything smaller.", ctrl(Key::kMinus)},
    {Command::kUsualSize, "usual-size", "Usual size", "Makes everything as large as it usually is.",
     ctrl(Key::k0)},
    {Command::kQuit, "quit", "Quit", "Closes the viewer.", ctrl(Key::kQ)},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kTable); ++i) {
    if (static_cast<std::size_t>(kTable[i].command) != i) return false;
  }
  return std::size(kTable) == static_cast<std::size_t>(Command::kQuit) + 1;
}
static_assert(in_order());

constexpr std::string_view key_word(Key key) {
  switch (key) {
    case Key::kSpace:
      return "Space";
    case Key::kLeft:
      return "Left";
    case Key::kRight:
      return "Right";
    case Key::kUp:
      return "Up";
    case Key::kDown:
      return "Down";
    case Key::kHome:
      return "Home";
    case Key::kEnd:
      return "End";
    case Key::kPageUp:
      return "PgUp";
    case Key::kPageDown:
      return "PgDn";
    case Key::kEnter:
      return "Enter";
    case Key::kEscape:
      return "Esc";
    case Key::kTab:
      return "Tab";
    case Key::kP:
      return "P";
    case Key::kQ:
      return "Q";
    case Key::k0:
      return "0";
    case Key::k1:
      return "1";
    case Key::k2:
      return "2";
    case Key::kEqual:
      return "=";
    case Key::kMinus:
      return "-";
    default:
      return "";
  }
}

std::string key_text(Key key) {
  if (key >= Key::kF1 && key <= Key::kF8) {
    return "F" + std::to_string(static_cast<int>(key) - static_cast<int>(Key::kF1) + 1);
  }
  return std::string(key_word(key));
}

// While text is typed these go to the program nevertheless.
bool heard_while_typing(const FrameInput::Press& down) {
  if (down.modifiers.alt) return true;
  switch (down.key) {
    case Key::kEscape:
    case Key::kEnter:
    case Key::kUp:
    case Key::kDown:
      return true;
    case Key::kP:
    case Key::kQ:
    case Key::kEqual:
    case Key::kMinus:
    case Key::k0:
      return down.modifiers.ctrl;
    default:
      return down.key >= Key::kF1 && down.key <= Key::kF8;
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// How well a command fits: 0 not at all, more is better. A word that begins one of the text's
// words counts more than one inside of it.
int fit(const CommandInfo& command, std::string_view query) {
  const std::string text = lower(command.text) + " " + std::string(command.id);
  int total = 1;
  std::size_t at = 0;
  while (at < query.size()) {
    const std::size_t end = std::min(query.find(' ', at), query.size());
    const std::string word = lower(query.substr(at, end - at));
    at = end + 1;
    if (word.empty()) continue;
    const std::size_t found = text.find(word);
    if (found == std::string::npos) return 0;
    total += found == 0 ? 3 : text[found - 1] == ' ' ? 2 : 1;
  }
  return total;
}

}  // namespace

std::span<const CommandInfo> commands() { return kTable; }

const CommandInfo& info(Command command) { return kTable[static_cast<std::size_t>(command)]; }

std::optional<Command> find_command(std::string_view id) {
  for (const CommandInfo& each : kTable) {
    if (each.id == id) return each.command;
  }
  return std::nullopt;
}

std::string to_string(const Shortcut& shortcut) {
  if (shortcut.character != 0) return {static_cast<char>(shortcut.character)};
  if (shortcut.key == Key::kNone) return {};
  std::string out;
  if (shortcut.modifiers.ctrl) out += "Ctrl+";
  if (shortcut.modifiers.alt) out += "Alt+";
  if (shortcut.modifiers.shift) out += "Shift+";
  return out + key_text(shortcut.key);
}

std::string tooltip_of(Command command) {
  const CommandInfo& about = info(command);
  return std::string(about.text) + " (" + to_string(about.shortcut) +
         "): " + std::string(about.tooltip);
}

std::vector<Command> commands_of(const FrameInput& input, bool typing) {
  std::vector<Command> out;
  for (const FrameInput::Press& down : input.keys) {
    if (typing && !heard_while_typing(down)) continue;
    for (const CommandInfo& each : kTable) {
      if (each.shortcut.key == down.key && down.key != Key::kNone &&
          each.shortcut.modifiers == down.modifiers) {
        out.push_back(each.command);
      }
    }
  }
  if (typing) return out;
  for (const char32_t character : input.characters) {
    for (const CommandInfo& each : kTable) {
      if (each.shortcut.character == character && character != 0) out.push_back(each.command);
    }
  }
  return out;
}

std::vector<Command> matching_commands(std::string_view query) {
  std::vector<std::pair<int, Command>> found;
  for (const CommandInfo& each : kTable) {
    if (const int how = fit(each, query); how > 0) found.emplace_back(how, each.command);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Command> out;
  for (const auto& [how, command] : found) out.push_back(command);
  return out;
}

}  // namespace logarium::viz
