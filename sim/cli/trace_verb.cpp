#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode trace(const TraceVerb&) {
  complain("trace: not in this version");
  return ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
