#include <fmt/format.h>

#include "engine/base/json_string.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/scenario/plan.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::cli {
namespace {

void complain_all(const std::vector<scenario::Problem>& problems) {
  for (const scenario::Problem& problem : problems) complain(scenario::to_string(problem));
}

ExitCode list(const ScenarioVerb& verb) {
  std::string out = verb.format == Format::kJson ? "[" : "";
  bool good = true;
  const std::vector<std::string> roots =
      verb.paths.empty() ? std::vector<std::string>{"scenarios"} : verb.paths;
  for (const std::string& root : roots) {
    for (const scenario::ListEntry& entry : scenario::list(root)) {
      complain_all(entry.problems);
      good = good && entry.problems.empty();
      if (verb.format == Format::kJson) {
        out += fmt::format(
            "{}\n  {{ \"path\": {}, \"name\": {}, \"story\": {}, \"verdict\": {}, \"valid\": {} }}",
            out.size() > 1 ? "," : "", json_quoted(entry.path), json_quoted(entry.name),
            json_quoted(entry.story), json_quoted(entry.verdict), entry.problems.empty());
      } else {
        out += fmt::format("{}  ({})\n    {}\n", entry.path, entry.verdict,
                           wrapped(entry.story, 96, 4));
      }
    }
  }
  if (verb.format == Format::kJson) out += "\n]\n";
  if (!print(out)) return ExitCode::kOwnFailure;
  return good ? ExitCode::kAsExpected : ExitCode::kBadInput;
}

// Reads each file and hands it on; problems of all of them are told.
template <class Show>
ExitCode each(const ScenarioVerb& verb, Show&& show) {
  bool good = true;
  std::string out;
  for (const std::string& path : verb.paths) {
    const scenario::ReadResult read = scenario::read_file(path);
    complain_all(read.problems);
    good = good && read.ok();
    if (read.ok()) out += show(path, read.model);
  }
  if (!print(out)) return ExitCode::kOwnFailure;
  return good ? ExitCode::kAsExpected : ExitCode::kBadInput;
}

}  // namespace

ExitCode scenario(const ScenarioVerb& verb) {
  switch (verb.what) {
    case ScenarioVerb::What::kList:
      return list(verb);
    case ScenarioVerb::What::kValidate:
      return each(verb, [](const std::string& path, const scenario::Model&) {
        return fmt::format("{}: valid\n", path);
      });
    case ScenarioVerb::What::kExplain:
      return each(verb, [](const std::string&, const scenario::Model& model) {
        return scenario::explain(model);
      });
    case ScenarioVerb::What::kSchema:
      return print(scenario::schema()) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
    case ScenarioVerb::What::kExport:
      return each(verb, [&](const std::string&, const scenario::Model& model) {
        const auto seed = verb.seed.value_or(static_cast<std::uint64_t>(model.seed));
        return scenario::write(scenario::resolve(model, seed).model);
      });
  }
  return ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
