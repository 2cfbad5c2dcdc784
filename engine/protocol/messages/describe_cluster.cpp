#include "engine/protocol/messages/describe_cluster.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void DescribeClusterRequest::describe(V& v, M& m) {
  v("IncludeClusterAuthorizedOperations", m.include_cluster_authorized_operations, since(0));
  v("EndpointType", m.endpoint_type, since(1));
  v("IncludeFencedBrokers", m.include_fenced_brokers, since(2));
}

template <class V, class M>
void DescribeClusterResponse::DescribeClusterBroker::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("Host", m.host, since(0));
  v("Port", m.port, since(0));
  v("Rack", m.rack, since(0).nullable());
  v("IsFenced", m.is_fenced, since(2));
}

template <class V, class M>
void DescribeClusterResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
  v("EndpointType", m.endpoint_type, since(1));
  v("ClusterId", m.cluster_id, since(0));
  v("ControllerId", m.controller_id, since(0));
  v("Brokers", m.brokers, since(0));
  v("ClusterAuthorizedOperations", m.cluster_authorized_operations, since(0));
}

template struct Wire<DescribeClusterRequest, ApiKey::kDescribeCluster,
                     Message::Direction::kRequest>;
template struct Wire<DescribeClusterResponse, ApiKey::kDescribeCluster,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
