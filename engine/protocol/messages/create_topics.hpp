#pragma once
// CreateTopics (key 19): creates topics, with counts or with an explicit assignment (KIP-4,
// KIP-525).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct CreateTopicsRequest final
    : Wire<CreateTopicsRequest, ApiKey::kCreateTopics, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 7};
  static constexpr std::int16_t kFlexibleFrom = 5;

  struct CreatableReplicaAssignment {
    std::int32_t partition_index = 0;
    std::vector<std::int32_t> broker_ids = {};

    bool operator==(const CreatableReplicaAssignment&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct CreatableTopicConfig {
    std::string name = {};
    std::optional<std::string> value = {};

    bool operator==(const CreatableTopicConfig&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct CreatableTopic {
    std::string name = {};
    std::int32_t num_partitions = 0;
    std::int16_t replication_factor = 0;
    std::vector<CreatableReplicaAssignment> assignments = {};
    std::vector<CreatableTopicConfig> configs = {};

    bool operator==(const CreatableTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::vector<CreatableTopic> topics = {};
  std::int32_t timeout_ms = 60000;
  bool validate_only = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct CreateTopicsResponse final
    : Wire<CreateTopicsResponse, ApiKey::kCreateTopics, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 7};
  static constexpr std::int16_t kFlexibleFrom = 5;

  struct CreatableTopicConfigs {
    std::string name = {};
    std::optional<std::string> value = {};
    bool read_only = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;

    bool operator==(const CreatableTopicConfigs&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct CreatableTopicResult {
    std::string name = {};
    Uuid topic_id = {};
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};
    ErrorCode topic_config_error_code = ErrorCode::kNone;
    std::int32_t num_partitions = -1;
    std::int16_t replication_factor = -1;
    std::optional<std::vector<CreatableTopicConfigs>> configs =
        std::vector<CreatableTopicConfigs>{};

    bool operator==(const CreatableTopicResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<CreatableTopicResult> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
