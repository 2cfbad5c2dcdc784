#include "engine/client/client_node.hpp"

#include <utility>

#include "engine/base/state_visitor.hpp"
#include "engine/client/admin.hpp"
#include "engine/client/consumer.hpp"
#include "engine/client/producer.hpp"

namespace logarium::client {
namespace {

// Cookie.what of the process's own timer: the end of an orderly stop.
constexpr std::uint8_t kCloseTimer = 1;

const ClientConfig& shared_part(const ClientConfigVariant& config) {
  return std::visit([](const auto& c) -> const ClientConfig& { return c.client; }, config);
}

rpc::OutboundOptions outbound_options(const ClientConfig& config) {
  rpc::OutboundOptions options;
  options.client_id = config.client_id;
  options.reconnect_backoff = milliseconds(config.reconnect_backoff_ms);
  options.reconnect_backoff_max = milliseconds(config.reconnect_backoff_max_ms);
  options.connection_setup_timeout = milliseconds(config.socket_connection_setup_timeout_ms);
  options.connection_setup_timeout_max =
      milliseconds(config.socket_connection_setup_timeout_max_ms);
  return options;
}

using MachineVariant = std::variant<Producer, Consumer, Admin>;

MachineVariant make_machine(const ClientSetup& setup) {
  if (const auto* producer = std::get_if<ProducerConfig>(&setup.config)) {
    return Producer(*producer, setup.rules);
  }
  if (const auto* consumer = std::get_if<ConsumerConfig>(&setup.config)) {
    return Consumer(*consumer, setup.rules);
  }
  return Admin(std::get<AdminConfig>(setup.config));
}

Machine machine_name(const ClientConfigVariant& config) {
  if (std::holds_alternative<ProducerConfig>(config)) return Machine::kProducer;
  if (std::holds_alternative<ConsumerConfig>(config)) return Machine::kConsumer;
  return Machine::kAdmin;
}

Metadata make_metadata(const ClientSetup& setup) {
  using AutoCreate = Metadata::AutoCreate;
  AutoCreate create = AutoCreate::kNo;
  if (std::holds_alternative<ProducerConfig>(setup.config)) create = AutoCreate::kYes;
  if (const auto* consumer = std::get_if<ConsumerConfig>(&setup.config)) {
    create = consumer->allow_auto_create_topics ? AutoCreate::kYes : AutoCreate::kNo;
  }
  return Metadata(machine_name(setup.config), shared_part(setup.config), setup.bootstrap, create);
}

}  // namespace

struct ClientNode::State {
  explicit State(std::shared_ptr<const ClientSetup> s)
      : setup(std::move(s)),
        outbound(outbound_options(shared_part(setup->config))),
        metadata(make_metadata(*setup)),
        machine(make_machine(*setup)) {}

  std::shared_ptr<const ClientSetup> setup;
  NodeCore core;
  rpc::Inbound inbound;  // a client serves nobody; outbound wants one for its loopback
  rpc::Outbound outbound;
  Metadata metadata;
  MachineVariant machine;
  std::uint64_t metadata_seen = 0;
  bool closing = false;
  bool ended = false;
  TimerHandle close_timer;

