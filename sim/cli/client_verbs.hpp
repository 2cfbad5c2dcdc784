#pragma once
// The verbs of `logarium` that are clients of a running cluster, this one or any other that speaks
// Kafka's protocol, with their options as plain data. Exit codes: 0 done, 1 the cluster refused or
// could not be reached, 3 bad arguments, 4 stdin or stdout failed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/verbs.hpp"

namespace logarium::cli {

// Where the cluster is, and how long an answer may take.
struct ClusterOptions {
  std::string bootstrap = "127.0.0.1:9092";  // HOST:PORT[,HOST:PORT]
  std::int64_t timeout_ms = 30'000;          // from 1
};

struct TopicsVerb {
  enum class What : std::uint8_t { kCreate, kList, kDescribe, kDelete };
  What what = What::kList;
  ClusterOptions cluster;
  std::string topic;                               // describe: empty: all
  std::optional<std::int32_t> partitions;          // empty: the cluster's num.partitions
  std::optional<std::int16_t> replication_factor;  // empty: its default.replication.factor
  std::vector<std::string> configs;                // NAME=VALUE
  bool if_not_exists = false;                      // create: an existing topic is no error
  bool if_exists = false;                          // delete, describe: a missing one is none
};
[[nodiscard]] ExitCode topics(const TopicsVerb& verb);

// Lines of stdin as records. A '\r' at a line's end belongs to the line break.
struct ProduceVerb {
  ClusterOptions cluster;
  std::string topic;
  std::optional<std::int32_t> partition;  // empty: by key, or sticky
  std::optional<std::string> key_separator;
  std::string acks = "all";
  std::string compression = "none";
  std::optional<bool> idempotence;    // empty: on with acks=all
  std::vector<std::string> settings;  // NAME=VALUE of producer configs
  Format format = Format::kText;      // of the summary; with text there is none
};
[[nodiscard]] ExitCode produce(const ProduceVerb& verb);

// Records of a topic to stdout until a signal ends it, or one of the limits.
struct ConsumeVerb {
  ClusterOptions cluster;
  std::string topic;
  std::optional<std::int32_t> partition;  // empty: all
  std::string offset = "latest";          // earliest, latest, or with `partition` a number
  bool from_beginning = false;            // the same as earliest
  std::optional<std::int64_t> max_messages;
  bool exit_at_end = false;  // ends at what was the end when it began
  // Ends with an error when no record came for so long; empty: timeout_ms of the cluster with
  // exit_at_end, else never.
  std::optional<std::int64_t> idle_timeout_ms;
  bool print_timestamp = false;
  bool print_partition = false;
  bool print_offset = false;
  bool print_key = false;
  std::vector<std::string> settings;  // NAME=VALUE of consumer configs
  Format format = Format::kText;
};
[[nodiscard]] ExitCode consume(const ConsumeVerb& verb);

}  // namespace logarium::cli
