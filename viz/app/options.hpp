#pragma once
// What logarium-viewer was asked for on its command line, as plain data; main.cpp fills it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace logarium::viz {

struct ViewerOptions {
  std::string run;  // run file or scenario
  std::string at;   // "8412", "12.48s"; empty: the first violation, else the end
  int width = 1600, height = 900;
  float scale = 1;
  std::string partition;  // "orders-0": to be shown
  std::string filter;
  std::string preset = "overview";
  // One of these, or none: a window.
  std::string shot;    // PNG file to write
  std::string dump;    // panel to print
  std::string script;  // file of actions
  bool bench = false;
  std::uint64_t events =
      0;  // to be generated for the bench from a scenario; 0: `run` is a run file
};

// "1600x900". Fails with what would be right; 320 x 240 to 16384 x 16384.
[[nodiscard]] Result<std::pair<int, int>> parse_size(const std::string& text);

// What the program's end means, as for `logarium`.
enum class ViewerExit : int { kDone = 0, kBadInput = 3, kOwnFailure = 4 };

// Carries it out. Results go to stdout, all else to stderr.
[[nodiscard]] ViewerExit view(const ViewerOptions& options);

}  // namespace logarium::viz
