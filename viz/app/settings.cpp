#include "viz/app/settings.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace logarium::viz {
namespace {

constexpr std::string_view kTourSeen = "tour-seen";

std::string folder_of_user() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const std::string config = variable("XDG_CONFIG_HOME");
  // The specification has relative paths ignored.
  if (config.starts_with('/')) return config;
  const std::string home = variable("HOME");
  return home.starts_with('/') ? home + "/.config" : "";
}

void read_line(const std::string& line, Settings& settings) {
  std::istringstream in(line);
  std::string name;
  std::string sign;
  if (!(in >> name >> sign) || sign != "=") return;
  if (name == kTourSeen) {
    std::string value;
    settings.tour_seen = in >> value && value == "yes";
    return;
  }
  const auto split = find_split(name);
  float share = 0;
  if (split && in >> share) settings.shares.set(split->preset, split->split, share);
}

std::string text_of(const Settings& settings) {
  std::string out =
      "# Logarium's viewer: how its window is divided. Without this file: as usual.\n";
  for (std::size_t preset = 0; preset < kPresets; ++preset) {
    for (std::size_t split = 0; split < kSplits; ++split) {
      out += fmt::format("{} = {:.4f}\n",
                         split_name(static_cast<Preset>(preset), static_cast<Split>(split)),
                         settings.shares.of[preset][split]);
    }
  }
  return out + fmt::format("{} = {}\n", kTourSeen, settings.tour_seen ? "yes" : "no");
}

}  // namespace

std::string settings_path() {
  const std::string folder = folder_of_user();
  return folder.empty() ? "" : folder + "/logarium/viewer.conf";
}

Settings read_settings(const std::string& path) {
  Settings out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) read_line(line, out);
  return out;
}

Result<> write_settings(const std::string& path, const Settings& settings) {
  const std::filesystem::path target(path);
  std::error_code failure;
  std::filesystem::create_directories(target.parent_path(), failure);
  const std::string beside = path + ".new";
  {
    std::ofstream file(beside);
    file << text_of(settings);
    if (!file.flush()) return Error{path + ": cannot be written"};
  }
  std::filesystem::rename(beside, target, failure);
  if (failure) return Error{path + ": cannot be written: " + failure.message()};
  return Ok{};
}

}  // namespace logarium::viz
