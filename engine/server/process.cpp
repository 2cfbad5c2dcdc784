#include "engine/server/process.hpp"

#include <utility>
#include <variant>

#include "engine/base/hash.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/config.hpp"
#include "engine/protocol/error_response.hpp"
#include "engine/server/asks.hpp"

namespace logarium::server {
namespace {

// Kafka waits this long for the controller to let a stopping broker go.
constexpr Duration kControlledShutdownMax = seconds(300);
// A process that handed over its leadership gives its last messages this long to leave.
constexpr Duration kLastWords = milliseconds(100);

// Kafka's cluster ids are UUIDs; another text is taken by its hash.
Uuid cluster_uuid(const std::string& cluster_id) {
  return parse_uuid(cluster_id).value_or(Uuid{hash_text(cluster_id), hash_text("cluster")});
}

std::vector<std::string> listener_names(const ServerSetup& setup) {
  std::vector<std::string> names;
  for (const Listener& listener : setup.listeners) names.push_back(listener.name);
  return names;
}

rpc::OutboundOptions outbound_options(const ServerSetup& setup) {
  rpc::OutboundOptions options;
  options.client_id = "logarium-" + std::to_string(setup.node_id.value());
  options.self = setup.node_id;
  return options;
}

}  // namespace

Process::Process(StepContext& ctx, std::shared_ptr<const ServerSetup> setup)
    : setup_(std::move(setup)),
      outbound_(outbound_options(*setup_)),
      identity_(setup_->node_id, setup_->cluster_id),
      incarnation_(ctx.random().uuid()),
      loader_(setup_->empty_image, setup_->config.broker, setup_->rules),
      auto_topics_(setup_->config.broker),
      producer_ids_(setup_->node_id),
      directories_(setup_->node_id) {}

void Process::start(StepContext& ctx) {
  rpc::Port port{ctx, inbound_, outbound_};
  for (const auto& [node, endpoint] : setup_->voters) {
    outbound_.set_endpoint(ctx, node, endpoint, rpc::Door::kController);
  }
  identity_.start(ctx);
  settle(port);
}

void Process::take(StepContext& ctx, const Input& input) {
  rpc::Port port{ctx, inbound_, outbound_};
  if (stopping_ == Stopping::kExited) return;
  if (const auto* in = std::get_if<Received>(&input)) {
    received(port, *in);
  } else if (std::holds_alternative<Wake>(input)) {
    timer_fired(port);
  } else if (const auto* done = std::get_if<IoDone>(&input)) {
    io_done(port, *done);
  } else if (const auto* accepted = std::get_if<Accepted>(&input)) {
    inbound_.accepted(accepted->connection, accepted->listener);
  } else if (const auto* connected = std::get_if<Connected>(&input)) {
    outbound_.connected(ctx, connected->connection);
  } else if (const auto* failed = std::get_if<ConnectFailed>(&input)) {
    outbound_.connect_failed(ctx, failed->connection);
  } else if (const auto* gone = std::get_if<Disconnected>(&input)) {
    disconnected(port, gone->connection);
  } else {
    ENSURE(std::holds_alternative<ShutdownRequested>(input));
    shutdown_requested(port);
  }
  settle(port);
}

void Process::received(rpc::Port& port, const Received& input) {
  if (outbound_.received(port.step, input.connection, input.frame)) return;
  inbound_.received(port.step, input.connection, input.frame, input.injected_error);
}

void Process::disconnected(rpc::Port& port, ConnectionId connection) {
  if (outbound_.disconnected(port.step, connection)) return;
  inbound_.disconnected(connection);
}

void Process::timer_fired(rpc::Port& port) {
  const Cookie cookie = port.step.timers().fire();
  switch (cookie.machine) {
    case Machine::kRpc:
      outbound_.on_timer(port.step, cookie);
      return;
    case Machine::kRaft:
      quorum_->on_timer(port, cookie);
      return;
    case Machine::kLog:
      if (cookie.slot == log::kMetadataLogSlot) {
        quorum_->on_timer(port, cookie);
      } else {
        replicas_->on_timer(port, cookie);
      }
      return;
    case Machine::kController:
      controller_->on_timer(port, cookie);
      return;
    case Machine::kReplica:
      replicas_->on_timer(port, cookie);
      return;
    case Machine::kLifecycle:
      lifecycle_->on_timer(port, cookie);
      return;
    case Machine::kHandler:
      if (static_cast<HandlerAsk>(cookie.what) == HandlerAsk::kForward) {
        forwarder_.on_timer(port, cookie);
      } else if (static_cast<HandlerAsk>(cookie.what) == HandlerAsk::kProducerIds) {
        producer_ids_.on_timer(port);
      } else {
        directories_.on_timer(port);
      }
      return;
    case Machine::kProcess:
      if (static_cast<Timer>(cookie.what) == Timer::kShutdownTimeout) {
        if (stopping_ == Stopping::kBroker)
          on_lifecycle(port, BrokerLifecycle::Event::kShutdownGranted);
      } else {
        exit(port, {});
      }
      return;
    default:
      ENSURE(false && "a timer of a machine that a server does not have");
  }
}

void Process::io_done(rpc::Port& port, const IoDone& done) {
  if (done.cookie.machine == Machine::kProcess) {
    identity_.on_io(port.step, done);
  } else if (done.cookie.machine == Machine::kRaft || done.cookie.slot == log::kMetadataLogSlot) {
    quorum_->on_io(port, done);
  } else {
    ENSURE(done.cookie.machine == Machine::kLog || done.cookie.machine == Machine::kReplica);
    replicas_->on_io(port, done);
  }
}

void Process::settle(rpc::Port& port) {
  bool at_rest = false;
  for (int round = 0; round < kRoundsMax; ++round) {
    if (stopping_ == Stopping::kExited) return;
    const bool rpc = drain_rpc(port);
    // The machines were at rest already, and nothing has reached them since.
    if (!rpc && at_rest) return;
    at_rest = !drain_machines(port);
    if (at_rest && !rpc) return;
  }
  ENSURE(false && "the machines of a process come to rest");
}

bool Process::drain_rpc(rpc::Port& port) {
  bool any = false;
  while (auto answer = inbound_.take_loopback()) {
    outbound_.loopback_answered(*answer);
    any = true;
  }
  while (auto reply = outbound_.next_reply()) {
    route(port, *reply);
    any = true;
  }
  while (auto request = inbound_.next()) {
    handle(port, *request);
    any = true;
  }
  return any;
}

bool Process::drain_machines(rpc::Port& port) {
  if (auto outcome = identity_.take_outcome()) {
    on_identity(port, *outcome);
    return true;
  }
  if (quorum_) {
    if (auto event = quorum_->next_event()) {
      on_quorum(port, *event);
      return true;
    }
  }
  if (controller_) {
    if (auto event = controller_->next_event()) {
      on_controller(port, *event);
      return true;
    }
  }
  if (replicas_) {
    if (auto event = replicas_->next_event()) {
      on_replicas(port, *event);
      return true;
    }
  }
  if (lifecycle_) {
    if (auto event = lifecycle_->next_event()) {
      on_lifecycle(port, *event);
      return true;
    }
  }
  if (stopping_ == Stopping::kQuorum && quorum_ && quorum_->resigned()) {
    exit(port, {});
    return true;
  }
  return false;
}

void Process::route(rpc::Port& port, const rpc::Reply& reply) {
  switch (reply.cookie.machine) {
    case Machine::kRaft:
      quorum_->on_reply(port, reply);
      return;
    case Machine::kReplica:
      replicas_->on_reply(port, reply);
      return;
    case Machine::kLifecycle:
      lifecycle_->on_reply(port, reply);
      return;
    case Machine::kHandler:
      if (static_cast<HandlerAsk>(reply.cookie.what) == HandlerAsk::kForward) {
        forwarder_.on_reply(port, reply);
      } else if (static_cast<HandlerAsk>(reply.cookie.what) == HandlerAsk::kProducerIds) {
        producer_ids_.on_reply(port, reply);
      } else if (static_cast<HandlerAsk>(reply.cookie.what) == HandlerAsk::kAutoCreate) {
        auto_topics_.on_reply(reply);
      } else {
        directories_.on_reply(port, reply);
      }
      return;
    default:
      ENSURE(false && "a reply to a machine that asks nothing");
  }
}

// What the listener serves at which the request came; a machine of this process may ask anything.
Roles Process::roles_for(const rpc::Request& request) const {
  if (request.connection == ConnectionId{}) return setup_->roles;
  if (request.listener >= setup_->listeners.size()) return {};
  const Roles serves = setup_->listeners[request.listener].serves;
  return {serves.broker && setup_->roles.broker, serves.controller && setup_->roles.controller};
}

// A Fetch of the metadata log goes to the quorum, and what a broker would forward stays here when
// this very process is the active controller.
Answerer Process::answerer_for(const rpc::Request& request) const {
  const auto key = static_cast<protocol::ApiKey>(request.body->api_key());
  const Roles roles = roles_for(request);
  const Answerer answerer = answerer_of(key, roles);
  if (!serves_version(key, request.api_version)) return Answerer::kNobody;
  if (!quorum_) {
    const bool any_time = answerer == Answerer::kHandlers || answerer == Answerer::kMetadata;
    return any_time ? answerer : Answerer::kNobody;
  }
  if (key == protocol::ApiKey::kFetch && roles.controller &&
      raft::Quorum::is_metadata_fetch(*request.body)) {
    return Answerer::kQuorum;
  }
  if (answerer != Answerer::kForward || !setup_->roles.controller) return answerer;
  if (!quorum_->active_epoch()) return answerer;
  return key == protocol::ApiKey::kDescribeQuorum ? Answerer::kQuorum : Answerer::kController;
}

HandlerContext Process::context_for(const rpc::Request& request) const {
  const bool named = request.connection != ConnectionId{} || setup_->listeners.size() == 1;
  return {.setup = *setup_,
          .image = loader_.published(),
          .controller = quorum_ ? quorum_->leader() : std::nullopt,
          .serves = roles_for(request),
          .listener = named && request.listener < setup_->listeners.size()
                          ? std::string_view(setup_->listeners[request.listener].name)
                          : std::string_view()};
}

// The host wants an error in place of what the handlers would say. Where there is none (acks=0),
// the connection is closed, as Kafka does.
void Process::answer_with_error(rpc::Port& port, const rpc::Request& request) {
  const std::int16_t error = *request.injected_error;
  port.step.note(note::ErrorInjected{request.body->api_key(), error});
  MessageRef response = protocol::error_response(*request.body, request.api_version,
                                                 static_cast<protocol::ErrorCode>(error));
  if (response == nullptr) {
    inbound_.close(port.step, request.id);
  } else {
    port.answer(request.id, std::move(response));
  }
}

void Process::handle(rpc::Port& port, const rpc::Request& request) {
  const Answerer answerer = answerer_for(request);
  if (request.injected_error && answerer != Answerer::kNobody) {
    answer_with_error(port, request);
    return;
  }
  switch (answerer) {
    case Answerer::kNobody:
      port.step.note(note::RequestRefused{request.body->api_key(), request.api_version});
      inbound_.close(port.step, request.id);
      return;
    case Answerer::kHandlers:
      port.answer(request.id, answer(context_for(request), request));
      return;
    case Answerer::kMetadata: {
      MetadataAnswers::Answer made = metadata_.answer(context_for(request), request);
      port.answer(request.id, std::move(made.response));
      if (!made.to_create.empty()) auto_topics_.create(port, made.to_create);
      return;
    }
    case Answerer::kQuorum:
      quorum_->handle(port, request);
      return;
    case Answerer::kController:
      controller_->handle(port, request);
      return;
    case Answerer::kForward:
      forwarder_.forward(port, request);
      return;
    case Answerer::kReplicas:
      replicas_->handle(port, request);
      return;
    case Answerer::kProducerIds:
      producer_ids_.handle(port, request);
      return;
  }
}

void Process::on_identity(rpc::Port& port, const IdentityFile::Outcome& outcome) {
  if (const auto* refused = std::get_if<IdentityFile::Refused>(&outcome)) {
    exit(port, {.clean = false, .reason = refused->reason});
    return;
  }
  directory_ = std::get<IdentityFile::Known>(outcome).directory;
  raft::Options options;
  options.self = {setup_->node_id, directory_};
  std::vector<raft::ReplicaKey> voters;
  // controller.quorum.voters names no directories: of the others none is known, as in Kafka.
  for (const auto& [node, endpoint] : setup_->voters) {
    voters.push_back({node, node == setup_->node_id ? directory_ : kZeroUuid});
  }
  options.voters = raft::VoterSet(std::move(voters));
  options.cluster_id = setup_->cluster_id;
  options.config = setup_->config.broker;
  options.rules = setup_->rules;
  quorum_.emplace(std::move(options));
  quorum_->start(port);
  if (setup_->roles.controller) {
    controller_.emplace(
        controller::Options{setup_->node_id, setup_->cluster_id, setup_->config, setup_->rules});
  }
  if (!setup_->roles.broker) return;
  auto config = std::shared_ptr<const BrokerConfig>(setup_, &setup_->config.broker);
  replicas_.emplace(replica::Options{.self = setup_->node_id,
                                     .config = std::move(config),
                                     .topic_defaults = setup_->config.topic_defaults,
                                     .rules = setup_->rules,
                                     .cluster = cluster_uuid(setup_->cluster_id),
                                     .listeners = listener_names(*setup_),
                                     .directory = setup_->config.broker.logarium_log_directory});
  lifecycle_.emplace(*setup_);
  replicas_->start(port);
}

void Process::on_quorum(rpc::Port& port, raft::Event& event) {
  if (auto* committed = std::get_if<raft::event::Committed>(&event)) {
    on_committed(port, committed->batch);
  } else if (auto* snapshot = std::get_if<raft::event::SnapshotLoaded>(&event)) {
    loaded(port, loader_.load(*snapshot));
  } else if (auto* changed = std::get_if<raft::event::LeaderChanged>(&event)) {
    leader_changed(port, changed->leader);
    publish(port);
  } else if (auto* active = std::get_if<raft::event::BecameActive>(&event)) {
    if (controller_) {
      controller_->activate(port, active->epoch, loader_.image(), quorum_->log_end());
    }
  } else if (std::holds_alternative<raft::event::LostLeadership>(event)) {
    if (controller_ && controller_->active()) controller_->deactivate(port);
  } else if (auto* failed = std::get_if<raft::event::Failed>(&event)) {
    exit(port, {.clean = false, .reason = failed->reason});
  }
}

void Process::on_committed(rpc::Port& port, const protocol::Batch& batch) {
  const Result<> result = loader_.apply(port.step, batch);
  // The controller first: that a change is committed is told before this process's broker acts by
  // it.
  if (result && controller_) {
    const metadata::DeltaRef delta = loader_.last_delta();
    controller_->committed(port, loader_.image(), *delta);
  }
  loaded(port, result);
}

void Process::loaded(rpc::Port& port, const Result<>& result) {
  if (!result) {
    exit(port, {.clean = false, .reason = "metadata log: " + result.error().message});
    return;
  }
  publish(port);
  if (auto records = loader_.snapshot_due(port.step)) {
    quorum_->write_snapshot(port, loader_.image()->position().next, std::move(*records));
  }
}

void Process::leader_changed(rpc::Port& port, std::optional<NodeId> leader) {
  if (controller_) controller_->leader_changed(leader);
  forwarder_.set_controller(leader);
  auto_topics_.set_controller(leader);
  producer_ids_.set_controller(port, leader);
  directories_.set_controller(port, leader);
  if (replicas_) replicas_->set_controller(port, leader);
  if (lifecycle_) lifecycle_->set_controller(port, leader);
}

// Metadata reaches the machines of a broker in this order: addresses first, so that the replica
// manager can reach whom it is told to follow; the lifecycle last, since its next heartbeat says
// that all others have it.
void Process::publish(rpc::Port& port) {
  if (setup_->roles.broker && !knows_own_registration()) return;
  const std::optional<Loader::Publication> news = loader_.publish(port.step, *quorum_);
  if (!news || !setup_->roles.broker) return;
  for (const auto& [node, endpoint] :
       changed_endpoints(*news->delta, inter_broker_listener(*setup_))) {
    if (node == setup_->node_id) continue;
    outbound_.set_endpoint(port.step, node, endpoint, rpc::Door::kBroker);
  }
  replicas_->apply_metadata(port, news->image, *news->delta);
  directories_.metadata_applied(port, *news->delta);
  lifecycle_->metadata_applied(port, news->image->position().next);
}

// A broker acts by no metadata from before its own registration: there it may still be the leader
// of partitions whose records it has lost since (Kafka: BrokerServer waits for the initial catch-up
// before it installs its metadata publishers).
bool Process::knows_own_registration() const {
  const std::optional<BrokerEpoch> epoch = lifecycle_->epoch();
  return epoch && loader_.image()->position().next.value() > epoch->value();
}

void Process::on_controller(rpc::Port& port, controller::Event& event) {
  auto& append = std::get<controller::event::Append>(event);
  const std::optional<Offset> last = quorum_->append(port, std::move(append.records));
  if (last) {
    controller_->appended(*last);
  } else {
    controller_->append_refused(port);
  }
}

void Process::on_replicas(rpc::Port& port, const replica::Event& event) {
  if (const auto* recovered = std::get_if<replica::Recovered>(&event)) {
    directories_.set_directory(recovered->directory);
    lifecycle_->start(port, incarnation_, recovered->directory, recovered->previous_broker_epoch);
    lifecycle_->logs_recovered(port);
  } else if (const auto* failed = std::get_if<replica::DirectoryFailed>(&event)) {
    exit(port, {.clean = false, .reason = failed->reason});
  } else {
    stop_quorum(port);
  }
}

void Process::on_lifecycle(rpc::Port& port, BrokerLifecycle::Event event) {
  switch (event) {
    case BrokerLifecycle::Event::kRegistered:
      replicas_->set_broker_epoch(*lifecycle_->epoch());
      producer_ids_.set_broker_epoch(*lifecycle_->epoch());
      directories_.set_broker_epoch(*lifecycle_->epoch());
      publish(port);
      return;
    case BrokerLifecycle::Event::kShutdownGranted:
      stopping_ = Stopping::kLogs;
      replicas_->close(port);
      return;
    case BrokerLifecycle::Event::kGivenUp:
      exit(port, {.clean = false, .reason = "no controller registered this broker in time"});
      return;
  }
}

void Process::shutdown_requested(rpc::Port& port) {
  if (stopping_ != Stopping::kNo) return;
  if (!quorum_) {
    exit(port, {});
    return;
  }
  if (!replicas_) {
    stop_quorum(port);
    return;
  }
  stopping_ = Stopping::kBroker;
  port.step.arm(kControlledShutdownMax,
                {Machine::kProcess, static_cast<std::uint8_t>(Timer::kShutdownTimeout), 0, 0});
  lifecycle_->request_shutdown(port);
}

void Process::stop_quorum(rpc::Port& port) {
  stopping_ = Stopping::kQuorum;
  quorum_->resign(port);
  port.step.arm(kLastWords, {Machine::kProcess, static_cast<std::uint8_t>(Timer::kExit), 0, 0});
}

void Process::exit(rpc::Port& port, Exit exit) {
  if (stopping_ == Stopping::kExited) return;
  stopping_ = Stopping::kExited;
  port.step.act(std::move(exit));
}

void Process::describe(StateVisitor& v) const {
  visit(v, "inbound", inbound_);
  visit(v, "outbound", outbound_);
  visit(v, "identity", identity_);
  visit(v, "incarnation", incarnation_);
  visit(v, "loader", loader_);
  visit(v, "forwarder", forwarder_);
  visit(v, "auto topics", auto_topics_);
  visit(v, "producer ids", producer_ids_);
  visit(v, "directories", directories_);
  visit(v, "quorum", quorum_);
  visit(v, "controller", controller_);
  visit(v, "replicas", replicas_);
  visit(v, "lifecycle", lifecycle_);
  visit(v, "stopping", stopping_);
}

}  // namespace logarium::server
