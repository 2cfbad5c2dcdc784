#pragma once
// A 128-bit identifier as Kafka uses it for topics, directories, incarnations and clusters.
// Text form: 22 characters of URL-safe base64 without padding, as Kafka prints it.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace logarium {

struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  [[nodiscard]] constexpr bool is_zero() const { return high == 0 && low == 0; }
  constexpr auto operator<=>(const Uuid&) const = default;
};

// Kafka's Uuid.ZERO_UUID: "no topic id".
inline constexpr Uuid kZeroUuid{};
// The topic id of __cluster_metadata (Kafka: Uuid.METADATA_TOPIC_ID).
inline constexpr Uuid kMetadataTopicId{0, 1};

[[nodiscard]] std::string to_string(Uuid id);
// Empty when the text is not 22 characters of URL-safe base64.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

}  // namespace logarium
