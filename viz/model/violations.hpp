#pragma once
// Violations panel: which properties were violated, what each means, what was expected and seen,
// how it came about, and the commands that show it again. A run that passes says so.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "sim/trace/run_info.hpp"

namespace logarium::viz {

// One step of an explanation.
struct CauseLine {
  std::uint64_t event = 0;
  std::string time_text;  // "12.396"
  std::string node_name;  // "broker-3"
  std::string text;
};

struct ViolationCard {
  std::string id;       // "R3"
  std::string name;     // "no acknowledged record is lost"
  std::string meaning;  // one sentence
  std::uint64_t event = 0;
  Instant time;
  std::uint32_t node = 0;
  std::string time_text;
  std::string node_name;
  std::string explanation, expected, seen;
  std::vector<CauseLine> causes;  // from the first to the last
};

// Records that are gone for a reason which the protocol allows.
struct LossCard {
  std::string partition;
  std::int64_t first = 0, records = 0;
  std::uint64_t event = 0;
  std::string time_text;
  std::string explanation;
  std::vector<CauseLine> causes;
};

// A partition that nobody may lead any more, for a reason that the faults explain.
struct UnavailableCard {
  std::string partition;
  std::string since_text;  // "61.200"
  std::string explanation;
  std::vector<CauseLine> causes;
};

struct ViolationsModel {
  std::string headline;  // "FAIL  1 violation", "pass", "inconclusive: ..."
  std::string verdict;   // "pass", "fail", "inconclusive"; empty while the run goes on
  bool as_expected = false;
  std::uint64_t count = 0;  // there may be more than cards
  std::vector<ViolationCard> cards;
  std::vector<LossCard> losses;
  std::vector<UnavailableCard> unavailable;
  std::vector<std::string> reasons;   // why it is inconclusive or not as expected
  std::vector<std::string> commands;  // that run it again, to be copied
  std::string remark;                 // what the run file does not tell; empty: it tells all
};

// `scenario_path` is where the scenario lies, if known; else the commands name the run file.
[[nodiscard]] Result<ViolationsModel> make_violations(const trace::RunInfo& info,
                                                      const std::string& scenario_path,
                                                      const std::string& run_path);
[[nodiscard]] std::string dump(const ViolationsModel& model);

}  // namespace logarium::viz
