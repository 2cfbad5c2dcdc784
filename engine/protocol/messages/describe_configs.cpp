#include "engine/protocol/messages/describe_configs.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void DescribeConfigsRequest::DescribeConfigsResource::describe(V& v, M& m) {
  v("ResourceType", m.resource_type, since(0));
  v("ResourceName", m.resource_name, since(0));
  v("ConfigurationKeys", m.configuration_keys, since(0).nullable());
}

template <class V, class M>
void DescribeConfigsRequest::describe(V& v, M& m) {
  v("Resources", m.resources, since(0));
  v("IncludeSynonyms", m.include_synonyms, since(1));
  v("IncludeDocumentation", m.include_documentation, since(3));
}

template <class V, class M>
void DescribeConfigsResponse::DescribeConfigsSynonym::describe(V& v, M& m) {
  v("Name", m.name, since(1));
  v("Value", m.value, since(1).nullable());
  v("Source", m.source, since(1));
}

template <class V, class M>
void DescribeConfigsResponse::DescribeConfigsResourceResult::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Value", m.value, since(0).nullable());
  v("ReadOnly", m.read_only, since(0));
  v("IsDefault", m.is_default, only(0, 0));
  v("ConfigSource", m.config_source, since(1));
  v("IsSensitive", m.is_sensitive, since(0));
  v("Synonyms", m.synonyms, since(1));
  v("ConfigType", m.config_type, since(3));
  v("Documentation", m.documentation, since(3).nullable());
}

template <class V, class M>
void DescribeConfigsResponse::DescribeConfigsResult::describe(V& v, M& m) {
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
  v("ResourceType", m.resource_type, since(0));
  v("ResourceName", m.resource_name, since(0));
  v("Configs", m.configs, since(0));
}

template <class V, class M>
void DescribeConfigsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("Results", m.results, since(0));
}

template struct Wire<DescribeConfigsRequest, ApiKey::kDescribeConfigs,
                     Message::Direction::kRequest>;
template struct Wire<DescribeConfigsResponse, ApiKey::kDescribeConfigs,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
