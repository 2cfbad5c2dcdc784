#pragma once
// DeleteTopics (key 20): deletes topics by name or, from v6, by id (KIP-516).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct DeleteTopicsRequest final
    : Wire<DeleteTopicsRequest, ApiKey::kDeleteTopics, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 6};
  static constexpr std::int16_t kFlexibleFrom = 4;

  struct DeleteTopicState {
    std::optional<std::string> name = {};
    Uuid topic_id = {};

    bool operator==(const DeleteTopicState&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::vector<DeleteTopicState> topics = {};
  std::vector<std::string> topic_names = {};
  std::int32_t timeout_ms = 0;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DeleteTopicsResponse final
    : Wire<DeleteTopicsResponse, ApiKey::kDeleteTopics, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 6};
  static constexpr std::int16_t kFlexibleFrom = 4;

  struct DeletableTopicResult {
    std::optional<std::string> name = {};
    Uuid topic_id = {};
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};

    bool operator==(const DeletableTopicResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DeletableTopicResult> responses = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
