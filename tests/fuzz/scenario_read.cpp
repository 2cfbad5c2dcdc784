// Arbitrary bytes as a scenario file: reading gives a model or problems with a place, never a
// crash; a model that was read resolves and reads again as it was written.

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/ensure.hpp"
#include "sim/scenario/plan.hpp"
#include "sim/scenario/scenario_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logarium;
  using namespace logarium::scenario;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ReadResult result = read(text, "fuzz");
  for (const Problem& problem : result.problems) ENSURE(problem.line >= 1 && problem.column >= 1);
  if (!result.ok()) return 0;
  const std::string written = write(result.model);
  const ReadResult again = read(written, "again");
  ENSURE(again.ok());
  ENSURE(write(again.model) == written);
  ENSURE(!explain(result.model).empty());
  static_cast<void>(resolve(result.model, 1));
  return 0;
}
