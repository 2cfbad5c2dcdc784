#include "engine/log/paths.hpp"

#include <cstdint>

#include "engine/base/ensure.hpp"

namespace logarium::log {
namespace {

constexpr std::size_t kDigits = 20;

// A non-negative decimal number; empty when it is none or does not fit.
std::optional<std::int64_t> parse_digits(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const std::int64_t digit = c - '0';
    if (value > (INT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace

std::string file_path(std::string_view directory, Offset base, std::string_view suffix) {
  ENSURE(base >= Offset(0));
  const std::string digits = std::to_string(base.value());
  std::string path;
  path.reserve(directory.size() + 1 + kDigits + suffix.size());
  path.append(directory).append("/");
  path.append(kDigits - digits.size(), '0').append(digits).append(suffix);
  return path;
}

std::optional<OffsetName> parse_offset_name(std::string_view name) {
  if (name.size() < kDigits) return std::nullopt;
  const auto base = parse_digits(name.substr(0, kDigits));
  if (!base || *base > kOffsetMax) return std::nullopt;
  return OffsetName{Offset(*base), name.substr(kDigits)};
}

std::optional<TopicPartition> parse_partition_directory(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const auto index = parse_digits(name.substr(dash + 1));
  if (!index || *index > INT32_MAX) return std::nullopt;
  return TopicPartition{std::string(name.substr(0, dash)),
                        PartitionIndex(static_cast<std::int32_t>(*index))};
}

}  // namespace logarium::log
