#pragma once
// The words that notes use for the values of their enums, for those who show the values themselves.

#include <string>

#include "engine/base/note.hpp"

namespace logarium {

// "prospective", "leader", ...; the number of a role that is none (a damaged run file).
[[nodiscard]] std::string to_string(note::QuorumRole role);

}  // namespace logarium
