#pragma once
// Outcome: what came of one run, as plain data. `run --json` prints it; scripts depend on its
// names. The verdict is the raw one; `as_expected` compares it with the scenario's `expect`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/base/uuid.hpp"
#include "sim/checkers/unavailability.hpp"
#include "sim/checkers/verdict.hpp"
#include "sim/world/types.hpp"

namespace logarium::run {

enum class Verdict : std::uint8_t {
  kPass,
  kFail,          // a property was violated, or an ENSURE failed
  kInconclusive,  // too little happened, or the deadline passed for no fault of the cluster
};
[[nodiscard]] std::string_view to_string(Verdict verdict);

// The last events that may have to do with a violation, one line each.
struct EventLine {
  std::uint64_t event = 0;
  Instant time;
  std::string node;
  std::string text;
};

struct Outcome {
  std::string scenario;       // its name
  std::string scenario_path;  // as given; for the commands that reproduce the run
  std::uint64_t seed = 0;
  bool rules_on = false;               // the caller put the scenario's rules in force again
  std::vector<std::string> rules_off;  // rules of the protocol that did not hold
  Verdict verdict = Verdict::kPass;
  bool as_expected = false;
  std::string expected;              // the scenario's words: "pass", "fail: R3"
  std::vector<std::string> reasons;  // why it is inconclusive or not as expected
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  Duration simulated;  // since ready
  Duration wall;       // includes loading; the caller fills it in
  std::map<std::string, std::int64_t> counts;
  std::map<std::string, std::uint64_t> fault_effects;  // by kind, those above 0
  std::uint64_t violation_count = 0;
  std::vector<checkers::Violation> violations;
  std::vector<checkers::ExplainedLoss> explained;
  std::vector<checkers::Unavailability> unavailable;  // partitions at the end, explained
  std::vector<std::string> node_names;                // by NodeIndex
  std::map<Uuid, std::string> topic_names;            // as far as the run knows them
  std::vector<EventLine> last_events;                 // before the first violation
  std::vector<std::string> node_lines;                // the state of each node at the end
  std::vector<std::string> remarks;                   // "beyond TCP": what a reader must know
};

// The text with topics by name where it says their ids.
[[nodiscard]] std::string with_topic_names(std::string text,
                                           const std::map<Uuid, std::string>& names);

// The one object of `run --json`.
[[nodiscard]] std::string to_json(const Outcome& outcome);
// One screen for a person; a failure with its explanation and the commands to reproduce it.
[[nodiscard]] std::string to_text(const Outcome& outcome);

}  // namespace logarium::run
