#pragma once
// A SeedResult as one line of text, as it travels from a worker to the process that sweeps.

#include <optional>
#include <string>
#include <string_view>

#include "sim/explore/seed_result.hpp"

namespace logarium::explore {

// Ends with a line feed and holds no other.
[[nodiscard]] std::string to_line(const SeedResult& result);
// Empty when the line is none of ours.
[[nodiscard]] std::optional<SeedResult> from_line(std::string_view line);

}  // namespace logarium::explore
