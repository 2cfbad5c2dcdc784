#pragma once
// Scripts: actions as text, one per line, carried out without a display:
//
//   seek 8412            to an event or a time
//   do next-election     any command by its id
//   key Ctrl+Right       a key as the keys overlay prints it; a character is typed
//   type kind=ELECT      text, character by character
//   click bar/play       the middle of the thing of that path; `click timeline/ruler 0.25` a part
//   of
//                        its width
//   wheel timeline/ruler 3
//   drag timeline/ruler 0.2 0.6    `drag timeline/lanes 0.2 0.6 ctrl` with Ctrl held
//   drag split/overview-timeline 0.5 0.5 up 40   and so many pixels up, or down
//   select node b2 | select partition orders-0 | select offset 1206
//   filter kind=ELECT    sets the events' filter
//   pass 250ms           lets time go on, in frames
//   size 1280x720        what follows is in a window of that size
//   shot FILE            writes a picture; `do save` one and all panels' texts, NAME-EVENT.png,
//   .txt dump PANEL [FILE]    prints a panel, or writes it expect event 8412    fails when
//   something else is shown: event, time, partition, node, focus,
//                        filter, range, playing
//   # a comment
//
// A wrong line fails with its number and what would be right.

#include <istream>
#include <ostream>

#include "viz/app/options.hpp"
#include "viz/app/viewer.hpp"

namespace logarium::viz {

// The script's file, or stdin for "-"; output to stdout.
[[nodiscard]] Result<> run_script(Viewer& viewer, const ViewerOptions& options);
[[nodiscard]] Result<> run_script(Viewer& viewer, const ViewerOptions& options,
                                  std::istream& script, std::ostream& out);

// "Ctrl+Shift+Right", "F5", "Esc"; a single character stands for itself.
[[nodiscard]] std::optional<Shortcut> parse_shortcut(std::string_view text);

}  // namespace logarium::viz
