#pragma once
// Scenario files: reading with every mistake at its place, and what the `logarium scenario` verbs
// show: the JSON Schema, an explanation, a list, a model as a file again.

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/model.hpp"

namespace logarium::scenario {

// One mistake: what is wrong and what would be right. Line and column count from 1, in bytes.
struct Problem {
  std::string file;
  int line = 1;
  int column = 1;
  std::string path;  // "faults[2].when.nth"; empty for the whole file
  std::string message;
};
// "file:12:5: message in faults[2]"
[[nodiscard]] std::string to_string(const Problem& problem);

struct ReadResult {
  Model model;  // unspecified when there are problems
  std::vector<Problem> problems;
  [[nodiscard]] bool ok() const { return problems.empty(); }
};
// Reads and checks a scenario; `file` names it in problems. Several mistakes are reported at once,
// at most kProblemsMax.
inline constexpr std::size_t kProblemsMax = 20;
[[nodiscard]] ReadResult read(std::string_view text, std::string_view file);
// The same from the file system; a file that cannot be read is a problem too.
[[nodiscard]] ReadResult read_file(const std::string& path);

// The model as a scenario file; keys at their defaults are left out. read(write(m)) equals m.
[[nodiscard]] std::string write(const Model& model);
// JSON Schema of scenario files; scenarios/schema.json is this text.
[[nodiscard]] std::string schema();
// What the scenario says, in lines for a person.
[[nodiscard]] std::string explain(const Model& model);

struct ListEntry {
  std::string path;
  std::string name;
  std::string story;  // its first sentence
  std::string verdict;
  std::vector<Problem> problems;  // when it does not read
};
// All scenario files (*.json except schema.json) below a directory, in order of path.
[[nodiscard]] std::vector<ListEntry> list(const std::string& directory);

}  // namespace logarium::scenario
