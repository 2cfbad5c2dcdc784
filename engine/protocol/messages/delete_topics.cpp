#include "engine/protocol/messages/delete_topics.hpp"

#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

template <class V, class M>
void DeleteTopicsRequest::DeleteTopicState::describe(V& v, M& m) {
  v("Name", m.name, since(6).nullable());
  v("TopicId", m.topic_id, since(6));
}

template <class V, class M>
void DeleteTopicsRequest::describe(V& v, M& m) {
  v("Topics", m.topics, since(6));
  v("TopicNames", m.topic_names, only(0, 5));
  v("TimeoutMs", m.timeout_ms, since(0));
}

template <class V, class M>
void DeleteTopicsResponse::DeletableTopicResult::describe(V& v, M& m) {
  v("Name", m.name, since(0).nullable(6));
  v("TopicId", m.topic_id, since(6));
  v("ErrorCode", m.error_code, since(0));
  v("ErrorMessage", m.error_message, since(5).nullable());
}

template <class V, class M>
void DeleteTopicsResponse::describe(V& v, M& m) {
  v("ThrottleTimeMs", m.throttle_time_ms, since(1));
  v("Responses", m.responses, since(0));
}

template struct Wire<DeleteTopicsRequest, ApiKey::kDeleteTopics, Message::Direction::kRequest>;
template struct Wire<DeleteTopicsResponse, ApiKey::kDeleteTopics, Message::Direction::kResponse>;

}  // namespace logarium::protocol