  // A command fits the client it is given to.
  template <class M>
  M& as() {
    ENSURE(std::holds_alternative<M>(machine));
    return *std::get_if<M>(&machine);
  }
  void start(Context& c);
  void on_command(Context& c, const CommandInput& input);
  void on_wake(Context& c);
  void on_shutdown(Context& c);
  void drain(Context& c);
};

void ClientNode::State::start(Context& c) {
  metadata.start(c.port);
  if (auto* producer = std::get_if<Producer>(&machine)) producer->start(c);
}

void ClientNode::State::on_command(Context& c, const CommandInput& input) {
  ENSURE(input.command != nullptr);
  // Client nodes are given client commands only; their kind tells the rest.
  const auto& command = static_cast<const ClientCommand&>(*input.command);
  switch (command.kind) {
    case CommandKind::kProduce:
      as<Producer>().produce(c, input.id, std::static_pointer_cast<const Produce>(input.command));
      break;
    case CommandKind::kFlush:
      as<Producer>().flush(c, input.id);
      break;
    case CommandKind::kAssign:
      as<Consumer>().assign(c, input.id, static_cast<const Assign&>(command));
      break;
    case CommandKind::kSeek:
      as<Consumer>().seek(c, input.id, static_cast<const Seek&>(command));
      break;
    case CommandKind::kPoll:
      as<Consumer>().poll(c, input.id, static_cast<const Poll&>(command));
      break;
    case CommandKind::kAdmin:
      as<Admin>().call(c, input.id, std::static_pointer_cast<const AdminCall>(input.command));
      break;
  }
}

void ClientNode::State::on_wake(Context& c) {
  if (!core.timers.due(c.now())) return;
  const Cookie cookie = core.timers.fire();
  if (cookie.machine == Machine::kRpc) {
    outbound.on_timer(c.step(), cookie);
  } else if (cookie.machine == Machine::kProcess) {
    close_timer = TimerHandle{};
    if (auto* producer = std::get_if<Producer>(&machine)) producer->abort(c);
    c.step().act(Exit{true, "closed; not everything was delivered in time"});
    ended = true;
  } else if (!metadata.on_timer(c.port, cookie)) {
    std::visit([&](auto& m) { m.on_timer(c, cookie); }, machine);
  }
}

void ClientNode::State::on_shutdown(Context& c) {
  if (closing) return;
  closing = true;
  close_timer = c.step().arm(setup->close_timeout, Cookie{Machine::kProcess, kCloseTimer, 0, 0});
  if (auto* producer = std::get_if<Producer>(&machine)) producer->close(c);
}

// Hands out replies and news until nothing is left of this step.
void ClientNode::State::drain(Context& c) {
  for (;;) {
    if (auto reply = outbound.next_reply()) {
      if (!metadata.on_reply(c.port, *reply)) {
        std::visit([&](auto& m) { m.on_reply(c, *reply); }, machine);
      }
    } else if (metadata.version() != metadata_seen) {
      metadata_seen = metadata.version();
      std::visit([&](auto& m) { m.on_metadata(c); }, machine);
    } else {
      break;
    }
  }
  if (!closing || ended) return;
  const auto* producer = std::get_if<Producer>(&machine);
  if (producer != nullptr && !producer->idle()) return;
  c.step().act(Exit{true, "closed"});
  ended = true;
}

ClientNode::ClientNode() = default;
ClientNode::~ClientNode() = default;
ClientNode::ClientNode(const ClientNode& other)
    : Node(other), state_(other.state_ ? std::make_unique<State>(*other.state_) : nullptr) {}

void ClientNode::step(const Now& now, const Input& input, Effects& out) {
  if (const auto* started = std::get_if<Started>(&input)) {
    auto setup = std::dynamic_pointer_cast<const ClientSetup>(started->setup);
    ENSURE(setup != nullptr);
    state_ = std::make_unique<State>(std::move(setup));
    state_->core.random = Random(started->seed);
  }
  ENSURE(state_ != nullptr);
  State& s = *state_;
  if (s.ended) return;
  StepContext step(now, s.core, out);
  rpc::Port port{step, s.inbound, s.outbound};
  Context c{port, s.metadata};
  if (std::holds_alternative<Started>(input)) {
    s.start(c);
  } else if (const auto* command = std::get_if<CommandInput>(&input)) {
    s.on_command(c, *command);
  } else if (const auto* connected = std::get_if<Connected>(&input)) {
    s.outbound.connected(step, connected->connection);
  } else if (const auto* failed = std::get_if<ConnectFailed>(&input)) {
    s.outbound.connect_failed(step, failed->connection);
  } else if (const auto* gone = std::get_if<Disconnected>(&input)) {
    s.outbound.disconnected(step, gone->connection);
  } else if (const auto* received = std::get_if<Received>(&input)) {
    s.outbound.received(step, received->connection, received->frame);
  } else if (std::holds_alternative<Wake>(input)) {
    s.on_wake(c);
  } else if (std::holds_alternative<ShutdownRequested>(input)) {
    s.on_shutdown(c);
  } else if (const auto* accepted = std::get_if<Accepted>(&input)) {
    step.act(Disconnect{accepted->connection});
  }
  s.drain(c);
}

Instant ClientNode::next_deadline() const {
  return state_ && !state_->ended ? state_->core.timers.next_deadline() : kNever;
}

std::unique_ptr<Node> ClientNode::clone() const { return std::make_unique<ClientNode>(*this); }

const ClientSetup* ClientNode::setup() const { return state_ ? state_->setup.get() : nullptr; }

std::vector<std::pair<PartitionRef, Offset>> ClientNode::positions() const {
  const auto* consumer = state_ ? std::get_if<Consumer>(&state_->machine) : nullptr;
  return consumer == nullptr ? std::vector<std::pair<PartitionRef, Offset>>{}
                             : consumer->positions();
}

std::vector<ClientNode::SentBatch> ClientNode::in_flight() const {
  std::vector<SentBatch> out;
  const auto* producer = state_ ? std::get_if<Producer>(&state_->machine) : nullptr;
  if (producer == nullptr) return out;
  const auto add = [&out](const PartitionQueue& queue, const OutBatch& batch) {
    if (batch.attempts == 0 || !batch.built) return;
    out.push_back({queue.partition, batch.built->content(), batch.records(), batch.attempts});
  };
  for (const PartitionQueue& queue : producer->queues()) {
    for (const OutBatch& batch : queue.on_wire) add(queue, batch);
    for (std::size_t i = 0; i < queue.waiting.size(); ++i) add(queue, queue.waiting[i]);
  }
  return out;
}

std::uint64_t ClientNode::random_fingerprint() const {
  return state_ ? state_->core.random.fingerprint() : 0;
}

void ClientNode::describe(StateVisitor& v) const {
  if (!state_) {
    v.absent("state");
    return;
  }
  visit(v, "core", state_->core);
  visit(v, "outbound", state_->outbound);
  visit(v, "metadata", state_->metadata);
  std::visit([&](const auto& m) { visit(v, "machine", m); }, state_->machine);
  visit(v, "metadata seen", state_->metadata_seen);
  visit(v, "closing", state_->closing);
  visit(v, "ended", state_->ended);
}

}  // namespace logarium::client
