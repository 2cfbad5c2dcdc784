#include "engine/protocol/messages/api_versions.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void ApiVersionsRequest::describe(V& v, M& m) {
  v("ClientSoftwareName", m.client_software_name, since(3));
  v("ClientSoftwareVersion", m.client_software_version, since(3));
}

template <class V, class M>
void ApiVersionsResponse::ApiVersion::describe(V& v, M& m) {
  v("ApiKey", m.api_key, since(0));
  v("MinVersion", m.min_version, since(0));
  v("MaxVersion", m.max_version, since(0));
}

template <class V, class M>
void ApiVersionsResponse::SupportedFeatureKey::describe(V& v, M& m) {
  v("Name", m.name, since(3));
  v("MinVersion", m.min_version, since(3));
  v("MaxVersion", m.max_version, since(3));
}

template <class V, class M>
void ApiVersionsResponse::FinalizedFeatureKey::describe(V& v, M& m) {
  v("Name", m.name, since(3));
  v("MaxVersionLevel", m.max_version_level, since(3));
  v("MinVersionLevel", m.min_version_level, since(3));
}

template <class V, class M>
void ApiVersionsResponse::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("ApiKeys", m.api_keys, since(0));
  v("ThrottleTimeMs", m.throttle_time_ms, since(1));
  v("SupportedFeatures", m.supported_features, since(3).tagged(0));
  v("FinalizedFeaturesEpoch", m.finalized_features_epoch, since(3).tagged(1, -1));
  v("FinalizedFeatures", m.finalized_features, since(3).tagged(2));
  v("ZkMigrationReady", m.zk_migration_ready, since(3).tagged(3));
}

template struct Wire<ApiVersionsRequest, ApiKey::kApiVersions, Message::Direction::kRequest>;
template struct Wire<ApiVersionsResponse, ApiKey::kApiVersions, Message::Direction::kResponse>;

}  // namespace logarium::protocol
