#include "engine/protocol/messages/incremental_alter_configs.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void IncrementalAlterConfigsRequest::AlterableConfig::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("ConfigOperation", m.config_operation, since(0));
  v("Value", m.value, since(0).nullable());
}

template <class V, class M>
void IncrementalAlterConfigsRequest::AlterConfigsResource::describe(V& v, M& m) {
  v("ResourceType", m.resource_type, since(0));
  v("ResourceName", m.resource_name, since(0));
  v("Configs", m.configs, since(0));
}

template <class V, class M>
void IncrementalAlterConfigsRequest::describe(V& v, M& m) {
  v("Resources", m.resources, since(0));
  v("ValidateOnly", m.validate_only, since(0));
}

template <class V, class M>
void IncrementalAlterConfigsResponse::AlterConfigsResourceResponse::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
  v("ResourceType", m.resource_type, since(0));
  v("ResourceName", m.resource_name, since(0));
}

template <class V, class M>
void IncrementalAlterConfigsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("Responses", m.responses, since(0));
}

template struct Wire<IncrementalAlterConfigsRequest, ApiKey::kIncrementalAlterConfigs,
                     Message::Direction::kRequest>;
template struct Wire<IncrementalAlterConfigsResponse, ApiKey::kIncrementalAlterConfigs,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
