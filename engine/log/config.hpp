#pragma once
// What a log is told about itself: limits and times of its topic and broker, and its identity.
// Many logs share one Config, so that an idle replica costs little.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/ids.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/config/topic_config.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::log {

// Kafka's names and meanings; times in ms, sizes in bytes.
struct Config {
  std::int64_t segment_bytes = 1024LL * 1024 * 1024;
  std::int64_t segment_ms = 7LL * 24 * 60 * 60 * 1000;
  std::int64_t segment_jitter_ms = 0;
  std::int64_t segment_index_bytes = 10 * 1024 * 1024;
  std::int64_t index_interval_bytes = 4096;
  std::int64_t retention_ms = 7LL * 24 * 60 * 60 * 1000;  // -1: no limit
  std::int64_t retention_bytes = -1;                      // -1: no limit
  std::int64_t file_delete_delay_ms = 60'000;
  std::int64_t flush_messages = INT64_MAX;
  std::int64_t flush_ms = INT64_MAX;
  std::int64_t max_message_bytes = 1'048'588;
  std::int64_t message_timestamp_before_max_ms = INT64_MAX;
  std::int64_t message_timestamp_after_max_ms = 3'600'000;
  bool log_append_time = false;          // message.timestamp.type=LogAppendTime
  bool delete_by_retention = true;       // cleanup.policy has "delete"
  bool compacted = false;                // cleanup.policy has "compact": records need keys
  std::optional<protocol::Codec> codec;  // compression.type; empty: as the producer sent it
  std::int64_t producer_id_expiration_ms = 86'400'000;
  // Bytes of the newest batches that stay in memory and are served without a read.
  std::int64_t tail_bytes = 256 * 1024;
  // The same for batches above the high watermark, where that is more.
  std::int64_t tail_unreplicated_bytes = 0;
  // Whether the hash chain and the hashes of contents in notes are kept; else they are 0.
  bool hash_chain = true;

  [[nodiscard]] static Config from(const TopicConfig& topic, const BrokerConfig& broker);
};
using ConfigRef = std::shared_ptr<const Config>;

// The slot of the metadata log; the replica manager counts its logs from 0.
inline constexpr std::uint32_t kMetadataLogSlot = 0xffff'fffe;
// The slot of the Directory of the same process.
inline constexpr std::uint32_t kDirectorySlot = 0xffff'ffff;

// Who a log is. A slot is used for one log only within an incarnation, so that an answer to a
// deleted log never reaches its successor.
struct Identity {
  std::uint32_t slot = 0;
  PartitionRef partition;
  std::string directory;  // "orders-0", or "data/orders-0"; its parent exists
  ConfigRef config;
  Rules rules;
};

}  // namespace logarium::log
