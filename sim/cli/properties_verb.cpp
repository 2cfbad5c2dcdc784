#include <fmt/format.h>

#include "sim/checkers/suite.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode properties(const PropertiesVerb& verb) {
  std::string out;
  if (verb.format == Format::kJson) {
    out = "[";
    for (const checkers::Property& property : checkers::all_properties()) {
      out += fmt::format("{}\n  {{ \"id\": {}, \"name\": {}, \"meaning\": {} }}",
                         out.size() > 1 ? "," : "", quoted(property.id), quoted(property.name),
                         quoted(property.meaning));
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

}  // namespace logarium::cli
