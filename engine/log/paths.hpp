#pragma once
// Names of a log's files, as Kafka writes them: 20-digit base offset and a suffix.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/ids.hpp"

namespace logarium::log {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
inline constexpr std::string_view kDeletedSuffix = ".deleted";
inline constexpr std::string_view kTemporarySuffix = ".tmp";
inline constexpr std::string_view kEpochCheckpoint = "leader-epoch-checkpoint";
inline constexpr std::string_view kPartitionMetadata = "partition.metadata";

// Offsets beyond this are taken for damage wherever they are read, so that sums never overflow.
inline constexpr std::int64_t kOffsetMax = INT64_MAX / 2;

// "orders-0/00000000000000000042.log"
[[nodiscard]] std::string file_path(std::string_view directory, Offset base,
                                    std::string_view suffix);

struct OffsetName {
  Offset base;
  std::string_view suffix;  // what follows the 20 digits
};
// Empty when the name does not start with 20 digits of a valid offset.
[[nodiscard]] std::optional<OffsetName> parse_offset_name(std::string_view name);

// "orders-0" => topic and partition; empty when it is no name of a partition directory.
[[nodiscard]] std::optional<TopicPartition> parse_partition_directory(std::string_view name);

}  // namespace logarium::log
