#pragma once
// ServerNode: one server process, a broker, a controller or both. It owns every machine by value,
// hands each input to the machine it is for, and drains what the machines leave for each other to
// a fixed point before the step ends.
//
// Start: identity file -> quorum, and on brokers the logs -> registration -> metadata -> serving.
// Stop:  controlled shutdown of the broker -> logs closed -> quorum leadership handed over -> Exit.

#include <memory>
#include <optional>

#include "engine/base/node.hpp"
#include "engine/server/setup.hpp"

namespace logarium {
namespace controller {
class Controller;
}
namespace metadata {
class Image;
}
namespace raft {
class Quorum;
}
namespace replica {
class Manager;
}
}  // namespace logarium

namespace logarium::server {

class BrokerLifecycle;

class ServerNode : public Node {
 public:
  ServerNode();
  ~ServerNode() override;
  ServerNode(const ServerNode& other);
  ServerNode& operator=(const ServerNode& other);

  void step(const Now& now, const Input& input, Effects& out) override;
  [[nodiscard]] Instant next_deadline() const override;
  [[nodiscard]] std::unique_ptr<Node> clone() const override;
  void describe(StateVisitor& v) const override;
  [[nodiscard]] std::size_t unanswered(ConnectionId connection) const override;
  [[nodiscard]] std::uint64_t random_fingerprint() const override;

  // ---- read-only, for checkers and the viewer; null while the machine does not exist ------------
  [[nodiscard]] const ServerSetup* setup() const;
  [[nodiscard]] const raft::Quorum* quorum() const;
  [[nodiscard]] const controller::Controller* controller() const;
  [[nodiscard]] const replica::Manager* replicas() const;
  [[nodiscard]] const BrokerLifecycle* lifecycle() const;
  // The committed metadata this process acts by; null before the first.
  [[nodiscard]] std::shared_ptr<const metadata::Image> image() const;

 protected:
  NodeCore core_;

 private:
  std::unique_ptr<class Process> process_;  // set by Started
};

}  // namespace logarium::server
