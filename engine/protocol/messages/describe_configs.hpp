#pragma once
// DescribeConfigs (key 32): reads the configs of topics and brokers (KIP-133, KIP-226, KIP-569).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct DescribeConfigsRequest final
    : Wire<DescribeConfigsRequest, ApiKey::kDescribeConfigs, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 4;

  struct DescribeConfigsResource {
    std::int8_t resource_type = 0;
    std::string resource_name = {};
    std::optional<std::vector<std::string>> configuration_keys = std::vector<std::string>{};

    bool operator==(const DescribeConfigsResource&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::vector<DescribeConfigsResource> resources = {};
  bool include_synonyms = false;
  bool include_documentation = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DescribeConfigsResponse final
    : Wire<DescribeConfigsResponse, ApiKey::kDescribeConfigs, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 4;

  struct DescribeConfigsSynonym {
    std::string name = {};
    std::optional<std::string> value = {};
    std::int8_t source = 0;

    bool operator==(const DescribeConfigsSynonym&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DescribeConfigsResourceResult {
    std::string name = {};
    std::optional<std::string> value = {};
    bool read_only = false;
    bool is_default = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;
    std::vector<DescribeConfigsSynonym> synonyms = {};
    std::int8_t config_type = 0;
    std::optional<std::string> documentation = {};

    bool operator==(const DescribeConfigsResourceResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DescribeConfigsResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};
    std::int8_t resource_type = 0;
    std::string resource_name = {};
    std::vector<DescribeConfigsResourceResult> configs = {};

    bool operator==(const DescribeConfigsResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribeConfigsResult> results = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
