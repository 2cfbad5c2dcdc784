#pragma once
// Forwarder: passes a client's administrative request on to the active controller and hands its
// answer back (KIP-590; here the request goes as it is, without an Envelope, because the simulated
// cluster has no principals). While no controller is known, or the one asked is none any more or
// does not answer, the request is tried again after 100 ms, as often as a minute allows (Kafka's
// NodeToControllerChannelManager); then it is answered with REQUEST_TIMED_OUT. The time that the
// request itself names is the controller's matter. It keeps its version, since what it says depends
// on it.

#include <cstdint>
#include <map>
#include <optional>

#include "engine/rpc/outbound.hpp"

namespace logarium::server {

class Forwarder {
 public:
  static constexpr Duration kRetryBackoff = milliseconds(100);
  // One attempt: the default of Kafka's controller.socket.timeout.ms.
  static constexpr Duration kAttempt = seconds(30);
  // No attempt begins later than this after the request came, so an answer may take 90 s.
  static constexpr Duration kGiveUpAfter = seconds(60);

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
