#include "engine/controller/lifecycle.hpp"

#include <algorithm>
#include <set>

#include "engine/controller/index.hpp"
#include "engine/controller/leadership.hpp"

namespace logarium::controller {

using metadata::Broker;
using metadata::BrokerRegistrationChangeRecord;
using metadata::RegisterBrokerRecord;
using protocol::BrokerHeartbeatRequest;
using protocol::BrokerHeartbeatResponse;
using protocol::BrokerRegistrationRequest;
using protocol::BrokerRegistrationResponse;
using protocol::ErrorCode;
using Standing = Sessions::Standing;

namespace {

// Ids that Kafka keeps for "not assigned", "lost" and the like.
bool reserved(Uuid directory) { return directory.high == 0 && directory.low < 100; }

ErrorCode check_directories(const View& view, const BrokerRegistrationRequest& request) {
  if (request.log_dirs.empty()) return ErrorCode::kInvalidRegistration;
  const std::set<Uuid> unique(request.log_dirs.begin(), request.log_dirs.end());
  if (unique.size() != request.log_dirs.size()) return ErrorCode::kInvalidRegistration;
  if (std::any_of(unique.begin(), unique.end(), reserved)) return ErrorCode::kInvalidRegistration;
  for (const auto& entry : view.image.brokers()) {
    if (entry.key == NodeId(request.broker_id)) continue;
    for (const Uuid directory : entry.value->directories) {
      if (unique.contains(directory)) return ErrorCode::kInvalidRegistration;
    }
  }
  return ErrorCode::kNone;
}

// Every finalized feature that the broker names must be within its range.
ErrorCode check_features(const View& view, const BrokerRegistrationRequest& request) {
  for (const BrokerRegistrationRequest::Feature& feature : request.features) {
    const auto found = view.image.features().find(feature.name);
    if (found == view.image.features().end()) continue;
    if (found->second < feature.min_supported_version ||
        found->second > feature.max_supported_version) {
      return ErrorCode::kUnsupportedVersion;
    }
  }
  return ErrorCode::kNone;
}

ErrorCode check_registration(const View& view, const RegistrationContext& context,
                             const BrokerRegistrationRequest& request, const Broker* existing) {
  if (!context.cluster_id.empty() && request.cluster_id != context.cluster_id) {
    return ErrorCode::kInconsistentClusterId;
  }
  if (request.broker_id < 0) return ErrorCode::kInvalidRequest;
  const bool another = existing != nullptr && existing->incarnation != request.incarnation_id;
  // Two processes under one id would both act on the same registration.
  const NodeId broker(request.broker_id);
  const bool silent = context.silent_may_be_replaced && !context.sessions.heard_of(broker);
  if (view.rules.on(Rule::kCheckIncarnation) && another && !silent &&
      context.sessions.has_valid_session(broker, context.now)) {
    return ErrorCode::kDuplicateBrokerRegistration;
  }
  if (request.is_migrating_zk_broker) return ErrorCode::kBrokerIdNotRegistered;
  const ErrorCode directories = check_directories(view, request);
  return directories != ErrorCode::kNone ? directories : check_features(view, request);
}

RegisterBrokerRecord record_of(const BrokerRegistrationRequest& request) {
  RegisterBrokerRecord record;
  record.broker_id = request.broker_id;
  record.incarnation_id = request.incarnation_id;
  record.rack = request.rack;
  record.log_dirs = request.log_dirs;
  for (const auto& l : request.listeners) {
    record.end_points.push_back({l.name, l.host, l.port, l.security_protocol});
  }
  for (const auto& f : request.features) {
    record.features.push_back({f.name, f.min_supported_version, f.max_supported_version});
  }
  return record;
}

// What was held against the former incarnation: its places in ISRs, and after an unclean stop
// its claim to lead from an ELR.
void bury_incarnation(const View& view, NodeId broker, std::optional<BrokerEpoch> registered,
                      BrokerEpoch previous, std::vector<metadata::Record>& records) {
  // A new incarnation leaves every ISR first: its log may be shorter than what it acknowledged.
  if (!view.rules.on(Rule::kCheckIncarnation)) return;
  const bool clean = registered == previous;
  BrokerChange change;
  if (clean || !view.rules.on(Rule::kElr)) {
    change.fenced = broker;
    change_partitions(view, view.index.with_isr_member(broker).elements(), change, records);
    return;
  }
  change.unclean = broker;
  change_partitions(view, view.index.with_isr_member(broker).elements(), change, records);
  change_partitions(view, view.index.with_elr_member(broker).elements(), change, records);
}

BrokerRegistrationChangeRecord change_of(const Broker& broker) {
  BrokerRegistrationChangeRecord record;
  record.broker_id = broker.id.value();
  record.broker_epoch = broker.epoch.value();
  return record;
}

void add_fence_records(const View& view, const Broker& broker,
                       std::vector<metadata::Record>& records) {
  // KIP-631: whoever is fenced leads nothing and is in no ISR, in the same batch.
  if (view.rules.on(Rule::kFencedLeaveIsr)) {
    BrokerChange change;
    change.fenced = broker.id;
    change_partitions(view, view.index.with_isr_member(broker.id).elements(), change, records);
  }
  BrokerRegistrationChangeRecord record = change_of(broker);
  record.fenced = 1;
  records.emplace_back(record);
}

void add_unfence_records(const View& view, const Broker& broker,
                         std::vector<metadata::Record>& records) {
  BrokerRegistrationChangeRecord record = change_of(broker);
  record.fenced = -1;
  records.emplace_back(record);
  if (!view.rules.on(Rule::kElectOnUnfence)) return;
  BrokerChange change;
  change.unfenced = broker.id;
  change_partitions(view, view.index.leaderless().elements(), change, records);
}

void add_shutdown_records(const View& view, const Broker& broker,
                          std::vector<metadata::Record>& records) {
  if (!broker.in_controlled_shutdown) {
    BrokerRegistrationChangeRecord record = change_of(broker);
    record.in_controlled_shutdown = 1;
    records.emplace_back(record);
  }
  BrokerChange change;
  change.fenced = broker.id;
  change_partitions(view, view.index.with_isr_member(broker.id).elements(), change, records);
}

// KIP-858: replicas in a failed directory are treated as if the broker were fenced for them.
void add_offline_directories(const View& view, const Broker& broker,
                             const std::vector<Uuid>& offline,
                             std::vector<metadata::Record>& records) {
  const auto is_offline = [&](Uuid directory) {
    return std::find(offline.begin(), offline.end(), directory) != offline.end();
  };
  if (std::none_of(broker.directories.begin(), broker.directories.end(), is_offline)) return;
  std::vector<PartitionRef> affected;
  for (const PartitionRef ref : view.index.with_isr_member(broker.id).elements()) {
    const metadata::Partition& partition = *view.image.partition(ref);
    for (std::size_t i = 0; i < partition.replicas.size(); ++i) {
      if (partition.replicas[i] == broker.id && i < partition.directories.size() &&
          is_offline(partition.directories[i])) {
        affected.push_back(ref);
      }
    }
  }
  BrokerChange change;
  change.fenced = broker.id;
  change_partitions(view, affected, change, records);
  BrokerRegistrationChangeRecord record = change_of(broker);
  record.log_dirs = broker.directories;
  std::erase_if(record.log_dirs, is_offline);
  records.emplace_back(std::move(record));
}

enum class Next : std::uint8_t { kFenced, kUnfenced, kControlledShutdown, kShutdownNow };

// Fenced: a wanted shutdown is granted, unfencing when the metadata is read up to the
// registration. Unfenced: shutdown goes through controlled shutdown. In controlled shutdown: until
// the broker leads nothing and every active broker knows it.
Next next_state(const View& view, const Sessions& sessions, const Broker& broker,
                const BrokerHeartbeatRequest& request) {
  if (broker.fenced) {
    if (request.want_shut_down) return Next::kShutdownNow;
    // Who began to stop does not come back under the same registration.
    if (request.want_fence || broker.in_controlled_shutdown) return Next::kFenced;
    const bool caught_up = request.current_metadata_offset >= broker.epoch.value();
    if (view.rules.on(Rule::kUnfenceNeedsCaughtUpMetadata) && !caught_up) return Next::kFenced;
    return Next::kUnfenced;
  }
  const bool leads = view.index.leaderships(broker.id) > 0;
  const bool waits = view.rules.on(Rule::kShutdownWaitsForMetadata);
  if (!broker.in_controlled_shutdown) {
    if (request.want_fence) return request.want_shut_down ? Next::kShutdownNow : Next::kFenced;
    if (!request.want_shut_down) return Next::kUnfenced;
    return leads || waits ? Next::kControlledShutdown : Next::kShutdownNow;
  }
  if (leads) return Next::kControlledShutdown;
  const std::optional<std::int64_t> offset = sessions.shutdown_offset(broker.id);
  if (waits && (!offset || *offset > sessions.lowest_active_offset())) {
    return Next::kControlledShutdown;
  }
  return Next::kShutdownNow;
}

Standing standing_after(Next next) {
  switch (next) {
    case Next::kFenced:
    case Next::kShutdownNow:
      return Standing::kFenced;
    case Next::kUnfenced:
      return Standing::kUnfenced;
    case Next::kControlledShutdown:
      return Standing::kShuttingDown;
  }
  return Standing::kFenced;
}

void add_transition_records(const View& view, const Broker& broker, Next next,
                            std::vector<metadata::Record>& records) {
  switch (next) {
    case Next::kFenced:
    case Next::kShutdownNow:
      if (!broker.fenced) add_fence_records(view, broker, records);
      return;
    case Next::kUnfenced:
      if (broker.fenced) add_unfence_records(view, broker, records);
      return;
    case Next::kControlledShutdown:
      add_shutdown_records(view, broker, records);
      return;
  }
}

}  // namespace

Standing standing_of(const Broker& broker) {
  if (broker.fenced) return Standing::kFenced;
  return broker.in_controlled_shutdown ? Standing::kShuttingDown : Standing::kUnfenced;
}

ErrorCode check_broker_epoch(const View& view, NodeId broker, BrokerEpoch epoch) {
  const Broker* found = view.image.broker(broker);
  return found != nullptr && found->epoch == epoch ? ErrorCode::kNone
                                                   : ErrorCode::kStaleBrokerEpoch;
}

Decision register_broker(const View& view, const RegistrationContext& context,
                         const BrokerRegistrationRequest& request) {
  Decision decision;
  auto response = std::make_shared<BrokerRegistrationResponse>();
  decision.response = response;
  const NodeId id(request.broker_id);
  const Broker* existing = view.image.broker(id);
  response->error_code = check_registration(view, context, request, existing);
  if (response->error_code != ErrorCode::kNone) return decision;
  RegisterBrokerRecord record = record_of(request);
  if (existing != nullptr && existing->incarnation == request.incarnation_id) {
    // KAFKA-16952: the same process keeps its epoch, or its requests in flight would be refused.
    record.broker_epoch = existing->epoch.value();
    record.fenced = existing->fenced;
    record.in_controlled_shutdown = existing->in_controlled_shutdown;
  } else {
    std::optional<BrokerEpoch> registered;
    if (existing != nullptr) registered = existing->epoch;
    bury_incarnation(view, id, registered, BrokerEpoch(request.previous_broker_epoch),
                     decision.records);
    record.broker_epoch = context.new_epoch.value();
  }
  response->broker_epoch = record.broker_epoch;
  decision.records.emplace_back(std::move(record));
  return decision;
}

std::optional<RegisterBrokerRecord> registration_in(const Decision& decision) {
  if (decision.records.empty()) return std::nullopt;
  const auto* record = std::get_if<RegisterBrokerRecord>(&decision.records.back());
  if (record == nullptr) return std::nullopt;
  return *record;
}

HeartbeatDecision heartbeat(const View& view, const Sessions& sessions,
                            const BrokerHeartbeatRequest& request) {
  HeartbeatDecision out;
  auto response = std::make_shared<BrokerHeartbeatResponse>();
  out.decision.response = response;
  const NodeId id(request.broker_id);
  response->error_code = check_broker_epoch(view, id, BrokerEpoch(request.broker_epoch));
  if (response->error_code != ErrorCode::kNone) return out;
  const Broker& broker = *view.image.broker(id);
  const Next next = next_state(view, sessions, broker, request);
  add_transition_records(view, broker, next, out.decision.records);
  if (out.decision.records.empty()) {
    add_offline_directories(view, broker, request.offline_log_dirs, out.decision.records);
  }
  out.accepted = true;
  out.standing = standing_after(next);
  out.stops = next == Next::kControlledShutdown;
  response->is_caught_up = request.current_metadata_offset >= broker.epoch.value();
  response->is_fenced = out.standing == Standing::kFenced;
  response->should_shut_down = next == Next::kShutdownNow;
  if (response->should_shut_down) {
    out.decision.notes.emplace_back(note::ShutdownGranted{id, broker.epoch});
  }
  return out;
}

Decision fence_broker(const View& view, NodeId id) {
  Decision decision;
  const Broker* broker = view.image.broker(id);
  ENSURE(broker != nullptr);
  add_fence_records(view, *broker, decision.records);
  return decision;
}

Decision unregister_broker(const View& view, const protocol::UnregisterBrokerRequest& request) {
  Decision decision;
  auto response = std::make_shared<protocol::UnregisterBrokerResponse>();
  decision.response = response;
  const NodeId id(request.broker_id);
  const Broker* broker = view.image.broker(id);
  if (broker == nullptr) {
    response->error_code = ErrorCode::kBrokerIdNotRegistered;
    response->error_message =
        "Broker ID " + std::to_string(request.broker_id) + " is not currently registered";
    return decision;
  }
  BrokerChange change;
  change.fenced = id;
  change.unclean = id;  // it leaves the ELR too
  change_partitions(view, view.index.with_isr_member(id).elements(), change, decision.records);
  change_partitions(view, view.index.with_elr_member(id).elements(), change, decision.records);
  decision.records.emplace_back(
      metadata::UnregisterBrokerRecord{id.value(), broker->epoch.value()});
  return decision;
}

Decision register_controller(const View&, const protocol::ControllerRegistrationRequest& request) {
  Decision decision;
  decision.response = std::make_shared<protocol::ControllerRegistrationResponse>();
  metadata::RegisterControllerRecord record;
  record.controller_id = request.controller_id;
  record.incarnation_id = request.incarnation_id;
  for (const auto& l : request.listeners) {
    record.end_points.push_back({l.name, l.host, l.port, l.security_protocol});
  }
  for (const auto& f : request.features) {
    record.features.push_back({f.name, f.min_supported_version, f.max_supported_version});
  }
  decision.records.emplace_back(std::move(record));
  return decision;
}

}  // namespace logarium::controller
