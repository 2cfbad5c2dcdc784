#pragma once
// Coder: the memory that encoder and decoder of a chunk share, so that what comes again is short:
// partitions and hashes get a number at their first use, other fields are told as the difference
// to the same field of the last note of that kind about that partition. It lives as long as one
// chunk; chunks stand alone.

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"
#include "engine/base/time.hpp"
#include "sim/trace/flat_map.hpp"

namespace logarium::trace {

inline constexpr std::size_t kNoteFieldsMax = 8;

struct PartitionHash {
  std::size_t operator()(const PartitionRef& ref) const {
    constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
    const auto partition = static_cast<std::uint64_t>(ref.partition.value());
    return static_cast<std::size_t>((ref.topic.high ^ ref.topic.low * kSpread) + partition);
  }
};

struct CoderState {
  struct NodeLast {
    std::uint64_t number = 0;
    std::int32_t correlation = 0;
  };
  using Fields = std::array<std::int64_t, kNoteFieldsMax>;

  std::vector<PartitionRef> partitions;
  std::vector<std::uint64_t> hashes;
  // By node and kind of input.
  FlatMap<NodeLast> lasts;
  // By kind of note and partition (its number + 1, or 0).
  FlatMap<Fields> fields;

  void clear() {
    partitions.clear();
    hashes.clear();
    lasts.clear();
    fields.clear();
  }

  NodeLast& last(std::uint32_t node, std::size_t kind, std::int16_t api) {
    return lasts
        .get((std::uint64_t{node} << 24) | (std::uint64_t{kind} << 16) |
             static_cast<std::uint16_t>(api))
        .value;
  }
  Fields& note(std::size_t kind, std::uint64_t partition) {
    return fields.get((partition << 8) | kind).value;
  }
};

// A field that is neither a partition, a topic nor a hash, as a whole number and back.
template <class T>
[[nodiscard]] std::int64_t plain(const T& value) {
  if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (std::is_same_v<T, Duration> || std::is_same_v<T, WallTime> ||
                       std::is_same_v<T, Instant>) {
    return value.ns;
  } else {
    return static_cast<std::int64_t>(value.value());
  }
}
template <class T>
void set_plain(T& value, std::int64_t number) {
  if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    value = static_cast<T>(number);
  } else if constexpr (std::is_same_v<T, Duration> || std::is_same_v<T, WallTime> ||
                       std::is_same_v<T, Instant>) {
    value = T{number};
  } else {
    value = T(static_cast<typename T::rep>(number));
  }
}

}  // namespace logarium::trace
