#pragma once
// Process: everything a server process is once it was started. Private to engine/server; what
// others see of it is ServerNode.

#include <memory>
#include <optional>

#include "engine/controller/controller.hpp"
#include "engine/metadata/image.hpp"
#include "engine/raft/quorum.hpp"
#include "engine/replica/manager.hpp"
#include "engine/rpc/inbound.hpp"
#include "engine/rpc/outbound.hpp"
#include "engine/server/auto_topics.hpp"
#include "engine/server/directory_assigner.hpp"
#include "engine/server/forwarder.hpp"
#include "engine/server/handlers/handlers.hpp"
#include "engine/server/handlers/metadata.hpp"
#include "engine/server/identity_file.hpp"
#include "engine/server/lifecycle.hpp"
#include "engine/server/loader.hpp"
#include "engine/server/producer_ids.hpp"
#include "engine/server/setup.hpp"

namespace logarium::server {

class Process {
 public:
  Process(StepContext& ctx, std::shared_ptr<const ServerSetup> setup);

  // Hands one input (not Started) to the machine it is for, then settles.
  void take(StepContext& ctx, const Input& input);
  void start(StepContext& ctx);
  void describe(StateVisitor& v) const;

  [[nodiscard]] const ServerSetup& setup() const { return *setup_; }
  [[nodiscard]] const raft::Quorum* quorum() const { return quorum_ ? &*quorum_ : nullptr; }
  [[nodiscard]] const controller::Controller* controller() const {
    return controller_ ? &*controller_ : nullptr;
  }
  [[nodiscard]] const replica::Manager* replicas() const {
    return replicas_ ? &*replicas_ : nullptr;
  }
  [[nodiscard]] const BrokerLifecycle* lifecycle() const {
    return lifecycle_ ? &*lifecycle_ : nullptr;
  }
  [[nodiscard]] std::size_t unanswered(ConnectionId connection) const {
    return inbound_.unanswered(connection);
  }
  [[nodiscard]] metadata::ImageRef image() const { return loader_.published(); }

 private:
  enum class Timer : std::uint8_t { kExit = 100, kShutdownTimeout };
  enum class Stopping : std::uint8_t { kNo, kBroker, kLogs, kQuorum, kExited };
  // Machines are drained until none has anything left; more rounds than this is a livelock.
  static constexpr int kRoundsMax = 1'000'000;

  // inputs
  void received(rpc::Port& port, const Received& input);
  void disconnected(rpc::Port& port, ConnectionId connection);
  void timer_fired(rpc::Port& port);
  void io_done(rpc::Port& port, const IoDone& done);
  void shutdown_requested(rpc::Port& port);
  // draining
  void settle(rpc::Port& port);
  bool drain_rpc(rpc::Port& port);
  bool drain_machines(rpc::Port& port);
  void route(rpc::Port& port, const rpc::Reply& reply);
  void handle(rpc::Port& port, const rpc::Request& request);
  void answer_with_error(rpc::Port& port, const rpc::Request& request);
  [[nodiscard]] Roles roles_for(const rpc::Request& request) const;
  [[nodiscard]] Answerer answerer_for(const rpc::Request& request) const;
  [[nodiscard]] HandlerContext context_for(const rpc::Request& request) const;
  // events of the machines
  void on_identity(rpc::Port& port, const IdentityFile::Outcome& outcome);
  void on_quorum(rpc::Port& port, raft::Event& event);
  void on_committed(rpc::Port& port, const protocol::Batch& batch);
  void on_controller(rpc::Port& port, controller::Event& event);
  void on_replicas(rpc::Port& port, const replica::Event& event);
  void on_lifecycle(rpc::Port& port, BrokerLifecycle::Event event);
  void loaded(rpc::Port& port, const Result<>& result);
  void publish(rpc::Port& port);
  [[nodiscard]] bool knows_own_registration() const;
  void leader_changed(rpc::Port& port, std::optional<NodeId> leader);
  // stopping
  void stop_quorum(rpc::Port& port);
  void exit(rpc::Port& port, Exit exit);

  std::shared_ptr<const ServerSetup> setup_;
  rpc::Inbound inbound_;
  rpc::Outbound outbound_;
  IdentityFile identity_;
  Uuid incarnation_;
  Uuid directory_;
  Loader loader_;
  MetadataAnswers metadata_;
  Forwarder forwarder_;
  AutoTopics auto_topics_;
  ProducerIds producer_ids_;
  DirectoryAssigner directories_;
  std::optional<raft::Quorum> quorum_;
  std::optional<controller::Controller> controller_;
  std::optional<replica::Manager> replicas_;
  std::optional<BrokerLifecycle> lifecycle_;
  Stopping stopping_ = Stopping::kNo;
};

}  // namespace logarium::server
