#include "engine/config/broker_config.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium {
namespace {

void quorum_fields(BrokerConfig& c, FieldVisitor& v) {
  field(v, "controller.quorum.election.timeout.ms", c.controller_quorum_election_timeout_ms,
        kPositive, "How long a voter waits without a leader before it stands for election.");
  field(v, "controller.quorum.fetch.timeout.ms", c.controller_quorum_fetch_timeout_ms, kPositive,
        "How long a follower goes without a successful fetch before it stands for election.");
  field(v, "controller.quorum.election.backoff.max.ms", c.controller_quorum_election_backoff_max_ms,
        kPositive, "Longest pause after a lost election.");
  field(v, "controller.quorum.append.linger.ms", c.controller_quorum_append_linger_ms, kNonNegative,
        "How long the quorum leader gathers records before it writes them.");
  field(v, "controller.quorum.request.timeout.ms", c.controller_quorum_request_timeout_ms,
        kPositive, "Timeout of requests between quorum members.");
  field(v, "controller.quorum.retry.backoff.ms", c.controller_quorum_retry_backoff_ms, kPositive,
        "Pause before a failed quorum request is repeated.");
  field(v, "metadata.max.idle.interval.ms", c.metadata_max_idle_interval_ms, kNonNegative,
        "Idle time after which the controller writes a NoOp record; 0 for never.");
  field(v, "metadata.log.max.record.bytes.between.snapshots",
        c.metadata_log_max_record_bytes_between_snapshots, kPositive,
        "Bytes of new metadata records after which a snapshot is written.");
  field(v, "metadata.log.max.snapshot.interval.ms", c.metadata_log_max_snapshot_interval_ms,
        kNonNegative, "Time after which a snapshot is written; 0 for never.");
  field(v, "metadata.log.segment.bytes", c.metadata_log_segment_bytes, Range{12, 0x7fffffff},
        "Size of a segment of the metadata log.");
  field(v, "metadata.max.retention.bytes", c.metadata_max_retention_bytes, kMinusOneOrMore,
        "Size of metadata log and snapshots beyond which old ones are deleted.");
  field(v, "metadata.max.retention.ms", c.metadata_max_retention_ms, kMinusOneOrMore,
        "Age beyond which old metadata segments and snapshots are deleted.");
  field(v, "logarium.quorum.first.election.ms", c.logarium_quorum_first_election_ms,
        kMinusOneOrMore,
        "What voter number k (by id, from 0) waits k times for a leader at its start before it "
        "asks for votes; -1 for the usual timeouts.");
}

void lifecycle_fields(BrokerConfig& c, FieldVisitor& v) {
  field(v, "broker.heartbeat.interval.ms", c.broker_heartbeat_interval_ms, kPositive,
        "Time between a broker's heartbeats to the controller.");
  field(v, "broker.session.timeout.ms", c.broker_session_timeout_ms, kPositive,
        "Time without a heartbeat after which the controller fences a broker.");
  field(v, "initial.broker.registration.timeout.ms", c.initial_broker_registration_timeout_ms,
        kPositive, "How long a starting broker tries to register before it gives up.");
  field(v, "controlled.shutdown.enable", c.controlled_shutdown_enable,
        "Whether a stopping broker first hands its leaderships over.");
  field(v, "logarium.lifecycle.retry.backoff.ms", c.logarium_lifecycle_retry_backoff_ms, kPositive,
        "First pause before a failed registration or heartbeat is repeated; it doubles up to "
        "broker.heartbeat.interval.ms.");
  field(v, "logarium.registration.replace.silent", c.logarium_registration_replace_silent,
        "Whether a broker may register anew although its former incarnation's session is not over, "
        "as long as the active controller has not heard of that one.");
  field(v, "broker.rack", c.broker_rack, kAnyText, "The broker's rack; empty for none.");
}

void replication_fields(BrokerConfig& c, FieldVisitor& v) {
  field(v, "default.replication.factor", c.default_replication_factor, Range{1, 32},
        "Replicas of a topic whose creation names no number.");
  field(v, "num.partitions", c.num_partitions, kPositive,
        "Partitions of a topic whose creation names no number.");
  field(v, "num.replica.fetchers", c.num_replica_fetchers, Range{1, 255},
        "Fetchers per leader to follow.");
  field(v, "replica.lag.time.max.ms", c.replica_lag_time_max_ms, kPositive,
        "How long a follower may lag behind before it leaves the ISR.");
  field(v, "replica.fetch.wait.max.ms", c.replica_fetch_wait_max_ms, kNonNegative,
        "How long a leader holds a follower's fetch that finds nothing.");
  field(v, "replica.fetch.min.bytes", c.replica_fetch_min_bytes, kNonNegative,
        "Bytes for which a leader answers a follower's fetch at once.");
  field(v, "replica.fetch.max.bytes", c.replica_fetch_max_bytes, kNonNegative,
        "Bytes a follower asks for per partition.");
  field(v, "replica.fetch.response.max.bytes", c.replica_fetch_response_max_bytes, kNonNegative,
        "Bytes a follower asks for per fetch.");
  field(v, "replica.fetch.backoff.ms", c.replica_fetch_backoff_ms, kNonNegative,
        "Pause of a partition or fetcher after an error.");
  field(v, "replica.socket.timeout.ms", c.replica_socket_timeout_ms, kPositive,
        "Timeout of a follower's requests.");
  field(v, "replica.high.watermark.checkpoint.interval.ms",
        c.replica_high_watermark_checkpoint_interval_ms, kPositive,
        "Time between writes of the high watermarks to disk.");
  field(v, "replica.selector.class", c.replica_selector_class,
        Words{"|org.apache.kafka.common.replica.RackAwareReplicaSelector|"
              "org.apache.kafka.common.replica.LeaderSelector"},
        "Which replica a consumer may fetch from (KIP-392); empty for the leader.");
  field(v, "auto.leader.rebalance.enable", c.auto_leader_rebalance_enable,
        "Whether the controller moves leaderships back to preferred replicas.");
  field(v, "leader.imbalance.check.interval.seconds", c.leader_imbalance_check_interval_seconds,
        kPositive, "Seconds between checks for leaders that are not preferred.");
  field(v, "leader.imbalance.per.broker.percentage", c.leader_imbalance_per_broker_percentage,
        Range{0, 100}, "Share of a broker's preferred partitions led elsewhere that is borne.");
  field(v, "unclean.leader.election.interval.ms", c.unclean_leader_election_interval_ms, kPositive,
        "Time between checks for leaderless partitions that may elect uncleanly.");
}

void serving_fields(BrokerConfig& c, FieldVisitor& v) {
  field(v, "auto.create.topics.enable", c.auto_create_topics_enable,
        "Whether asking for an unknown topic creates it.");
  field(v, "delete.topic.enable", c.delete_topic_enable, "Whether topics may be deleted.");
  field(v, "fetch.max.bytes", c.fetch_max_bytes, Range{1024, 0x7fffffff},
        "Most bytes in one fetch response.");
  field(v, "max.incremental.fetch.session.cache.slots", c.max_incremental_fetch_session_cache_slots,
        kNonNegative, "Fetch sessions that a broker keeps (KIP-227).");
  field(v, "queued.max.requests", c.queued_max_requests, kPositive,
        "Requests that may wait for handling.");
  field(v, "socket.request.max.bytes", c.socket_request_max_bytes, kPositive,
        "Largest request that is accepted.");
  field(v, "connections.max.idle.ms", c.connections_max_idle_ms, kMinusOneOrMore,
        "Silence after which a live server closes a connection; -1 for never.");
  field(v, "log.flush.offset.checkpoint.interval.ms", c.log_flush_offset_checkpoint_interval_ms,
        kPositive, "Time between writes of the recovery points to disk.");
  field(v, "log.flush.start.offset.checkpoint.interval.ms",
        c.log_flush_start_offset_checkpoint_interval_ms, kPositive,
        "Time between writes of the log start offsets to disk.");
  field(v, "log.retention.check.interval.ms", c.log_retention_check_interval_ms, kPositive,
        "Time between checks for segments to delete.");
  field(v, "log.initial.task.delay.ms", c.log_initial_task_delay_ms, kNonNegative,
        "Time from start to the first of the log's periodic tasks.");
  field(v, "log.dir.failure.timeout.ms", c.log_dir_failure_timeout_ms, kPositive,
        "How long a broker with a failed directory may fail to tell the controller.");
  field(v, "producer.id.expiration.ms", c.producer_id_expiration_ms, kPositive,
        "Idle time after which a producer's state is forgotten.");
  field(v, "producer.id.expiration.check.interval.ms", c.producer_id_expiration_check_interval_ms,
        kPositive, "Time between checks for idle producers.");
  field(v, "logarium.log.directory", c.logarium_log_directory, kAnyText,
        "Folder of the partitions below the node's data directory; empty for that directory "
        "itself.");
  field(v, "logarium.log.tail.bytes", c.logarium_log_tail_bytes, kNonNegative,
        "Bytes of a partition's newest batches that are served from memory.");
  field(v, "logarium.log.tail.unreplicated.bytes", c.logarium_log_tail_unreplicated_bytes,
        kNonNegative,
        "The same for batches above the high watermark, where that is more than the former.");
}

// Kafka's coarser units of a default; the finer one wins when both are given.
void convert_unit(Properties& properties, const std::string& from, const std::string& to,
                  std::int64_t factor) {
  const auto coarse = properties.find(from);
  if (coarse == properties.end()) return;
  const std::string text = coarse->second;
  properties.erase(coarse);
  if (text.empty() || text == "-" || text.size() > 9 ||
      text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) != std::string::npos) {
    properties.emplace(to, from + "=" + text);
    return;
  }
  const std::int64_t n = std::stoll(text);
  properties.emplace(to, std::to_string(n < 0 ? n : n * factor));
}

}  // namespace

