#include "sim/scenario/scenario_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sim/scenario/check.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/world/types.hpp"

namespace logarium::scenario {
namespace {

constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{16} << 20;

std::string first_sentence(const std::string& story) {
  for (std::size_t i = 0; i < story.size(); ++i) {
    const bool ends = story[i] == '.' || story[i] == '?' || story[i] == '!';
    if (ends && (i + 1 == story.size() || story[i + 1] == ' ')) return story.substr(0, i + 1);
  }
  return story;
}

ReadResult failed(const std::string& file, std::string message) {
  ReadResult out;
  out.problems.push_back({file, 1, 1, "", std::move(message)});
  return out;
}

}  // namespace

std::string to_string(const Problem& problem) {
  const std::string where = problem.path.empty() ? "" : " in " + problem.path;
  return fmt::format("{}:{}:{}: {}{}", problem.file, problem.line, problem.column, problem.message,
                     where);
}

ReadResult read(std::string_view text, std::string_view file) {
  ReadResult out;
  Findings findings{std::string(file)};
  const json::Parsed parsed = json::parse(text);
  if (!parsed.ok) {
    findings.add(parsed.place, "", parsed.error);
  } else {
    Reader(findings).read(parsed.value, bound(out.model), "");
    if (findings.problems().empty()) check(out.model, findings);
  }
  out.problems = std::move(findings.problems());
  std::stable_sort(out.problems.begin(), out.problems.end(),
                   [](const Problem& a, const Problem& b) {
                     return a.line != b.line ? a.line < b.line : a.column < b.column;
                   });
  return out;
}

ReadResult read_file(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path file(path);
  if (!std::filesystem::exists(file, failure)) return failed(path, "there is no such file");
  if (!std::filesystem::is_regular_file(file, failure)) return failed(path, "this is no file");
  if (std::filesystem::file_size(file, failure) > kFileBytesMax) {
    return failed(path, "the file is larger than 16 MiB; this is no scenario");
  }
  std::ifstream in(file, std::ios::binary);
  const std::uintmax_t size = std::filesystem::file_size(file, failure);
  std::string text(failure ? 0 : static_cast<std::size_t>(size), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (failure || !in) return failed(path, "the file cannot be read");
  return read(text, path);
}

std::vector<ListEntry> list(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator at(directory, failure);
  const std::filesystem::recursive_directory_iterator end;
  while (!failure && at != end) {
    const std::filesystem::path& path = at->path();
    const bool fits = path.extension() == ".json" && path.filename() != "schema.json";
    if (fits && at->is_regular_file(failure)) paths.push_back(path.generic_string());
    at.increment(failure);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<ListEntry> out;
  for (const std::string& path : paths) {
    ReadResult result = read_file(path);
    out.push_back({path, result.model.name, first_sentence(result.model.story),
                   result.model.expect.verdict, std::move(result.problems)});
  }
  return out;
}

const std::vector<std::string>& count_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out = {"acked",          "acked read back",   "consumed",
                                    "leader changes", "isr changes",       "faults",
                                    "rebalances",     "duplicates",        "explained losses",
                                    "elections",      "unclean elections", "controller changes",
                                    "truncations",    "records truncated", "bytes lost",
                                    "votes refused",  "messages",          "events"};
    for (std::size_t i = 0; i < world::kFaultKinds; ++i) {
      out.emplace_back(world::fault_name(static_cast<world::FaultKind>(i)));
    }
    return out;
  }();
  return names;
}

std::vector<std::string> rules_switched_off(const Model& model) {
  const Rules rules = rules_of(model);
  std::vector<std::string> out;
  for (const RuleInfo& info : rule_table()) {
    const bool by_cluster = info.rule == Rule::kElr && !model.cluster.elr;
    if (!rules.on(info.rule) && !by_cluster) out.emplace_back(info.name);
  }
  return out;
}

Model with_rules_on(Model model) {
  model.rules = {};
  model.proves.clear();
  model.expect.verdict = "pass";
  return model;
}

Rules rules_of(const Model& model) {
  Rules rules;
  for (const std::string& name : model.rules.off) {
    if (const auto rule = find_rule(name)) rules.switch_off(*rule);
  }
  if (model.rules.truncation == RuleSwitches::Truncation::kHighWatermark) {
    rules.switch_off(Rule::kTruncateByLeaderEpoch);
  }
  if (!model.cluster.elr) rules.switch_off(Rule::kElr);
  return rules;
}

}  // namespace logarium::scenario
