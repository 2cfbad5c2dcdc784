#pragma once
// CreatePartitions (key 37): raises the partition count of topics (KIP-195).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct CreatePartitionsRequest final
    : Wire<CreatePartitionsRequest, ApiKey::kCreatePartitions, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 3};
  static constexpr std::int16_t kFlexibleFrom = 2;

  struct CreatePartitionsAssignment {
    std::vector<std::int32_t> broker_ids = {};

    bool operator==(const CreatePartitionsAssignment&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct CreatePartitionsTopic {
    std::string name = {};
    std::int32_t count = 0;
    std::optional<std::vector<CreatePartitionsAssignment>> assignments =
        std::vector<CreatePartitionsAssignment>{};

    bool operator==(const CreatePartitionsTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::vector<CreatePartitionsTopic> topics = {};
  std::int32_t timeout_ms = 0;
  bool validate_only = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct CreatePartitionsResponse final
    : Wire<CreatePartitionsResponse, ApiKey::kCreatePartitions, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 3};
  static constexpr std::int16_t kFlexibleFrom = 2;

  struct CreatePartitionsTopicResult {
    std::string name = {};
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};

    bool operator==(const CreatePartitionsTopicResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<CreatePartitionsTopicResult> results = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
