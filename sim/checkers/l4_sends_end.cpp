#include <fmt/format.h>

#include "engine/client/client_node.hpp"
#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/workload/application.hpp"
#include "sim/workload/history.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

constexpr Duration kSlack = seconds(1);

// Property L4. The producer's own timers promise this, so it holds during faults of others too;
// a producer whose own process was paused, slowed or given a wrong clock is not judged.
class SendsEnd final : public CheckerOf<SendsEnd> {
 public:
  [[nodiscard]] Property property() const override { return kSendsEnd; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const NodeIndex node(i);
      const workload::Application* application = world.application(node);
      const workload::History* history = application ? application->history() : nullptr;
      const auto* client = dynamic_cast<const client::ClientNode*>(world.node(node));
      if (history == nullptr || history->begun() == 0 || client == nullptr) continue;
      if (state.node(node).disturbed || client->setup() == nullptr) continue;
      const auto* config = std::get_if<ProducerConfig>(&client->setup()->config);
      if (config == nullptr) continue;
      // A record waits at most max.block.ms for metadata and memory before its delivery begins.
      const Duration bound =
          milliseconds(config->delivery_timeout_ms + config->max_block_ms) + kSlack;
      check(*history, world.clock(node).monotonic, bound, moment_of(moment, node), findings);
    }
  }

 private:
  void check(const workload::History& history, Instant now, Duration bound,
             const ClusterState::At& at, Findings& findings) const {
    std::uint64_t late = 0;
    Duration longest;
    const auto look = [&](Duration took) {
      longest = std::max(longest, took);
      if (took > bound) ++late;
    };
    for (const workload::SendOp& send : history.sends()) look(send.ended - send.sent);
    for (std::size_t i = 0; i < history.open().size(); ++i) {
      const workload::History::OpenSend& open = history.open()[i];
      if (!open.ended) look(now - open.sent);
    }
    if (late == 0) return;
    report(findings, at,
           {fmt::format("{} records had no outcome in time", late),
            fmt::format("success or an error within {} (delivery.timeout.ms and max.block.ms)",
                        to_string(bound)),
            fmt::format("the longest took {}", to_string(longest))});
  }
};

}  // namespace

std::unique_ptr<Checker> make_sends_end() { return std::make_unique<SendsEnd>(); }

}  // namespace logarium::checkers
