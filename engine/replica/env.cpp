#include "engine/replica/env.hpp"

#include "engine/replica/leader_hint.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

Located locate(const Env& env, const std::string& topic, Uuid topic_id, PartitionIndex index) {
  if (env.image == nullptr) return {topic_id, std::nullopt, ErrorCode::kNotLeaderOrFollower};
  const bool by_id = !topic_id.is_zero();
  const metadata::Topic* found = by_id ? env.image->topic(topic_id) : env.image->topic(topic);
  if (found == nullptr) {
    return {topic_id, std::nullopt,
            by_id ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition};
  }
  if (const auto slot = env.replicas.find({found->id, index})) return {found->id, slot};
  return {found->id, std::nullopt,
          found->partition(index) == nullptr ? ErrorCode::kUnknownTopicOrPartition
                                             : ErrorCode::kNotLeaderOrFollower};
}

const metadata::Broker* known_leader(const Env& env, PartitionRef ref, LeaderEpoch& epoch) {
  if (env.image == nullptr) return nullptr;
  const metadata::Partition* partition = env.image->partition(ref);
  if (partition == nullptr || !partition->leader) return nullptr;
  epoch = partition->leader_epoch;
  return env.image->broker(*partition->leader);
}

}  // namespace logarium::replica
