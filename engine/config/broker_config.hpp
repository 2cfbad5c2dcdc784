#pragma once
// Configs of a server process: broker, controller and metadata quorum, under Kafka 4.x names and
// defaults (times in ms, sizes in bytes). Names that Kafka does not have start with "logarium.".

#include <cstdint>
#include <string>

#include "engine/config/definition.hpp"
#include "engine/config/topic_config.hpp"

namespace logarium {

class StateVisitor;

struct BrokerConfig {
  // metadata quorum (KIP-595)
  std::int64_t controller_quorum_election_timeout_ms = 1000;
  std::int64_t controller_quorum_fetch_timeout_ms = 2000;
  std::int64_t controller_quorum_election_backoff_max_ms = 1000;
  std::int64_t controller_quorum_append_linger_ms = 25;
  std::int64_t controller_quorum_request_timeout_ms = 2000;
  std::int64_t controller_quorum_retry_backoff_ms = 20;
  std::int64_t metadata_max_idle_interval_ms = 500;
  std::int64_t metadata_log_max_record_bytes_between_snapshots = 20 * 1024 * 1024;
  std::int64_t metadata_log_max_snapshot_interval_ms = 60LL * 60 * 1000;
  std::int64_t metadata_log_segment_bytes = 1024LL * 1024 * 1024;
  std::int64_t metadata_max_retention_bytes = 100LL * 1024 * 1024;
  std::int64_t metadata_max_retention_ms = 7LL * 24 * 60 * 60 * 1000;
  // -1: a voter that starts waits for a leader as long as any other does.
  std::int64_t logarium_quorum_first_election_ms = -1;
  // broker lifecycle (KIP-631)
  std::int64_t broker_heartbeat_interval_ms = 2000;
  std::int64_t broker_session_timeout_ms = 9000;
  std::int64_t initial_broker_registration_timeout_ms = 60'000;
  bool controlled_shutdown_enable = true;
  // As Kafka's BrokerLifecycleManager; a live cluster that starts as a whole has no use for it.
  std::int64_t logarium_lifecycle_retry_backoff_ms = 100;
  // For a process that holds the directories of all brokers: no former one can be alive.
  bool logarium_registration_replace_silent = false;
  std::string broker_rack;  // empty: none
  // replication
  std::int64_t default_replication_factor = 1;
  std::int64_t num_partitions = 1;
  std::int64_t num_replica_fetchers = 1;
  std::int64_t replica_lag_time_max_ms = 30'000;
  std::int64_t replica_fetch_wait_max_ms = 500;
  std::int64_t replica_fetch_min_bytes = 1;
  std::int64_t replica_fetch_max_bytes = 1024 * 1024;
  std::int64_t replica_fetch_response_max_bytes = 10 * 1024 * 1024;
  std::int64_t replica_fetch_backoff_ms = 1000;
  std::int64_t replica_socket_timeout_ms = 30'000;
  std::int64_t replica_high_watermark_checkpoint_interval_ms = 5000;
  std::string replica_selector_class;  // empty, or Kafka's RackAwareReplicaSelector
  bool auto_leader_rebalance_enable = true;
  std::int64_t leader_imbalance_check_interval_seconds = 300;
  std::int64_t leader_imbalance_per_broker_percentage = 10;
  std::int64_t unclean_leader_election_interval_ms = 300'000;
  bool auto_create_topics_enable = true;
  bool delete_topic_enable = true;
  std::int64_t fetch_max_bytes = 55 * 1024 * 1024;
  std::int64_t max_incremental_fetch_session_cache_slots = 1000;
  std::int64_t queued_max_requests = 500;
  std::int64_t socket_request_max_bytes = 100 * 1024 * 1024;
  std::int64_t connections_max_idle_ms = 10LL * 60 * 1000;
  // log
  std::int64_t log_flush_offset_checkpoint_interval_ms = 60'000;
  std::int64_t log_flush_start_offset_checkpoint_interval_ms = 60'000;
  std::int64_t log_retention_check_interval_ms = 300'000;
  std::int64_t log_initial_task_delay_ms = 30'000;
  std::int64_t log_dir_failure_timeout_ms = 30'000;
  std::int64_t producer_id_expiration_ms = 86'400'000;
  std::int64_t producer_id_expiration_check_interval_ms = 600'000;
  // Folder of the partitions below the node's data directory; empty: that directory itself, as
  // Kafka has it.
  std::string logarium_log_directory = "logs";
  // Bytes of each partition's newest batches that are kept in memory and served without a read.
  std::int64_t logarium_log_tail_bytes = 256 * 1024;
  // The same for what is not replicated yet, where that is more: the followers ask for it soon.
  std::int64_t logarium_log_tail_unreplicated_bytes = 0;
  // Whether logs hash what they hold, for checkers and recordings. No property: a live host that
  // records nothing switches it off and saves a pass over every payload.
  bool logarium_log_hash_chain = true;

  // The table: name, member, range or words, meaning.
  void fields(FieldVisitor& v);
  void describe(StateVisitor& v) const;
};

// What a server's properties file holds: its own configs, and the defaults of topic configs under
// the server's names (log.retention.ms, min.insync.replicas, ...).
struct ServerConfig {
  BrokerConfig broker;
  TopicConfig topic_defaults;
  void describe(StateVisitor& v) const;
};
// log.retention.hours, log.retention.minutes and log.roll.hours are understood too. Error: what
// was wrong, what is allowed, the nearest valid name.
[[nodiscard]] Result<ServerConfig> parse_server_config(const Properties& given,
                                                       ServerConfig start = {});

}  // namespace logarium
