#include "engine/protocol/messages/create_partitions.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void CreatePartitionsRequest::CreatePartitionsAssignment::describe(V& v, M& m) {
  v("BrokerIds", m.broker_ids, since(0));
}

template <class V, class M>
void CreatePartitionsRequest::CreatePartitionsTopic::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Count", m.count, since(0));
  v("Assignments", m.assignments, since(0).nullable());
}

template <class V, class M>
void CreatePartitionsRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(0));
  v("TimeoutMs", m.timeout_ms, since(0));
  v("ValidateOnly", m.validate_only, since(0));
}

template <class V, class M>
void CreatePartitionsResponse::CreatePartitionsTopicResult::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(0).nullable());
}

template <class V, class M>
void CreatePartitionsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(0));
  v("Results", m.results, since(0));
}

template struct Wire<CreatePartitionsRequest, ApiKey::kCreatePartitions,
                     Message::Direction::kRequest>;
template struct Wire<CreatePartitionsResponse, ApiKey::kCreatePartitions,
                     Message::Direction::kResponse>;

}  // namespace logarium::protocol
