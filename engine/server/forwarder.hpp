#pragma once
// Forwarder: passes a client's administrative request on to the active controller and hands its
// answer back (KIP-590; here the request goes as it is, without an Envelope, because the simulated
// cluster has no principals). While no controller is known, or the one asked is none any more, the
// request is tried again every 100 ms until its time is over; then it is answered with
// REQUEST_TIMED_OUT. It keeps its version, since what it says depends on it.

#include <cstdint>
#include <map>
#include <optional>

#include "engine/rpc/outbound.hpp"

namespace logarium::server {

class Forwarder {
 public:
  static constexpr Duration kRetryBackoff = milliseconds(100);
  static constexpr Duration kGiveUpAfter = seconds(30);

  void set_controller(std::optional<NodeId> controller) { controller_ = controller; }
  // Takes the request over; it is answered or its connection closed later.
  void forward(rpc::Port& port, const rpc::Request& request);
  void on_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_timer(rpc::Port& port, Cookie cookie);
  void describe(StateVisitor& v) const;

 private:
  struct Waiting {
    MessageRef body;
    std::int16_t version = 0;
    Instant give_up;
    void describe(StateVisitor& v) const;
  };
  void send(rpc::Port& port, rpc::RequestId id, const Waiting& waiting);
  void retry_later(rpc::Port& port, rpc::RequestId id);
  static void give_up(rpc::Port& port, rpc::RequestId id, const Waiting& waiting);

  std::optional<NodeId> controller_;
  std::map<rpc::RequestId, Waiting> waiting_;
};

}  // namespace logarium::server
