#include "engine/server/server_node.hpp"

#include "engine/base/state_visitor.hpp"
#include "engine/server/process.hpp"

namespace logarium::server {

ServerNode::ServerNode() = default;
ServerNode::~ServerNode() = default;
ServerNode::ServerNode(const ServerNode& other)
    : Node(other),
      core_(other.core_),
      process_(other.process_ ? std::make_unique<Process>(*other.process_) : nullptr) {}
ServerNode& ServerNode::operator=(const ServerNode& other) {
  if (this != &other) {
    core_ = other.core_;
    process_ = other.process_ ? std::make_unique<Process>(*other.process_) : nullptr;
  }
  return *this;
}

void ServerNode::step(const Now& now, const Input& input, Effects& out) {
  StepContext ctx(now, core_, out);
  if (const auto* started = std::get_if<Started>(&input)) {
    ENSURE(!process_);
    core_.random = Random(started->seed);
    auto setup = std::dynamic_pointer_cast<const ServerSetup>(started->setup);
    ENSURE(setup);
    process_ = std::make_unique<Process>(ctx, std::move(setup));
    process_->start(ctx);
    return;
  }
  ENSURE(process_);
  process_->take(ctx, input);
}

Instant ServerNode::next_deadline() const { return core_.timers.next_deadline(); }

std::unique_ptr<Node> ServerNode::clone() const { return std::make_unique<ServerNode>(*this); }

void ServerNode::describe(StateVisitor& v) const {
  visit(v, "core", core_);
  if (process_) visit(v, "process", *process_);
}

std::uint64_t ServerNode::random_fingerprint() const { return core_.random.fingerprint(); }

std::size_t ServerNode::unanswered(ConnectionId connection) const {
  return process_ ? process_->unanswered(connection) : 0;
}

const ServerSetup* ServerNode::setup() const { return process_ ? &process_->setup() : nullptr; }
const raft::Quorum* ServerNode::quorum() const { return process_ ? process_->quorum() : nullptr; }
const controller::Controller* ServerNode::controller() const {
  return process_ ? process_->controller() : nullptr;
}
const replica::Manager* ServerNode::replicas() const {
  return process_ ? process_->replicas() : nullptr;
}
const BrokerLifecycle* ServerNode::lifecycle() const {
  return process_ ? process_->lifecycle() : nullptr;
}
std::shared_ptr<const metadata::Image> ServerNode::image() const {
  return process_ ? process_->image() : nullptr;
}

}  // namespace logarium::server
