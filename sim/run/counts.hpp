#pragma once
// What a run counts, by the names of scenario::count_names(): effects, not attempts.

#include <cstdint>
#include <map>
#include <string>

#include "sim/run/run.hpp"

namespace logarium::run {

// Every name of scenario::count_names(); in wire mode also "message bytes".
[[nodiscard]] std::map<std::string, std::int64_t> counts_of(const Run& run);
// By kind of fault, those above 0.
[[nodiscard]] std::map<std::string, std::uint64_t> fault_effects_of(const Run& run);

}  // namespace logarium::run
