#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "engine/base/digest.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/run/judge.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::cli {
namespace {

using Clock = std::chrono::steady_clock;

Duration since(Clock::time_point start) {
  return Duration{
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count()};
}

ExitCode exit_code_of(const run::Outcome& outcome) {
  if (outcome.as_expected) return ExitCode::kAsExpected;
  if (outcome.verdict == run::Verdict::kInconclusive) return ExitCode::kInconclusive;
  return ExitCode::kNotAsExpected;
}

run::Outcome run_once(const scenario::PlanRef& plan, const run::RunOptions& options) {
  run::Run run(plan, options);
  run.to_end();
  return run::judge(run);
}

// The same plan once more must give the same digest.
bool repeats(const run::Outcome& outcome, const scenario::PlanRef& plan,
             const run::RunOptions& options) {
  const run::Outcome again = run_once(plan, options);
  if (again.digest == outcome.digest && again.events == outcome.events) return true;
  complain(fmt::format("run: not deterministic: digest {} after {} events, then {} after {} events",
                       to_hex(outcome.digest), outcome.events, to_hex(again.digest), again.events));
  return false;
}

}  // namespace

ExitCode run(const RunVerb& verb) {
  const Clock::time_point start = Clock::now();
  const scenario::ReadResult read = scenario::read_file(verb.scenario);
  if (!read.ok()) {
    for (const scenario::Problem& problem : read.problems) complain(to_string(problem));
    return ExitCode::kBadInput;
  }
  const std::uint64_t seed = verb.seed.value_or(static_cast<std::uint64_t>(read.model.seed));
  const auto plan = std::make_shared<const scenario::Plan>(scenario::resolve(read.model, seed));
  const run::RunOptions options{.wire = verb.wire};
  run::Outcome outcome = run_once(plan, options);
  outcome.scenario_path = verb.scenario;
  outcome.wall = since(start);
  if (verb.verify && !repeats(outcome, plan, options)) return ExitCode::kOwnFailure;
  if (verb.format == Format::kText && outcome.verdict == run::Verdict::kFail) {
    run::add_failure_context(outcome, plan, options);
  }
  const std::string text =
      verb.format == Format::kJson ? run::to_json(outcome) : run::to_text(outcome);
  return print(text) ? exit_code_of(outcome) : ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
