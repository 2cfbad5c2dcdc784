#include "engine/config/client_config.hpp"

#include <optional>

#include "engine/base/state_visitor.hpp"

namespace logarium {
namespace {

// Sequences are checked over a window of five batches per producer and partition.
constexpr std::int64_t kInFlightMaxIdempotent = 5;

std::optional<Error> check_client(const ClientConfig& client) {
  if (client.retry_backoff_max_ms < client.retry_backoff_ms) {
    return Error{"config retry.backoff.max.ms (" + std::to_string(client.retry_backoff_max_ms) +
                 ") must not be less than retry.backoff.ms (" +
                 std::to_string(client.retry_backoff_ms) + ")"};
  }
  if (client.reconnect_backoff_max_ms < client.reconnect_backoff_ms) {
    return Error{"config reconnect.backoff.max.ms (" +
                 std::to_string(client.reconnect_backoff_max_ms) +
                 ") must not be less than reconnect.backoff.ms (" +
                 std::to_string(client.reconnect_backoff_ms) + ")"};
  }
  return std::nullopt;
}

// A producer that did not ask for idempotence loses it silently when other configs exclude it;
// one that did is told so. (Kafka: ProducerConfig, KIP-679.)
std::optional<Error> settle_idempotence(ProducerConfig& config, const Properties& given) {
  if (!config.enable_idempotence) return std::nullopt;
  std::string conflict;
  if (config.acks_number() != -1) conflict = "acks must be all";
  if (config.retries == 0) conflict = "retries must be greater than 0";
  if (config.max_in_flight_requests_per_connection > kInFlightMaxIdempotent) {
    // Kafka refuses this one even when idempotence is on by default only.
    return Error{"config max.in.flight.requests.per.connection (" +
                 std::to_string(config.max_in_flight_requests_per_connection) +
                 ") must be at most 5 with enable.idempotence=true"};
  }
  if (conflict.empty()) return std::nullopt;
  if (given.contains("enable.idempotence")) {
    return Error{"config enable.idempotence=true: " + conflict};
  }
  config.enable_idempotence = false;
  return std::nullopt;
}

}  // namespace

void ClientConfig::fields(FieldVisitor& v) {
  field(v, "client.id", client_id, kAnyText, "Name under which a client's requests run.");
  field(v, "request.timeout.ms", request_timeout_ms, kNonNegative,
        "How long a client waits for the answer to a request.");
  field(v, "retry.backoff.ms", retry_backoff_ms, kNonNegative,
        "Pause before the first repetition of a failed request.");
  field(v, "retry.backoff.max.ms", retry_backoff_max_ms, kNonNegative,
        "Longest pause before a repetition; pauses double, give or take 20 %.");
  field(v, "reconnect.backoff.ms", reconnect_backoff_ms, kNonNegative,
        "Pause before the first new attempt to connect.");
  field(v, "reconnect.backoff.max.ms", reconnect_backoff_max_ms, kNonNegative,
        "Longest pause before an attempt to connect.");
  field(v, "socket.connection.setup.timeout.ms", socket_connection_setup_timeout_ms, kPositive,
        "How long the first attempt to connect may take.");
  field(v, "socket.connection.setup.timeout.max.ms", socket_connection_setup_timeout_max_ms,
        kPositive, "How long an attempt to connect may take after repeated failures.");
  field(v, "metadata.max.age.ms", metadata_max_age_ms, kPositive,
        "Age at which metadata is asked for anew without a cause.");
}

void ProducerConfig::fields(FieldVisitor& v) {
  client.fields(v);
  field(v, "acks", acks, Words{"all|-1|0|1"}, "Which replicas have a record before it counts.");
  field(v, "enable.idempotence", enable_idempotence,
        "Whether sequence numbers keep retries from duplicating or reordering records.");
  field(v, "retries", retries, Range{0, 2'147'483'647}, "How often a batch is sent again.");
  field(v, "max.in.flight.requests.per.connection", max_in_flight_requests_per_connection,
        kPositive, "Requests to one broker that may wait for their answers.");
  field(v, "batch.size", batch_size, kNonNegative, "Bytes at which a batch is full.");
  field(v, "linger.ms", linger_ms, kNonNegative, "How long a batch waits for more records.");
  field(v, "buffer.memory", buffer_memory, kNonNegative,
        "Bytes of records that may wait for sending; beyond it the application is held.");
  field(v, "max.block.ms", max_block_ms, kNonNegative,
        "How long a record may wait for memory or metadata.");
  field(v, "delivery.timeout.ms", delivery_timeout_ms, kNonNegative,
        "How long after it was given a record ends in success or failure.");
  field(v, "max.request.size", max_request_size, kNonNegative, "Most bytes in one request.");
  field(v, "compression.type", compression_type, Words{"none|gzip|snappy|lz4|zstd"},
        "Codec of the batches.");
  field(v, "partitioner.ignore.keys", partitioner_ignore_keys,
        "Whether keyed records are spread like those without a key.");
  field(v, "logarium.partitioner", logarium_partitioner, Words{"sticky|round-robin"},
        "How records without a key are spread over partitions.");
}

void ProducerConfig::describe(StateVisitor& v) const { describe_config(*this, v); }

std::int16_t ProducerConfig::acks_number() const {
  if (acks == "0") return 0;
  if (acks == "1") return 1;
  return -1;
}

void ConsumerConfig::fields(FieldVisitor& v) {
  client.fields(v);
  field(v, "auto.offset.reset", auto_offset_reset, Words{"latest|earliest|none"},
        "Where reading goes on when the position is missing or out of range.");
  field(v, "isolation.level", isolation_level, Words{"read_uncommitted|read_committed"},
        "Whether records of open and aborted transactions are read.");
  field(v, "max.poll.records", max_poll_records, kPositive, "Most records in one poll.");
  field(v, "fetch.min.bytes", fetch_min_bytes, kNonNegative,
        "Bytes for which a broker answers a fetch at once.");
  field(v, "fetch.max.wait.ms", fetch_max_wait_ms, kNonNegative,
        "How long a broker holds a fetch that finds too little.");
  field(v, "fetch.max.bytes", fetch_max_bytes, kNonNegative, "Bytes asked for per fetch.");
  field(v, "max.partition.fetch.bytes", max_partition_fetch_bytes, kNonNegative,
        "Bytes asked for per partition.");
  field(v, "default.api.timeout.ms", default_api_timeout_ms, kNonNegative,
        "How long a call may take that names no timeout.");
  field(v, "client.rack", client_rack, kAnyText, "The client's rack, for KIP-392; empty for none.");
  field(v, "check.crcs", check_crcs, "Whether the checksums of fetched batches are verified.");
  field(v, "allow.auto.create.topics", allow_auto_create_topics,
        "Whether asking for an unknown topic may create it.");
}

void ConsumerConfig::describe(StateVisitor& v) const { describe_config(*this, v); }

void AdminConfig::fields(FieldVisitor& v) {
  client.fields(v);
  field(v, "retries", retries, Range{0, 2'147'483'647}, "How often a call is repeated.");
  field(v, "default.api.timeout.ms", default_api_timeout_ms, kNonNegative,
        "How long a call may take in all.");
}

void AdminConfig::describe(StateVisitor& v) const { describe_config(*this, v); }

Result<ProducerConfig> parse_producer_config(const Properties& properties) {
  Result<ProducerConfig> parsed = parse_config<ProducerConfig>(properties);
  if (!parsed) return parsed;
  ProducerConfig& config = parsed.value();
  if (const auto error = check_client(config.client)) return *error;
  const std::int64_t least = config.linger_ms + config.client.request_timeout_ms;
  if (config.delivery_timeout_ms < least) {
    if (properties.contains("delivery.timeout.ms")) {
      return Error{"config delivery.timeout.ms (" + std::to_string(config.delivery_timeout_ms) +
                   ") must be at least linger.ms + request.timeout.ms (" + std::to_string(least) +
                   ")"};
    }
    config.delivery_timeout_ms = least;
  }
  if (const auto error = settle_idempotence(config, properties)) return *error;
  return parsed;
}

Result<ConsumerConfig> parse_consumer_config(const Properties& properties) {
  Result<ConsumerConfig> parsed = parse_config<ConsumerConfig>(properties);
  if (!parsed) return parsed;
  if (const auto error = check_client(parsed.value().client)) return *error;
  return parsed;
}

Result<AdminConfig> parse_admin_config(const Properties& properties) {
  Result<AdminConfig> parsed = parse_config<AdminConfig>(properties);
  if (!parsed) return parsed;
  if (const auto error = check_client(parsed.value().client)) return *error;
  return parsed;
}

}  // namespace logarium
