#pragma once
// The small text files of a log directory in Kafka's formats, and the one safe way to replace a
// file: write beside it, sync, rename, sync the directory.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/ids.hpp"
#include "engine/base/node.hpp"
#include "engine/base/result.hpp"

namespace logarium::log {

using OffsetMap = std::map<TopicPartition, Offset>;

// "0", count, then "topic partition offset" lines.
[[nodiscard]] std::string encode_offsets(const OffsetMap& offsets);
[[nodiscard]] Result<OffsetMap> decode_offsets(std::string_view text);

// "version: 0" and "topic_id: <uuid>": partition.metadata (KIP-516).
[[nodiscard]] std::string encode_partition_metadata(Uuid topic);
[[nodiscard]] Result<Uuid> decode_partition_metadata(std::string_view text);

// meta.properties, version 1 (KIP-858).
struct MetaProperties {
  Uuid cluster;
  NodeId node;
  Uuid directory;
};
[[nodiscard]] std::string encode_meta(const MetaProperties& meta);
[[nodiscard]] Result<MetaProperties> decode_meta(std::string_view text);

// A decimal integer that fills the whole text.
[[nodiscard]] Result<std::int64_t> parse_integer(std::string_view text);
// Splits off the text up to the next `separator`, which is dropped.
[[nodiscard]] std::string_view take_until(std::string_view& text, char separator);

// Replaces `path` as a whole: after a crash it holds the old bytes or the new ones. The operations
// carry `step`, the last one `done`; a failure of any of them means that the file is unchanged.
struct AtomicWrite {
  std::string path;
  Bytes content;
  Cookie step;
  Cookie done;
};
void replace_file(StepContext& ctx, AtomicWrite write);

// The part of a path before its last '/'; "" when there is none.
[[nodiscard]] std::string parent_of(std::string_view path);
// `directory`/`name`, or `name` when the directory is "".
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view name);

}  // namespace logarium::log
