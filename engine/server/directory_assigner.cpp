#include "engine/server/directory_assigner.hpp"

#include <algorithm>
#include <memory>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/assign_replicas_to_dirs.hpp"
#include "engine/server/asks.hpp"

namespace logarium::server {

using protocol::AssignReplicasToDirsRequest;

void DirectoryAssigner::set_controller(rpc::Port& port, std::optional<NodeId> controller) {
  controller_ = controller;
  if (asked_.empty()) ask(port);
}

bool DirectoryAssigner::lies_elsewhere(const metadata::Partition& partition) const {
  const auto at = std::find(partition.replicas.begin(), partition.replicas.end(), self_);
  if (at == partition.replicas.end()) return false;
  const auto index = static_cast<std::size_t>(at - partition.replicas.begin());
  return index >= partition.directories.size() || partition.directories[index] != directory_;
}

void DirectoryAssigner::metadata_applied(rpc::Port& port, const metadata::Delta& delta) {
  for (const auto& change : delta.partitions) {
    if (!change.removed() && lies_elsewhere(*change.after)) {
      wrong_.insert(change.key);
    } else {
      wrong_.erase(change.key);
    }
  }
  if (asked_.empty()) ask(port);
}

void DirectoryAssigner::ask(rpc::Port& port) {
  if (wrong_.empty() || !controller_ || !epoch_) return;
  auto request = std::make_shared<AssignReplicasToDirsRequest>();
  request->broker_id = self_.value();
  request->broker_epoch = epoch_->value();
  AssignReplicasToDirsRequest::DirectoryData& here = request->directories.emplace_back();
  here.id = directory_;
  while (!wrong_.empty() && asked_.size() < kPerRequestMax) {
    const PartitionRef ref = *wrong_.begin();
    wrong_.erase(wrong_.begin());
    if (here.topics.empty() || here.topics.back().topic_id != ref.topic) {
      here.topics.push_back({ref.topic, {}});
    }
    here.topics.back().partitions.push_back({ref.partition.value()});
    asked_.push_back(ref);
  }
  port.send({*controller_, rpc::Lane::kForward, 0}, std::move(request),
            handler_cookie(HandlerAsk::kDirectories, 0));
}

// Whatever the answer says of a single partition, it is done with: one that is still wrong shows so
// when its metadata changes next.
void DirectoryAssigner::on_reply(rpc::Port& port, const rpc::Reply& reply) {
  if (reply.outcome == rpc::Outcome::kAnswered) {
    const auto& response = protocol::as<protocol::AssignReplicasToDirsResponse>(reply.body);
    if (response.error_code == protocol::ErrorCode::kNone) {
      asked_.clear();
      ask(port);
      return;
    }
  }
  port.step.arm(kRetryBackoff, handler_cookie(HandlerAsk::kDirectories, 0));
}

void DirectoryAssigner::on_timer(rpc::Port& port) {
  wrong_.insert(asked_.begin(), asked_.end());
  asked_.clear();
  ask(port);
}

void DirectoryAssigner::describe(StateVisitor& v) const {
  visit(v, "directory", directory_);
  visit(v, "controller", controller_);
  visit(v, "broker epoch", epoch_);
  visit(v, "wrong", wrong_);
  visit(v, "asked", asked_);
}

}  // namespace logarium::server
