#include "engine/rpc/versions.hpp"

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/messages/api_versions.hpp"

namespace logarium::rpc {
namespace {

using protocol::ApiKey;
using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::VersionRange;

constexpr auto kApiVersionsKey = static_cast<std::int16_t>(ApiKey::kApiVersions);

}  // namespace

std::optional<std::int16_t> Versions::pick(std::int16_t api_key) const {
  if (api_key < 0 || static_cast<std::size_t>(api_key) >= kApis) return std::nullopt;
  const std::int16_t version = picked_[static_cast<std::size_t>(api_key)];
  if (version == kNone) return std::nullopt;
  return version;
}

void Versions::set(std::int16_t api_key, std::int16_t version) {
  if (api_key < 0 || static_cast<std::size_t>(api_key) >= kApis) return;
  picked_[static_cast<std::size_t>(api_key)] = version;
}

std::optional<std::int16_t> newest_version(std::int16_t api_key) {
  const protocol::ApiEntry* entry = protocol::find_api(static_cast<ApiKey>(api_key));
  if (entry == nullptr) return std::nullopt;
  const VersionRange both = entry->versions.overlap(entry->kafka);
  if (both.empty()) return std::nullopt;
  return both.max;
}

MessageRef api_versions_request() {
  auto request = std::make_shared<ApiVersionsRequest>();
  request->client_software_name = "logarium";
  request->client_software_version = LOGARIUM_VERSION;
  return request;
}

std::int16_t api_versions_version() { return ApiVersionsRequest::kVersions.max; }

Handshake read_handshake(const Message& message) {
  if (!protocol::is<ApiVersionsResponse>(message)) return {};
  const auto& response = protocol::as<ApiVersionsResponse>(message);
  if (response.error_code == protocol::ErrorCode::kUnsupportedVersion) {
    // KIP-511: the answer has the shape of version 0 and names the versions of ApiVersions itself.
    std::int16_t version = 0;
    for (const auto& api : response.api_keys) {
      if (api.api_key == kApiVersionsKey) version = api.max_version;
    }
    if (version >= ApiVersionsRequest::kVersions.max) return {};
    return {nullptr, version};
  }
  if (response.error_code != protocol::ErrorCode::kNone) return {};
  auto versions = std::make_shared<Versions>();
  for (const auto& api : response.api_keys) {
    const auto version = protocol::newest_common(static_cast<ApiKey>(api.api_key),
                                                 VersionRange{api.min_version, api.max_version});
    if (version) versions->set(api.api_key, *version);
  }
  return {std::move(versions), std::nullopt};
}

}  // namespace logarium::rpc
