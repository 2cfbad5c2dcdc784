#pragma once
// What one event of a run did, in full: the message that came, what it made of the node's state,
// and what went out. A run file does not hold this; running the scenario again to that event does.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "sim/run/timeline.hpp"
#include "sim/trace/event.hpp"

namespace logarium::run {

struct FieldChange {
  std::string path;           // in the node's described state
  std::string before, after;  // empty: not there
};

struct Inspection {
  trace::Event event;
  std::string message;                // the received message as JSON; empty when none came
  std::vector<FieldChange> changes;   // of the node's state, by path
  std::vector<std::string> messages;  // sent, as JSON, in order
  std::size_t file_operations = 0;    // issued
};

// Runs to the event. Fails when the run has no such event.
[[nodiscard]] Result<Inspection> inspect(Timeline& timeline, std::uint64_t event);

}  // namespace logarium::run
