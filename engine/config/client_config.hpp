#pragma once
// Configs of the clients: producer, consumer and admin, under Kafka 4.x names and defaults (times
// in ms, sizes in bytes). Names that Kafka does not have start with "logarium.".
// bootstrap.servers is not here: it comes with the client's setup.

#include <cstdint>
#include <string>

#include "engine/config/definition.hpp"

namespace logarium {

class StateVisitor;

// What all clients share.
struct ClientConfig {
  std::string client_id;
  std::int64_t request_timeout_ms = 30'000;
  std::int64_t retry_backoff_ms = 100;
  std::int64_t retry_backoff_max_ms = 1000;
  std::int64_t reconnect_backoff_ms = 50;
  std::int64_t reconnect_backoff_max_ms = 1000;
  std::int64_t socket_connection_setup_timeout_ms = 10'000;
  std::int64_t socket_connection_setup_timeout_max_ms = 30'000;
  std::int64_t metadata_max_age_ms = 300'000;

  void fields(FieldVisitor& v);
};

struct ProducerConfig {
  ClientConfig client;
  std::string acks = "all";  // all | -1 | 0 | 1
  bool enable_idempotence = true;
  std::int64_t retries = 2'147'483'647;
  std::int64_t max_in_flight_requests_per_connection = 5;
  std::int64_t batch_size = 16'384;
  std::int64_t linger_ms = 5;
  std::int64_t buffer_memory = 32LL * 1024 * 1024;
  std::int64_t max_block_ms = 60'000;
  std::int64_t delivery_timeout_ms = 120'000;
  std::int64_t max_request_size = 1'048'576;
  std::string compression_type = "none";  // none | gzip | snappy | lz4 | zstd
  bool partitioner_ignore_keys = false;
  // Kafka's default partitioner for records without a key ("sticky", KIP-480 and KIP-794), or its
  // RoundRobinPartitioner ("round-robin").
  std::string logarium_partitioner = "sticky";

  void fields(FieldVisitor& v);
  void describe(StateVisitor& v) const;
  // 0, 1, or -1 for all.
  [[nodiscard]] std::int16_t acks_number() const;
};

struct ConsumerConfig {
  ClientConfig client;
  std::string auto_offset_reset = "latest";  // latest | earliest | none
  std::string isolation_level = "read_uncommitted";
  std::int64_t max_poll_records = 500;
  std::int64_t fetch_min_bytes = 1;
  std::int64_t fetch_max_wait_ms = 500;
  std::int64_t fetch_max_bytes = 52'428'800;
  std::int64_t max_partition_fetch_bytes = 1'048'576;
  std::int64_t default_api_timeout_ms = 60'000;
  std::string client_rack;  // empty: none
  bool check_crcs = true;
  bool allow_auto_create_topics = true;

  void fields(FieldVisitor& v);
  void describe(StateVisitor& v) const;
};

struct AdminConfig {
  ClientConfig client;
  std::int64_t retries = 2'147'483'647;
  std::int64_t default_api_timeout_ms = 60'000;

  void fields(FieldVisitor& v);
  void describe(StateVisitor& v) const;
};

// Defaults with the given properties set. Error: an unknown name with the nearest valid one, a
// value that is not allowed, or values that exclude each other (delivery.timeout.ms below
// linger.ms + request.timeout.ms; idempotence with acks other than all, with more than five
// requests in flight, or without retries).
[[nodiscard]] Result<ProducerConfig> parse_producer_config(const Properties& properties);
[[nodiscard]] Result<ConsumerConfig> parse_consumer_config(const Properties& properties);
[[nodiscard]] Result<AdminConfig> parse_admin_config(const Properties& properties);

}  // namespace logarium
