#pragma once
// Long run: a run file of as many events as wanted, to measure a viewer with. It really simulates a
// story, longer than the story says and with a broker that dies and comes back every twenty
// seconds; without checkers, so it has no verdict. The same arguments give the same events.

#include <cstdint>
#include <string>

#include "engine/base/result.hpp"
#include "sim/scenario/model.hpp"

namespace logarium::run {

// Begins `path` anew. The file has at least `events` events, and few more. Fails where the file
// cannot be written, or when the story's cluster does not become ready.
[[nodiscard]] Result<> record_long_run(scenario::Model story, std::uint64_t events,
                                       const std::string& path);

}  // namespace logarium::run
