#pragma once

#include <string>
#include <string_view>

namespace logarium::cli {

// Writes to stdout; false when that fails (a full disk, a closed pipe).
bool print(std::string_view text);
// Writes a line to stderr.
void complain(std::string_view text);
// Breaks text at spaces so that lines are at most `width` long; later lines start with `indent`
// spaces.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace logarium::cli
