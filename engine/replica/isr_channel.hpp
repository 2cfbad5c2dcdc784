#pragma once
// IsrChannel: carries ISR changes of the partitions led here to the controller. One AlterPartition
// request is on its way at a time (KIP-497); changes that come up meanwhile travel in the next one.
// A request that fails as a whole is sent again after 50 ms, to whoever is the controller then.

#include <cstdint>
#include <optional>

#include "engine/base/ring.hpp"
#include "engine/protocol/messages/alter_partition.hpp"
#include "engine/replica/env.hpp"

namespace logarium::replica {

class IsrChannel {
 public:
  static constexpr Duration kRetryAfter = milliseconds(50);
  // A connection of its own, so that heartbeats never wait behind an ISR change.
  static constexpr std::uint8_t kLaneNumber = 1;

  // Empty: requests wait.
  void set_controller(Env& env, std::optional<NodeId> controller);
  // The partition has a pending ISR change; asks the controller for it. Once per change.
  void submit(Env& env, Slot slot);
  void on_reply(Env& env, const rpc::Reply& reply);
  void on_retry(Env& env);
  // What could not be sent without a broker epoch goes now.
  void send(Env& env);
  void describe(StateVisitor& v) const;

 private:
  using Answer = protocol::AlterPartitionResponse::PartitionData;
  struct Sent {
    Slot slot = 0;
    PartitionRef ref;
    bool answered = false;
    void describe(StateVisitor& v) const;
  };
  bool add(Env& env, protocol::AlterPartitionRequest& request, Slot slot);
  void again(Env& env, Slot slot);
  void on_answer(Env& env, Slot slot, const Answer& answer);
  void fail_request(Env& env);

  std::optional<NodeId> controller_;
  Ring<Slot> queue_;
  std::vector<Sent> sent_;  // the request on its way, or waiting to be repeated
  bool in_flight_ = false;
  TimerHandle retry_;
};

}  // namespace logarium::replica
