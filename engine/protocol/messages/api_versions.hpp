#pragma once
// ApiVersions (key 18): what a broker or controller speaks, and its features (KIP-35, KIP-511,
// KIP-584). The response header is always v0, and an unknown version is answered in the shape of
// v0.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct ApiVersionsRequest final
    : Wire<ApiVersionsRequest, ApiKey::kApiVersions, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 3;

  std::string client_software_name = {};
  std::string client_software_version = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct ApiVersionsResponse final
    : Wire<ApiVersionsResponse, ApiKey::kApiVersions, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 3;

  struct ApiVersion {
    std::int16_t api_key = 0;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;

    bool operator==(const ApiVersion&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct SupportedFeatureKey {
    std::string name = {};
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;

    bool operator==(const SupportedFeatureKey&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct FinalizedFeatureKey {
    std::string name = {};
    std::int16_t max_version_level = 0;
    std::int16_t min_version_level = 0;

    bool operator==(const FinalizedFeatureKey&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ApiVersion> api_keys = {};
  std::int32_t throttle_time_ms = 0;
  std::vector<SupportedFeatureKey> supported_features = {};
  std::int64_t finalized_features_epoch = -1;
  std::vector<FinalizedFeatureKey> finalized_features = {};
  bool zk_migration_ready = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
