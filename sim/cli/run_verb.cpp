#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include "engine/base/digest.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/recorder.hpp"
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

std::string whole_text(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(out).str();
}

// What a run file keeps as its scenario: the file's own text, unless its rules were put in force.
std::string scenario_text(const RunVerb& verb, const scenario::Model& model) {
  return verb.rules_on ? scenario::write(model) : whole_text(verb.scenario);
}

Result<run::Outcome> run_recorded(const scenario::PlanRef& plan, const run::RunOptions& options,
                                  const RunVerb& verb, const std::string& text) {
  Result<trace::RunFileWriter> file = trace::RunFileWriter::create(verb.record);
  if (!file) return file.error();
  run::Recorder recorder(file.value());
  run::Run run(plan, options);
  recorder.watch(run);
  run.to_end();
  const run::Outcome outcome = run::judge(run);
  if (const Result<> flushed = recorder.flush(); !flushed) return flushed.error();
  const trace::RunInfo info = run_info(run, outcome, text);
  if (const Result<> done = file.value().finish(info); !done) return done.error();
  return outcome;
}

// The scenario as it is to be run. Empty, and complained of, when it cannot be.
std::optional<scenario::Model> model_of(const RunVerb& verb) {
  scenario::ReadResult read = scenario::read_file(verb.scenario);
  for (const scenario::Problem& problem : read.problems) complain(to_string(problem));
  if (!read.ok()) return std::nullopt;
  if (!verb.rules_on) return std::move(read.model);
  if (scenario::rules_switched_off(read.model).empty()) {
    complain(fmt::format("run: --rules-on: {} switches no rule off", verb.scenario));
    return std::nullopt;
  }
  return with_rules_on(std::move(read.model));
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
  const std::optional<scenario::Model> model = model_of(verb);
  if (!model) return ExitCode::kBadInput;
  const std::uint64_t seed = verb.seed.value_or(static_cast<std::uint64_t>(model->seed));
  const auto plan = std::make_shared<const scenario::Plan>(scenario::resolve(*model, seed));
  const run::RunOptions options{.wire = verb.wire};
  Result<run::Outcome> ran = verb.record.empty()
                                 ? Result<run::Outcome>(run_once(plan, options))
                                 : run_recorded(plan, options, verb, scenario_text(verb, *model));
  if (!ran) {
    complain(ran.error().message);
    return ExitCode::kOwnFailure;
  }
  run::Outcome& outcome = ran.value();
  outcome.scenario_path = verb.scenario;
  outcome.rules_on = verb.rules_on;
  if (verb.rules_on) outcome.remarks.emplace_back("all rules on, whatever the scenario says");
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
