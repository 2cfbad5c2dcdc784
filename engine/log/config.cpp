#include "engine/log/config.hpp"

#include "engine/protocol/codec.hpp"

namespace logarium::log {
namespace {

// compression.type; "producer" and what is no codec leave batches as they are.
std::optional<protocol::Codec> codec_of(const std::string& name) {
  using protocol::Codec;
  if (name == "uncompressed") return Codec::kNone;
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    if (name == protocol::name_of(codec)) return codec;
  }
  return std::nullopt;
}

}  // namespace

Config Config::from(const TopicConfig& topic, const BrokerConfig& broker) {
  Config c;
  c.segment_bytes = topic.segment_bytes;
  c.segment_ms = topic.segment_ms;
  c.segment_jitter_ms = topic.segment_jitter_ms;
  c.segment_index_bytes = topic.segment_index_bytes;
  c.index_interval_bytes = topic.index_interval_bytes;
  c.retention_ms = topic.retention_ms;
  c.retention_bytes = topic.retention_bytes;
  c.file_delete_delay_ms = topic.file_delete_delay_ms;
  c.flush_messages = topic.flush_messages;
  c.flush_ms = topic.flush_ms;
  c.max_message_bytes = topic.max_message_bytes;
  c.message_timestamp_before_max_ms = topic.message_timestamp_before_max_ms;
  c.message_timestamp_after_max_ms = topic.message_timestamp_after_max_ms;
  c.log_append_time = topic.message_timestamp_type == "LogAppendTime";
  c.delete_by_retention = topic.cleanup_policy.find("delete") != std::string::npos;
  c.compacted = topic.cleanup_policy.find("compact") != std::string::npos;
  c.codec = codec_of(topic.compression_type);
  c.producer_id_expiration_ms = broker.producer_id_expiration_ms;
  c.tail_bytes = broker.logarium_log_tail_bytes;
  c.tail_unreplicated_bytes = broker.logarium_log_tail_unreplicated_bytes;
  c.hash_chain = broker.logarium_log_hash_chain;
  return c;
}

}  // namespace logarium::log
