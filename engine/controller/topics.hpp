#pragma once
// Topics come and go: CreateTopics, DeleteTopics, CreatePartitions. A creation, however large, is
// one atomic batch.

#include <cstdint>

#include "engine/base/random.hpp"
#include "engine/controller/decision.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"

namespace logarium::controller {

// The random stream places replicas and draws topic ids.
[[nodiscard]] Decision create_topics(const View& view, const protocol::CreateTopicsRequest& request,
                                     Random& random);
// Before version 3 a deletion that delete.topic.enable forbids is an INVALID_REQUEST.
[[nodiscard]] Decision delete_topics(const View& view, const protocol::DeleteTopicsRequest& request,
                                     std::int16_t version);
[[nodiscard]] Decision create_partitions(const View& view,
                                         const protocol::CreatePartitionsRequest& request,
                                         Random& random);

// Why a text is no topic name: empty when it is one (1 to 249 of letters, digits, '.', '_', '-').
[[nodiscard]] std::string topic_name_error(const std::string& name);

}  // namespace logarium::controller
