#pragma once
// The words in which a message describes itself. In its .cpp each struct names every field once:
//
//   v("TopicId", m.topic_id, since(13));
//   v("Topic", m.topic, only(0, 12));
//   v("Records", m.records, since(0).nullable());
//   v("HighWatermark", m.high_watermark, since(18).tagged(1, kNoHighWatermark));
//
// The order is that of the wire, except that tagged fields follow after all others in the order of
// their tags (KIP-482), which is the order in which they are described.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/uuid.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/version_range.hpp"

namespace logarium::protocol {

// In place of a version: every field, whatever its versions.
inline constexpr std::int16_t kAllVersions = -1;

struct FieldSpec {
  static constexpr std::int16_t kUntagged = -1;

  VersionRange versions;
  std::int16_t nullable_from = std::numeric_limits<std::int16_t>::max();
  std::int16_t tag = kUntagged;
  std::int64_t default_number = 0;  // of a tagged number: it is not sent when it has this value

  // May be null in every version that has it.
  [[nodiscard]] constexpr FieldSpec nullable() const { return nullable(versions.min); }
  // May be null from that version on.
  [[nodiscard]] constexpr FieldSpec nullable(std::int16_t from) const {
    FieldSpec spec = *this;
    spec.nullable_from = from;
    return spec;
  }
  // Sent as a tagged field, and only when it differs from its default.
  [[nodiscard]] constexpr FieldSpec tagged(std::int16_t number,
                                           std::int64_t default_value = 0) const {
    FieldSpec spec = *this;
    spec.tag = number;
    spec.default_number = default_value;
    return spec;
  }
  [[nodiscard]] constexpr bool is_tagged() const { return tag != kUntagged; }
  [[nodiscard]] constexpr bool in(std::int16_t version) const { return versions.contains(version); }
  [[nodiscard]] constexpr bool may_be_null(std::int16_t version) const {
    return version >= nullable_from;
  }
};

[[nodiscard]] constexpr FieldSpec since(std::int16_t version) {
  return {.versions = {version, std::numeric_limits<std::int16_t>::max()}};
}
[[nodiscard]] constexpr FieldSpec only(std::int16_t first, std::int16_t last) {
  return {.versions = {first, last}};
}

// ---- kinds of values ----------------------------------------------------------------------------
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <>
struct IsList<Records> : std::false_type {};

template <class T>
concept NumberField = std::is_integral_v<T> || std::is_enum_v<T>;
template <class T>
concept OptionalField = IsOptional<T>::value;
template <class T>
concept ListField = IsList<T>::value;
template <class T>
concept StructField =
    !NumberField<T> && !OptionalField<T> && !ListField<T> && !std::is_same_v<T, std::string> &&
    !std::is_same_v<T, Uuid> && !std::is_same_v<T, Bytes> && !std::is_same_v<T, Records>;

// A number as the wire has it: enums by their underlying type, bool as one byte.
template <NumberField T>
[[nodiscard]] constexpr auto wire_number(T value) {
  if constexpr (std::is_same_v<T, bool>) {
    return static_cast<std::int8_t>(value ? 1 : 0);
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::underlying_type_t<T>>(value);
  } else {
    return value;
  }
}

// Whether a tagged field holds its default and is therefore left out.
template <class T>
[[nodiscard]] bool is_default(const T& value, const FieldSpec& spec) {
  if constexpr (NumberField<T>) {
    return static_cast<std::int64_t>(wire_number(value)) == spec.default_number;
  } else if constexpr (OptionalField<T>) {
    return !value.has_value();
  } else if constexpr (ListField<T>) {
    return value.empty();
  } else {
    return value == T{};
  }
}

}  // namespace logarium::protocol
