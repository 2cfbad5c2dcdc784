#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode sweep(const SweepVerb&) {
  complain("sweep: not in this version");
  return ExitCode::kOwnFailure;
}

ExitCode trace(const TraceVerb&) {
  complain("trace: not in this version");
  return ExitCode::kOwnFailure;
}

ExitCode bench(const BenchVerb&) {
  complain("bench: not in this version");
  return ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