void BrokerConfig::fields(FieldVisitor& v) {
  quorum_fields(*this, v);
  lifecycle_fields(*this, v);
  replication_fields(*this, v);
  serving_fields(*this, v);
}

void BrokerConfig::describe(StateVisitor& v) const { describe_config(*this, v); }

void ServerConfig::describe(StateVisitor& v) const {
  visit(v, "broker", broker);
  visit(v, "topic defaults", topic_defaults);
}

Result<ServerConfig> parse_server_config(const Properties& given, ServerConfig start) {
  constexpr std::int64_t kMinute = 60'000;
  Properties properties = given;
  convert_unit(properties, "log.retention.minutes", "log.retention.ms", kMinute);
  convert_unit(properties, "log.retention.hours", "log.retention.ms", 60 * kMinute);
  convert_unit(properties, "log.roll.hours", "log.roll.ms", 60 * kMinute);
  convert_unit(properties, "log.roll.jitter.hours", "log.roll.jitter.ms", 60 * kMinute);
  PropertyReader reader(properties, NameKind::kServer);
  start.broker.fields(reader);
  start.topic_defaults.fields(reader);
  const Result<> end = reader.finish();
  if (!end) return end.error();
  const BrokerConfig& broker = start.broker;
  if (broker.broker_session_timeout_ms <= broker.broker_heartbeat_interval_ms) {
    return Error{"config broker.session.timeout.ms (" +
                 std::to_string(broker.broker_session_timeout_ms) +
                 ") must be greater than broker.heartbeat.interval.ms (" +
                 std::to_string(broker.broker_heartbeat_interval_ms) + ")"};
  }
  return start;
}

}  // namespace logarium
