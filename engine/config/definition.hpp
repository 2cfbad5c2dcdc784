#pragma once
// How a config is defined once: `fields(visitor)` of a config struct names each config by its
// Kafka name, with its member, its range and one line of meaning; the default is the member's
// initialiser. Parsing, validation, defaults, DescribeConfigs and documentation are visitors.

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace logarium {

struct Range {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};
inline constexpr Range kAny{};
inline constexpr Range kPositive{1, std::numeric_limits<std::int64_t>::max()};
inline constexpr Range kNonNegative{0, std::numeric_limits<std::int64_t>::max()};
inline constexpr Range kMinusOneOrMore{-1, std::numeric_limits<std::int64_t>::max()};

// Name to text, as in a properties file.
using Properties = std::map<std::string, std::string>;

// The nearest of the candidates to a misspelt name; empty when none is near.
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       const std::vector<std::string>& candidates);

// A name with an allowed set of words, e.g. auto.offset.reset.
struct Words {
  std::string_view allowed;  // "latest|earliest|none"
};

}  // namespace logarium
