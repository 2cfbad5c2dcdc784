#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode bench(const BenchVerb&) {
  complain("bench: not in this version");
  return ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
