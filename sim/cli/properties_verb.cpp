#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>

#include "engine/base/json_string.hpp"
#include "sim/checkers/suite.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/explore/prove.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::cli {
namespace {

ExitCode list(Format format) {
  std::string out;
  if (format == Format::kJson) {
    out = "[";
    for (const checkers::Property& property : checkers::all_properties()) {
      out += fmt::format("{}\n  {{ \"id\": {}, \"name\": {}, \"meaning\": {} }}",
                         out.size() > 1 ? "," : "", json_quoted(property.id),
                         json_quoted(property.name), json_quoted(property.meaning));
    }
    out += "\n]\n";
  } else {
    out = "What every run is judged by.\n\n";
    for (const checkers::Property& property : checkers::all_properties()) {
      out += fmt::format("{:<4} {}\n     {}\n", property.id, property.name,
                         wrapped(property.meaning, 96, 5));
    }
  }
  return print(out) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
}

bool wanted(const PropertiesVerb& verb, std::string_view id) {
  return verb.ids.empty() || std::find(verb.ids.begin(), verb.ids.end(), id) != verb.ids.end();
}

bool is_property(std::string_view id) {
  const auto all = checkers::all_properties();
  return std::any_of(all.begin(), all.end(),
                     [id](const checkers::Property& property) { return property.id == id; });
}

// The scenarios of the folder. Empty, and complained of, when one is none or proves no property.
std::optional<std::vector<explore::ProofCase>> cases_of(const PropertiesVerb& verb) {
  if (!std::filesystem::is_directory(verb.folder)) {
    complain(fmt::format("properties: --scenarios {}: there is no such folder", verb.folder));
    return std::nullopt;
  }
  std::vector<explore::ProofCase> cases;
  bool good = true;
  for (const scenario::ListEntry& entry : scenario::list(verb.folder)) {
    scenario::ReadResult read = scenario::read_file(entry.path);
    for (const scenario::Problem& problem : read.problems) complain(to_string(problem));
    const std::string& id = read.model.proves;
    if (read.ok() && !is_property(id)) {
      complain(id.empty() ? entry.path + ": the key \"proves\" is missing; it names a property's id"
                          : fmt::format("{}: \"proves\": there is no property {}", entry.path, id));
    }
    good = good && read.ok() && is_property(id);
    if (wanted(verb, id)) cases.push_back({entry.path, std::move(read.model)});
  }
  return good ? std::optional(std::move(cases)) : std::nullopt;
}

ExitCode prove(const PropertiesVerb& verb) {
  for (const std::string& id : verb.ids) {
    if (is_property(id)) continue;
    complain(
        fmt::format("properties: there is no property {}; `logarium properties` lists them", id));
    return ExitCode::kBadInput;
  }
  const std::optional<std::vector<explore::ProofCase>> cases = cases_of(verb);
  if (!cases) return ExitCode::kBadInput;
  std::vector<checkers::Property> properties;
  for (const checkers::Property& property : checkers::all_properties()) {
    if (wanted(verb, property.id)) properties.push_back(property);
  }
  std::vector<checkers::Unproved> unproved;
  for (const checkers::Unproved& one : checkers::unproved_properties()) {
    if (wanted(verb, one.id)) unproved.push_back(one);
  }
  const std::uint32_t jobs =
      verb.jobs > 0 ? verb.jobs : std::max(1U, std::thread::hardware_concurrency());
  const explore::Proofs proofs = explore::prove(properties, unproved, *cases, jobs);
  if (!proofs.complete) complain("properties: the system refuses to start worker processes");
  const std::string text =
      verb.format == Format::kJson ? explore::to_json(proofs) : explore::to_text(proofs);
  if (!print(text) || !proofs.complete) return ExitCode::kOwnFailure;
  return proofs.hold() ? ExitCode::kAsExpected : ExitCode::kNotAsExpected;
}

}  // namespace

ExitCode properties(const PropertiesVerb& verb) {
  return verb.prove ? prove(verb) : list(verb.format);
}

}  // namespace logarium::cli
