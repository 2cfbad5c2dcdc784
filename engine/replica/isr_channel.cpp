#include "engine/replica/isr_channel.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

void IsrChannel::set_controller(Env& env, std::optional<NodeId> controller) {
  controller_ = controller;
  send(env);
}

void IsrChannel::submit(Env& env, Slot slot) {
  Partition* partition = env.replicas.edit(slot);
  ENSURE(partition != nullptr);
  if (partition->alter_in_flight()) return;
  partition->alter_queued();
  queue_.push_back(slot);
  send(env);
}

void IsrChannel::send(Env& env) {
  if (in_flight_ || !controller_ || !env.broker_epoch) return;
  if (env.port.step.timers().armed(retry_)) return;
  if (queue_.empty()) return;
  auto request = std::make_shared<protocol::AlterPartitionRequest>();
  request->broker_id = env.setup.self.value();
  request->broker_epoch = env.broker_epoch->value();
  while (!queue_.empty()) {
    const Slot slot = queue_.pop_front();
    if (!add(env, *request, slot)) continue;
    sent_.push_back({slot, env.replicas.get(slot).ref()});
  }
  if (sent_.empty()) return;
  in_flight_ = true;
  env.port.send({*controller_, rpc::Lane::kControl, kLaneNumber}, std::move(request),
                cookie(What::kAlterReply));
}

// False when the change it was queued for is over.
bool IsrChannel::add(Env& env, protocol::AlterPartitionRequest& request, Slot slot) {
  Partition* partition = env.replicas.edit(slot);
  if (partition == nullptr) return false;
  const Leader* leader = partition->leader();
  if (leader == nullptr || !leader->isr().in_flight()) {
    partition->alter_over();
    return false;
  }
  const PartitionRef ref = partition->ref();
  auto* topic = request.topics.empty() || request.topics.back().topic_id != ref.topic
                    ? &request.topics.emplace_back()
                    : &request.topics.back();
  topic->topic_id = ref.topic;
  auto& data = topic->partitions.emplace_back();
  data.partition_index = ref.partition.value();
  data.leader_epoch = leader->epoch().value();
  data.partition_epoch = partition->partition_epoch()->value();
  // KIP-704: a leader after an unclean election leads with what it has, so it counts as recovered.
  data.leader_recovery_state = 0;
  // KIP-903: each member with the broker epoch that this leader had seen it fetch with when it
  // proposed the change (Kafka: Partition.addBrokerEpochToIsr).
  for (const NodeId node : to_nodes(leader->replicas(), leader->isr().proposed())) {
    auto& member = data.new_isr_with_epochs.emplace_back();
    member.broker_id = node.value();
    if (node == env.setup.self) {
      member.broker_epoch = env.broker_epoch->value();
    } else if (const RemoteReplica* remote = leader->remote(node);
               remote != nullptr && remote->proposed_with) {
      member.broker_epoch = remote->proposed_with->value();
    }
  }
  return true;
}

void IsrChannel::on_reply(Env& env, const rpc::Reply& reply) {
  in_flight_ = false;
  if (reply.outcome != rpc::Outcome::kAnswered) {
    fail_request(env);
    return;
  }
  const auto& response = protocol::as<protocol::AlterPartitionResponse>(reply.body);
  // STALE_BROKER_EPOCH, NOT_CONTROLLER and the like: nothing was decided.
  if (response.error_code != ErrorCode::kNone) {
    fail_request(env);
    return;
  }
  std::vector<Sent> sent = std::exchange(sent_, {});
  for (const auto& topic : response.topics) {
    for (const auto& answer : topic.partitions) {
      const PartitionRef ref{topic.topic_id, PartitionIndex(answer.partition_index)};
      for (Sent& item : sent) {
        if (item.ref != ref || item.answered) continue;
        item.answered = true;
        on_answer(env, item.slot, answer);
        break;
      }
    }
  }
  for (const Sent& item : sent) {
    if (!item.answered) again(env, item.slot);
  }
  send(env);
}

void IsrChannel::on_answer(Env& env, Slot slot, const Answer& answer) {
  Partition* partition = env.replicas.edit(slot);
  if (partition == nullptr) return;
  partition->alter_over();
  switch (answer.error_code) {
    case ErrorCode::kNone: {
      Partition::Committed committed{
          LeaderEpoch(answer.leader_epoch), PartitionEpoch(answer.partition_epoch), {}};
      for (const std::int32_t node : answer.isr) committed.isr.emplace_back(node);
      partition->isr_committed(env.scene(), committed);
      return;
    }
    case ErrorCode::kIneligibleReplica:
    case ErrorCode::kOperationNotAttempted:
      // The controller did not commit it and will not: back to what is committed.
      partition->isr_refused(env.scene());
      return;
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kInvalidUpdateVersion:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kNewLeaderElected:
      // The controller knows something newer, which metadata will bring. Until then the larger ISR
      // counts, since it may have been committed.
      return;
    default:
      again(env, slot);
      return;
  }
}

void IsrChannel::again(Env& env, Slot slot) {
  Partition* partition = env.replicas.edit(slot);
  if (partition == nullptr) return;
  partition->alter_over();
  if (partition->leader() == nullptr || !partition->leading().isr().in_flight()) return;
  if (!env.setup.rules.on(Rule::kResendIsrChange)) return;
  partition->alter_queued();
  queue_.push_back(slot);
  if (!env.port.step.timers().armed(retry_)) {
    env.port.step.rearm(retry_, kRetryAfter, cookie(What::kAlterRetry));
  }
}

void IsrChannel::fail_request(Env& env) {
  for (const Sent& item : std::exchange(sent_, {})) again(env, item.slot);
  if (!env.port.step.timers().armed(retry_)) {
    env.port.step.rearm(retry_, kRetryAfter, cookie(What::kAlterRetry));
  }
}

void IsrChannel::on_retry(Env& env) {
  retry_ = TimerHandle{};
  send(env);
}

void IsrChannel::Sent::describe(StateVisitor& v) const {
  visit(v, "slot", slot), visit(v, "partition", ref);
}
void IsrChannel::describe(StateVisitor& v) const {
  visit(v, "controller", controller_), visit(v, "queue", queue_), visit(v, "sent", sent_);
  visit(v, "in flight", in_flight_);
}

}  // namespace logarium::replica
