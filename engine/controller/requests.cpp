// How the active controller handles requests: each is decided by the functions of this folder and
// then taken by the controller.

#include "engine/controller/alter_partition.hpp"
#include "engine/controller/configs.hpp"
#include "engine/controller/controller.hpp"
#include "engine/controller/deadline.hpp"
#include "engine/controller/directories.hpp"
#include "engine/controller/leadership.hpp"
#include "engine/controller/lifecycle.hpp"
#include "engine/controller/producer_ids.hpp"
#include "engine/controller/reassignment.hpp"
#include "engine/controller/refusal.hpp"
#include "engine/controller/topics.hpp"

namespace logarium::controller {

using protocol::ApiKey;
using protocol::as;
using protocol::ErrorCode;

void Controller::handle(rpc::Port& port, const rpc::Request& request) {
  ENSURE(request.body != nullptr);
  ENSURE(handles(request.body->api_key()));
  if (no_time_left(*request.body, options_.config)) {
    port.answer(request.id, refuse(*request.body, ErrorCode::kRequestTimedOut,
                                   "No time was left to carry it out: timeoutMs is not positive."));
    return;
  }
  if (!active()) {
    port.answer(request.id, refuse(*request.body, ErrorCode::kNotController,
                                   "This is not the active controller."));
    return;
  }
  const auto key = static_cast<ApiKey>(request.body->api_key());
  if (key == ApiKey::kBrokerHeartbeat) {
    handle_heartbeat(port, request);
  } else if (key == ApiKey::kBrokerRegistration) {
    handle_registration(port, request);
  } else {
    Decision decision = decide(port, request);
    if (key == ApiKey::kUnregisterBroker && !decision.records.empty()) {
      const auto& body = as<protocol::UnregisterBrokerRequest>(*request.body);
      active_->sessions.remove(NodeId(body.broker_id));
    }
    take(port, std::move(decision), {&request, std::nullopt});
    arm_session_timer(port);
  }
}

Decision Controller::decide(rpc::Port& port, const rpc::Request& request) const {
  const Message& body = *request.body;
  const View v = view();
  switch (static_cast<ApiKey>(body.api_key())) {
    case ApiKey::kUnregisterBroker:
      return unregister_broker(v, as<protocol::UnregisterBrokerRequest>(body));
    case ApiKey::kControllerRegistration:
      return register_controller(v, as<protocol::ControllerRegistrationRequest>(body));
    case ApiKey::kCreateTopics:
      return create_topics(v, as<protocol::CreateTopicsRequest>(body), port.step.random());
    case ApiKey::kDeleteTopics:
      return delete_topics(v, as<protocol::DeleteTopicsRequest>(body), request.api_version);
    case ApiKey::kCreatePartitions:
      return create_partitions(v, as<protocol::CreatePartitionsRequest>(body), port.step.random());
    case ApiKey::kIncrementalAlterConfigs:
      return alter_configs(v, as<protocol::IncrementalAlterConfigsRequest>(body));
    case ApiKey::kElectLeaders:
      return elect_leaders(v, as<protocol::ElectLeadersRequest>(body));
    case ApiKey::kAlterPartitionReassignments:
      return alter_reassignments(v, as<protocol::AlterPartitionReassignmentsRequest>(body));
    case ApiKey::kListPartitionReassignments:
      return list_reassignments(v, as<protocol::ListPartitionReassignmentsRequest>(body));
    case ApiKey::kAllocateProducerIds:
      return allocate_producer_ids(v, as<protocol::AllocateProducerIdsRequest>(body));
    case ApiKey::kAlterPartition:
      return alter_partition(v, as<protocol::AlterPartitionRequest>(body), request.api_version);
    case ApiKey::kAssignReplicasToDirs:
      return assign_replicas_to_directories(v, as<protocol::AssignReplicasToDirsRequest>(body));
    default:
      ENSURE(!handles(body.api_key()));
      return {};
  }
}

void Controller::handle_heartbeat(rpc::Port& port, const rpc::Request& request) {
  const auto& body = as<protocol::BrokerHeartbeatRequest>(*request.body);
  HeartbeatDecision heard = heartbeat(view(), active_->sessions, body);
  const NodeId broker(body.broker_id);
  Taken taken{&request, std::nullopt};
  if (heard.accepted) {
    active_->sessions.touch(broker, heard.standing, body.current_metadata_offset, port.step.now());
    if (heard.stops) taken.stopping = broker;
  }
  take(port, std::move(heard.decision), taken);
  arm_session_timer(port);
}

void Controller::handle_registration(rpc::Port& port, const rpc::Request& request) {
  const auto& body = as<protocol::BrokerRegistrationRequest>(*request.body);
  const RegistrationContext context{options_.cluster_id, active_->sessions, port.step.now(),
                                    BrokerEpoch(active_->next_offset.value()),
                                    options_.config.broker.logarium_registration_replace_silent};
  Decision decision = register_broker(view(), context, body);
  const std::optional<metadata::RegisterBrokerRecord> record = registration_in(decision);
  if (record) {
    const NodeId broker(record->broker_id);
    // A new incarnation starts with nothing of the old one's session.
    if (record->broker_epoch == context.new_epoch.value()) active_->sessions.remove(broker);
    Sessions::Standing standing = Sessions::Standing::kUnfenced;
    if (record->fenced) {
      standing = Sessions::Standing::kFenced;
    } else if (record->in_controlled_shutdown) {
      standing = Sessions::Standing::kShuttingDown;
    }
    active_->sessions.touch(broker, standing, -1, port.step.now());
  }
  take(port, std::move(decision), {&request, std::nullopt});
  arm_session_timer(port);
}

}  // namespace logarium::controller
