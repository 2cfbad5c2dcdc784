#include "engine/protocol/messages/api_versions.hpp"

#include <algorithm>
#include <string_view>

#include "engine/metadata/features.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/error_response.hpp"
#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {
namespace {

using protocol::ApiEntry;
using protocol::ApiKey;
using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::ErrorCode;

// The first version in which a client names itself, and in which features are told.
constexpr std::int16_t kSoftwareVersion = 3;
constexpr std::int16_t kFeatures = 3;
// The first version whose readers take 0 for a supported minimum; in version 3 such features are
// left out (KAFKA-17011, KAFKA-17492).
constexpr std::int16_t kMinimumZero = 4;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// KIP-511: letters, digits, '-' and '.', the last two not at the ends.
bool is_software_text(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

bool names_itself_well(const ApiVersionsRequest& request, std::int16_t version) {
  return version < kSoftwareVersion || (is_software_text(request.client_software_name) &&
                                        is_software_text(request.client_software_version));
}

void add_range(const ApiEntry& entry, ApiVersionsResponse& response) {
  const protocol::VersionRange offered = protocol::advertised(entry);
  if (offered.empty()) return;
  response.api_keys.push_back({static_cast<std::int16_t>(entry.key), offered.min, offered.max});
}

// What this process can do is told at once, what the cluster agreed on when its metadata is known.
void add_features(const HandlerContext& context, std::int16_t version,
                  ApiVersionsResponse& response) {
  for (const metadata::SupportedFeature& one : metadata::supported_features(context.setup.rules)) {
    if (one.min == 0 && version < kMinimumZero) continue;
    response.supported_features.push_back({std::string(one.name), one.min, one.max});
  }
  if (!context.image) return;
  response.finalized_features_epoch = context.image->position().next.value() - 1;
  for (const auto& [name, level] : context.image->features()) {
    if (level != 0) response.finalized_features.push_back({name, level, level});
  }
}

}  // namespace

// A request of a version that we do not know is answered in the shape of version 0, with the range
// of this API alone, so that the client can ask again (KIP-511).
MessageRef answer_api_versions(const HandlerContext& context, const rpc::Request& request) {
  const ApiEntry* own = protocol::find_api(ApiKey::kApiVersions);
  if (!own->versions.contains(request.api_version)) {
    return protocol::error_response(*request.body, 0, ErrorCode::kUnsupportedVersion);
  }
  auto response = std::make_shared<ApiVersionsResponse>();
  if (!names_itself_well(protocol::as<ApiVersionsRequest>(request.body), request.api_version)) {
    response->error_code = ErrorCode::kInvalidRequest;
    return response;
  }
  for (const ApiEntry& entry : protocol::api_table()) {
    if (answerer_of(entry.key, context.serves) != Answerer::kNobody) add_range(entry, *response);
  }
  if (request.api_version >= kFeatures) add_features(context, request.api_version, *response);
  return response;
}

}  // namespace logarium::server
