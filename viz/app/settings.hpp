#pragma once
// Settings: what the window keeps from one time to the next: how it is divided, and that the tour
// has been seen. Only the window reads and writes them; pictures, dumps, scripts and tests of
// panels are the same for everyone.

#include <string>

#include "engine/base/result.hpp"
#include "viz/panels/shares.hpp"

namespace logarium::viz {

struct Settings {
  Shares shares;
  bool tour_seen = false;
  bool operator==(const Settings&) const = default;
};

// $XDG_CONFIG_HOME/logarium/viewer.conf, else $HOME/.config/logarium/viewer.conf; empty without
// both.
[[nodiscard]] std::string settings_path();
// Lines "name = value"; what is missing, unknown or out of range is as usual. No file: all as
// usual.
[[nodiscard]] Settings read_settings(const std::string& path);
// Makes the folder. The file is whole at every instant. Fails with what cannot be written and why.
[[nodiscard]] Result<> write_settings(const std::string& path, const Settings& settings);

}  // namespace logarium::viz
