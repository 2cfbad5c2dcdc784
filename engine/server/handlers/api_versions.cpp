#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {

// A request of a version that we do not know is answered in the shape of version 0 (KIP-511).
MessageRef answer_api_versions(const HandlerContext& context, const rpc::Request& request) {
  auto response = std::make_shared<protocol::ApiVersionsResponse>();
  const protocol::ApiEntry* own = protocol::find_api(protocol::ApiKey::kApiVersions);
  if (own != nullptr && !own->versions.contains(request.api_version)) {
    response->error_code = protocol::ErrorCode::kUnsupportedVersion;
  }
  for (const protocol::ApiEntry& entry : protocol::api_table()) {
    if (answerer_of(entry.key, context.setup.roles) == Answerer::kNobody) continue;
    const protocol::VersionRange offered = protocol::advertised(entry);
    if (offered.empty()) continue;
    response->api_keys.push_back({static_cast<std::int16_t>(entry.key), offered.min, offered.max});
  }
  if (context.image) {
    response->finalized_features_epoch = context.image->position().next.value() - 1;
    for (const auto& [name, level] : context.image->features()) {
      response->finalized_features.push_back({name, level, level});
    }
  }
  return response;
}

}  // namespace logarium::server
