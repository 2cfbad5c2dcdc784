#pragma once
// ProducerIds: hands out producer ids from blocks of 1,000 that the controller allocates
// (AllocateProducerIds, KIP-730). Unused ids of a block are skipped, never reused.

#include <cstdint>
#include <deque>
#include <optional>

#include "engine/rpc/outbound.hpp"

namespace logarium::server {

class ProducerIds {
 public:
  static constexpr Duration kRetryBackoff = milliseconds(100);
  static constexpr std::size_t kWaitingMax = 100'000;

  explicit ProducerIds(NodeId self) : self_(self) {}
  void set_controller(rpc::Port& port, std::optional<NodeId> controller);
  void set_broker_epoch(BrokerEpoch epoch) { epoch_ = epoch; }

  // Answers an InitProducerId request without a transactional id, now or when a block has come.
  void handle(rpc::Port& port, const rpc::Request& request);
  void on_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_timer(rpc::Port& port);
  void describe(StateVisitor& v) const;

 private:
  void ask_for_block(rpc::Port& port);
  void serve(rpc::Port& port);

  NodeId self_;
  std::optional<NodeId> controller_;
  std::optional<BrokerEpoch> epoch_;
  std::int64_t next_ = 0;
  std::int64_t end_ = 0;  // first id after the block
  bool asking_ = false;
  std::deque<rpc::RequestId> waiting_;
};

}  // namespace logarium::server
