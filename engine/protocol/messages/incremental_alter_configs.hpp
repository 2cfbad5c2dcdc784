#pragma once
// IncrementalAlterConfigs (key 44): sets, deletes, appends to or subtracts from single configs
// (KIP-339).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct IncrementalAlterConfigsRequest final
    : Wire<IncrementalAlterConfigsRequest, ApiKey::kIncrementalAlterConfigs,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 1;

  struct AlterableConfig {
    std::string name = {};
    std::int8_t config_operation = 0;
    std::optional<std::string> value = {};

    bool operator==(const AlterableConfig&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct AlterConfigsResource {
    std::int8_t resource_type = 0;
    std::string resource_name = {};
    std::vector<AlterableConfig> configs = {};

    bool operator==(const AlterConfigsResource&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::vector<AlterConfigsResource> resources = {};
  bool validate_only = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct IncrementalAlterConfigsResponse final
    : Wire<IncrementalAlterConfigsResponse, ApiKey::kIncrementalAlterConfigs,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 1;

  struct AlterConfigsResourceResponse {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};
    std::int8_t resource_type = 0;
    std::string resource_name = {};

    bool operator==(const AlterConfigsResourceResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<AlterConfigsResourceResponse> responses = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
