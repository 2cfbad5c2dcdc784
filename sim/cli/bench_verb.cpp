#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "engine/base/json_string.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/explore/goals.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::cli {
namespace {

constexpr const char* kS0 = "scenarios/bench/s0.json";

// Below the current directory, or beside the folder that this program was built in.
std::string path_of_s0() {
  std::error_code failure;
  if (std::filesystem::exists(kS0, failure)) return kS0;
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", failure);
  while (!failure && folder.has_relative_path()) {
    folder = folder.parent_path();
    if (std::filesystem::exists(folder / kS0, failure)) return (folder / kS0).string();
  }
  return kS0;
}

std::string goal_text(const explore::GoalLine& line) {
  const bool at_least = line.sense == explore::GoalLine::Sense::kAtLeast;
  return fmt::format("{:<4} {:<46} {:>10.3g} {:<6} {} {:>6g}   {}", line.goal, line.what,
                     line.measured, line.unit, at_least ? ">=" : "<=", line.aim,
                     line.met() ? "met" : "not met");
}

std::string json_of(const explore::GoalReport& report) {
  std::string out =
      fmt::format("{{\n  \"scenario\": \"s0\",\n  \"digest\": {},\n  \"events\": {},\n",
                  json_quoted(report.digest), report.events);
  out += "  \"goals\": [";
  for (const explore::GoalLine& line : report.lines) {
    const bool at_least = line.sense == explore::GoalLine::Sense::kAtLeast;
    out += fmt::format(
        "{}\n    {{ \"goal\": {}, \"what\": {}, \"measured\": {:.6g}, \"unit\": {}, "
        "\"aim\": {}, \"sense\": {}, \"met\": {} }}",
        &line == report.lines.data() ? "" : ",", json_quoted(line.goal), json_quoted(line.what),
        line.measured, json_quoted(line.unit), line.aim,
        json_quoted(at_least ? "at least" : "at most"), line.met());
  }
  return out + "\n  ]\n}\n";
}

}  // namespace

ExitCode bench(const BenchVerb& verb) {
  const std::vector<std::string>& known = explore::goal_names();
  for (const std::string& goal : verb.goals) {
    if (std::find(known.begin(), known.end(), goal) != known.end()) continue;
    complain(
        fmt::format("bench: there is no goal \"{}\"; there are {}", goal, fmt::join(known, ", ")));
    return ExitCode::kBadInput;
  }
  const scenario::ReadResult read = scenario::read_file(path_of_s0());
  if (!read.ok()) {
    for (const scenario::Problem& problem : read.problems) complain(to_string(problem));
    return ExitCode::kBadInput;
  }
  explore::GoalOptions options;
  options.goals = verb.goals;
  if (verb.format == Format::kText) {
    print("Processor time of one core, median of 3 runs, all checkers on.\n\n");
    options.found = [](const explore::GoalLine& line) { print(goal_text(line) + "\n"); };
  }
  const auto report = explore::measure_goals(read.model, options);
  if (!report) {
    complain("bench: a measuring process could not be started or died");
    return ExitCode::kOwnFailure;
  }
  const std::string text =
      verb.format == Format::kJson
          ? json_of(*report)
          : fmt::format("\nS0: digest {}, {} events\n", report->digest, report->events);
  return print(text) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
