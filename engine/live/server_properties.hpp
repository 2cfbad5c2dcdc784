#pragma once
// Kafka's server.properties as a plan for one node. What is not understood is an error with file,
// line and the nearest name; what Kafka knows and has no meaning here is passed over with a remark.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/plan.hpp"

namespace logarium::live {

struct PropertyLine {
  std::string name;
  std::string value;
  int line = 0;  // from 1; of the first of joined lines
};
// The entries of a properties file as Java reads them: '=', ':' or blanks after the name, comments
// with '#' or '!', lines joined by a '\' at their end, and escapes.
[[nodiscard]] std::vector<PropertyLine> parse_properties(std::string_view text);

struct ServerFile {
  std::string path;
  // Set after the file: --set NAME=VALUE.
  Properties overrides{};
  std::optional<NodeId> node{};          // instead of node.id; must agree with it
  std::optional<std::string> log_dir{};  // instead of log.dirs
};
// Error: the file cannot be read, a line is wrong, or the whole makes no node.
[[nodiscard]] Result<ClusterPlan> plan_from_file(const ServerFile& file);

}  // namespace logarium::live
