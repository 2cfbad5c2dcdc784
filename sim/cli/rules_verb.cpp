#include <fmt/format.h>

#include "engine/base/json_string.hpp"
#include "engine/config/rules.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode rules(const RulesVerb& verb) {
  std::string out;
  if (verb.format == Format::kJson) {
    out = "[";
    for (const RuleInfo& rule : rule_table()) {
      out += fmt::format("{}\n  {{ \"name\": {}, \"meaning\": {}, \"source\": {} }}",
                         out.size() > 1 ? "," : "", json_quoted(rule.name),
                         json_quoted(rule.meaning), json_quoted(rule.source));
    }
    out += "\n]\n";
  } else {
    out =
        "Rules of the protocol. All are on; a scenario switches some off with\n"
        "\"rules\": { \"off\": [\"NAME\", ...] } to show what they protect from.\n\n";
    for (const RuleInfo& rule : rule_table()) {
      out += fmt::format("{}\n    {}\n    Source: {}\n", rule.name, wrapped(rule.meaning, 96, 4),
                         rule.source);
    }
  }
  return print(out) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
