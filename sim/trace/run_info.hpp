#pragma once
// Run info: what is said of a whole run beside its events.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "sim/trace/view.hpp"

namespace logarium::trace {

struct RunInfo {
  // Known at the start.
  std::string scenario;  // the file's text, numbers not yet drawn
  std::string scenario_name;
  std::uint64_t seed = 0;
  std::string fingerprint;  // of the sources that ran it
  std::vector<NodeInfo> nodes;
  // Known at the end.
  std::map<Uuid, std::string> topics;  // names, as far as the run knew them
  std::string verdict;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  std::string outcome;  // the object of `run --json`
};

}  // namespace logarium::trace
