#include "engine/live/client_host.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/live/system.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/metadata.hpp"

namespace logarium::live {
namespace {

// A client and what became of its connections.
class WatchedClient final : public Node {
 public:
  WatchedClient(std::shared_ptr<Reach> reach, std::function<void(const Endpoint&)> on_refused)
      : reach_(std::move(reach)), on_refused_(std::move(on_refused)) {}

  void step(const Now& now, const Input& input, Effects& out) override {
    observe(input);
    const std::size_t before = out.actions.size();
    client_.step(now, input, out);
    for (std::size_t i = before; i < out.actions.size(); ++i) {
      if (const auto* connect = std::get_if<Connect>(&out.actions[i])) {
        dialling_[connect->connection.value()] = connect->to;
      }
    }
  }
  [[nodiscard]] Instant next_deadline() const override { return client_.next_deadline(); }
  [[nodiscard]] std::unique_ptr<Node> clone() const override {
    return std::make_unique<WatchedClient>(*this);
  }
  void describe(StateVisitor& v) const override { client_.describe(v); }
  [[nodiscard]] std::uint64_t random_fingerprint() const override {
    return client_.random_fingerprint();
  }
  [[nodiscard]] const client::ClientNode& client() const { return client_; }

 private:
  void observe(const Input& input) {
    if (const auto* received = std::get_if<Received>(&input)) observe(*received->frame.body);
    if (const auto* connected = std::get_if<Connected>(&input)) {
      reach_->connected = true;
      dialling_.erase(connected->connection.value());
    }
    const auto* failed = std::get_if<ConnectFailed>(&input);
    if (failed == nullptr) return;
    const auto at = dialling_.find(failed->connection.value());
    if (at == dialling_.end()) return;
    const Endpoint endpoint = at->second;
    dialling_.erase(at);
    auto& refused = reach_->refused;
    if (std::find(refused.begin(), refused.end(), endpoint) != refused.end()) return;
    refused.push_back(endpoint);
    if (on_refused_) on_refused_(endpoint);
  }
  void observe(const Message& response) {
    reach_->answered = true;
    if (!protocol::is<protocol::MetadataResponse>(response)) return;
    const auto& told = protocol::as<protocol::MetadataResponse>(response);
    reach_->controller =
        std::any_of(told.brokers.begin(), told.brokers.end(),
                    [&](const auto& broker) { return broker.node_id == told.controller_id; });
  }

  client::ClientNode client_;
  std::shared_ptr<Reach> reach_;
  std::function<void(const Endpoint&)> on_refused_;
  std::map<std::uint64_t, Endpoint> dialling_;  // by connection
};

}  // namespace

ClientHost::ClientHost(Loop& loop, LogLines& log, ClientPlan plan, Callbacks callbacks)
    : loop_(loop),
      callbacks_(std::move(callbacks)),
      reach_(std::make_shared<Reach>()),
      pause_(loop) {
  auto setup = std::make_shared<client::ClientSetup>();
  setup->config = std::move(plan.config);
  setup->bootstrap = std::move(plan.bootstrap);
  setup->close_timeout = plan.close_timeout;
  NodeOptions options;
  options.name = std::move(plan.name);
  options.node = std::make_unique<WatchedClient>(reach_, callbacks_.on_refused);
  options.setup = std::move(setup);
  options.seed = draw_seed();
  host_ = std::make_unique<NodeHost>(loop, log, *this, std::move(options));
  host_->start();
}

CommandId ClientHost::give(CommandRef command) {
  const CommandId id(next_command_++);
  host_->command(id, std::move(command));
  return id;
}

CommandResultRef ClientHost::call(CommandRef command) {
  result_.reset();
  // The answer may come before the command has been given completely.
  awaited_ = CommandId(next_command_);
  give(std::move(command));
  if (awaited_) run();
  awaited_.reset();
  return std::exchange(result_, nullptr);
}

void ClientHost::run() {
  loop_.restart();
  loop_.run();
}

void ClientHost::pause(Duration time) {
  pause_.arm(std::chrono::steady_clock::now() + std::chrono::nanoseconds(time.ns),
             [this] { loop_.stop(); });
  run();
  pause_.cancel();
}

std::vector<std::pair<PartitionRef, Offset>> ClientHost::positions() const {
  return static_cast<const WatchedClient&>(host_->node()).client().positions();
}

void ClientHost::on_answer(NodeHost&, const Answer& answer) {
  if (awaited_ == answer.command) {
    awaited_.reset();
    result_ = answer.result;
    loop_.stop();
    return;
  }
  if (callbacks_.on_answer) callbacks_.on_answer(answer.command, answer.result);
}

void ClientHost::on_exit(NodeHost&, const Exit&) {
  if (callbacks_.on_end) callbacks_.on_end();
}

}  // namespace logarium::live
