#pragma once
// ClientNode: one client process (a producer, a consumer or an admin client) as a Node. The
// embedding application calls it through Commands (command.hpp) and gets Answers.
//
// What it does not do: groups and transactions. The process ends at ShutdownRequested after a
// producer has ended its records, at the latest after close_timeout.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/config/client_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::client {

using ClientConfigVariant = std::variant<ProducerConfig, ConsumerConfig, AdminConfig>;

// What a client process is started with.
struct ClientSetup final : NodeSetup {
  ClientConfigVariant config;       // decides what the client is
  std::vector<Endpoint> bootstrap;  // bootstrap.servers, at least one
  Rules rules;
  Duration close_timeout = seconds(30);
};

class ClientNode : public Node {
 public:
  ClientNode();
  ClientNode(const ClientNode& other);
  ClientNode& operator=(const ClientNode&) = delete;
  ~ClientNode() override;

  void step(const Now& now, const Input& input, Effects& out) override;
  [[nodiscard]] Instant next_deadline() const override;
  [[nodiscard]] std::unique_ptr<Node> clone() const override;
  void describe(StateVisitor& v) const override;
  [[nodiscard]] std::uint64_t random_fingerprint() const override;
  // What it was started with, for checkers; null before Started.
  [[nodiscard]] const ClientSetup* setup() const;
  // Where a consumer reads next, by partition, as far as it knows; empty for other clients.
  [[nodiscard]] std::vector<std::pair<PartitionRef, Offset>> positions() const;
  // The batches that a producer has sent and that are neither acknowledged nor given up.
  struct SentBatch {
    PartitionIndex partition;
    std::uint64_t content = 0;
    std::int32_t records = 0;
    std::int32_t attempts = 0;
  };
  [[nodiscard]] std::vector<SentBatch> in_flight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;  // null before Started
};

}  // namespace logarium::client
