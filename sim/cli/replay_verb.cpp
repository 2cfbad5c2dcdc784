#include <fmt/format.h>

#include "engine/config/rules.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/run/replay.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::cli {
namespace {

// False after a complaint.
bool read_rules(const std::vector<std::string>& names, std::vector<Rule>& out) {
  for (const std::string& name : names) {
    const std::optional<Rule> rule = find_rule(name);
    if (rule) {
      out.push_back(*rule);
      continue;
    }
    std::vector<std::string> known;
    for (const RuleInfo& info : rule_table()) known.emplace_back(info.name);
    const std::string nearest = nearest_name(name, known);
    complain(fmt::format("replay: there is no rule \"{}\"; {}", name,
                         nearest.empty() ? "`logarium rules` lists them"
                                         : fmt::format("did you mean \"{}\"?", nearest)));
    return false;
  }
  return true;
}

}  // namespace

ExitCode replay(const ReplayVerb& verb) {
  run::ReplayOptions options;
  options.fingerprint = trace::source_fingerprint();
  if (!read_rules(verb.rules_off, options.off)) return ExitCode::kBadInput;
  const Result<std::vector<run::RecordedLog>> logs = run::find_logs(verb.directory);
  if (!logs) {
    complain("replay: " + logs.error().message);
    return ExitCode::kBadInput;
  }
  const run::ReplayReport report = run::replay(logs.value(), options);
  const bool json = verb.format == Format::kJson;
  if (!print(json ? run::to_json(report) : run::to_text(report))) return ExitCode::kOwnFailure;
  if (!report.readable()) return ExitCode::kBadInput;
  return report.equal() ? ExitCode::kAsExpected : ExitCode::kNotAsExpected;
}

}  // namespace logarium::cli
