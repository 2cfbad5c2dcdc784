#include "engine/config/topic_config.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium {
namespace {

constexpr Range kMs = kMinusOneOrMore;

struct Table {
  FieldVisitor& v;
  void operator()(std::string_view name, std::string_view server, std::int64_t& member, Range range,
                  std::string_view meaning) {
    v.number({name, server, meaning, range, {}}, member);
  }
  void operator()(std::string_view name, std::string_view server, bool& member,
                  std::string_view meaning) {
    v.flag({name, server, meaning, kAny, {}}, member);
  }
  void operator()(std::string_view name, std::string_view server, std::string& member, Words words,
                  std::string_view meaning) {
    v.text({name, server, meaning, kAny, words.allowed}, member);
  }
};

}  // namespace

void TopicConfig::fields(FieldVisitor& v) {
  Table t{v};
  t("cleanup.policy", "log.cleanup.policy", cleanup_policy,
    Words{"delete|compact|compact,delete|delete,compact"},
    "What happens to old records: deleted by time and size, or compacted by key.");
  t("compression.type", "compression.type", compression_type,
    Words{"producer|uncompressed|gzip|snappy|lz4|zstd"},
    "Codec of stored batches; producer keeps what the producer chose.");
  t("message.timestamp.type", "log.message.timestamp.type", message_timestamp_type,
    Words{"CreateTime|LogAppendTime"},
    "Whether a record's time is the producer's or the leader's.");
  t("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms",
    message_timestamp_before_max_ms, kNonNegative,
    "How far a record's timestamp may lie before the broker's clock.");
  t("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms",
    message_timestamp_after_max_ms, kNonNegative,
    "How far a record's timestamp may lie after the broker's clock.");
  t("max.message.bytes", "message.max.bytes", max_message_bytes, kNonNegative,
    "Largest record batch that is accepted.");
  t("min.insync.replicas", "min.insync.replicas", min_insync_replicas, Range{1, 32},
    "Size of the ISR below which acks=all is refused and the high watermark stands still.");
  t("unclean.leader.election.enable", "unclean.leader.election.enable",
    unclean_leader_election_enable,
    "Whether a replica outside ISR and ELR may lead, losing acknowledged records.");
  t("segment.bytes", "log.segment.bytes", segment_bytes, Range{14, 0x7fffffff},
    "Size at which the log starts a new segment.");
  t("segment.ms", "log.roll.ms", segment_ms, kPositive,
    "Age at which the log starts a new segment.");
  t("segment.jitter.ms", "log.roll.jitter.ms", segment_jitter_ms, kNonNegative,
    "Largest random part taken off segment.ms.");
  t("segment.index.bytes", "log.index.size.max.bytes", segment_index_bytes, Range{4, 0x7fffffff},
    "Size at which an index is full and the segment rolls.");
  t("index.interval.bytes", "log.index.interval.bytes", index_interval_bytes, kNonNegative,
    "Bytes of log per index entry.");
  t("retention.ms", "log.retention.ms", retention_ms, kMs,
    "Age at which a segment is deleted; -1 for never.");
  t("retention.bytes", "log.retention.bytes", retention_bytes, kMinusOneOrMore,
    "Size of a partition beyond which its oldest segments are deleted; -1 for no limit.");
  t("file.delete.delay.ms", "log.segment.delete.delay.ms", file_delete_delay_ms, kNonNegative,
    "How long a deleted segment's files stay.");
  t("flush.messages", "log.flush.interval.messages", flush_messages, kPositive,
    "Records after which the log is synced.");
  t("flush.ms", "log.flush.interval.ms", flush_ms, kNonNegative,
    "Time after which the log is synced.");
  t("delete.retention.ms", "log.cleaner.delete.retention.ms", delete_retention_ms, kNonNegative,
    "How long a tombstone survives compaction.");
  t("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", min_compaction_lag_ms,
    kNonNegative, "How long a record stays out of compaction.");
  t("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", max_compaction_lag_ms, kPositive,
    "After how long a record must be compacted.");
}

void TopicConfig::describe(StateVisitor& v) const { describe_config(*this, v); }

Result<TopicConfig> parse_topic_config(const TopicConfig& defaults, const Properties& overrides) {
  return parse_config(overrides, defaults);
}

TopicConfig effective_topic_config(const TopicConfig& server_defaults,
                                   const Properties& cluster_dynamic, const Properties& overrides) {
  TopicConfig config = server_defaults;
  PropertyReader dynamic(cluster_dynamic, NameKind::kServer);
  config.fields(dynamic);
  PropertyReader own(overrides, NameKind::kOwn);
  config.fields(own);
  return config;
}

}  // namespace logarium
