#pragma once
// Text as a JSON string: the one place that knows what JSON wants escaped.

#include <string>
#include <string_view>

namespace logarium {

// The text in double quotes. Quotes, backslashes and control characters are escaped; bytes from
// 0x80 on stay as they are, so UTF-8 stays UTF-8 and what is none is not valid JSON.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace logarium
