#pragma once
// Configs of a topic, under Kafka 4.x names and defaults (times in ms, sizes in bytes). A broker's
// static config and its dynamic one give the defaults; a topic's own entries override them.

#include <cstdint>
#include <string>

#include "engine/config/definition.hpp"

namespace logarium {

class StateVisitor;

struct TopicConfig {
  std::string cleanup_policy = "delete";  // delete | compact | compact,delete
  std::string compression_type = "producer";
  std::string message_timestamp_type = "CreateTime";  // CreateTime | LogAppendTime
  std::int64_t message_timestamp_before_max_ms = 9'223'372'036'854'775'807;
  std::int64_t message_timestamp_after_max_ms = 3'600'000;
  std::int64_t max_message_bytes = 1'048'588;
  std::int64_t min_insync_replicas = 1;
  bool unclean_leader_election_enable = false;
  std::int64_t segment_bytes = 1024LL * 1024 * 1024;
  std::int64_t segment_ms = 7LL * 24 * 60 * 60 * 1000;
  std::int64_t segment_jitter_ms = 0;
  std::int64_t segment_index_bytes = 10 * 1024 * 1024;
  std::int64_t index_interval_bytes = 4096;
  std::int64_t retention_ms = 7LL * 24 * 60 * 60 * 1000;
  std::int64_t retention_bytes = -1;
  std::int64_t file_delete_delay_ms = 60'000;
  std::int64_t flush_messages = 9'223'372'036'854'775'807;
  std::int64_t flush_ms = 9'223'372'036'854'775'807;
  std::int64_t delete_retention_ms = 86'400'000;
  std::int64_t min_compaction_lag_ms = 0;
  std::int64_t max_compaction_lag_ms = 9'223'372'036'854'775'807;

  // The table: name, the server's name for the default, member, range or words, meaning.
  void fields(FieldVisitor& v);
  void describe(StateVisitor& v) const;
};

// What holds for one topic: the server's defaults, overridden by `overrides` (a topic's own
// entries). Error: the first invalid entry. Callers that read committed metadata, which the
// controller has checked, take effective_topic_config.
[[nodiscard]] Result<TopicConfig> parse_topic_config(const TopicConfig& defaults,
                                                     const Properties& overrides);

// Server's static defaults, then the cluster's dynamic ones (server names such as log.retention.ms,
// other names are passed over), then the topic's own entries. Invalid entries do not count.
[[nodiscard]] TopicConfig effective_topic_config(const TopicConfig& server_defaults,
                                                 const Properties& cluster_dynamic,
                                                 const Properties& overrides);

}  // namespace logarium
