#pragma once
// BrokerLifecycle: a broker's registration with the active controller and its heartbeats
// (KIP-631). It says when the broker may serve, and when it may stop.
//
//   state                      leaves to (when)
//   kNotRunning                kStarting (start)
//   kStarting                  kRecovery (registered, metadata read up to the registration)
//   kRecovery                  kRunning (logs recovered, controller has unfenced us)
//   kRunning                   kPendingControlledShutdown (asked to stop)
//   kPendingControlledShutdown kShuttingDown (controller lets us go)
//
// One request to the controller is in flight at a time. A heartbeat goes out every
// broker.heartbeat.interval.ms, at once when something changed, and after a failure with an
// exponential backoff (from 100 ms by default) up to the interval.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/note.hpp"
#include "engine/rpc/outbound.hpp"
#include "engine/server/setup.hpp"

namespace logarium::server {

class BrokerLifecycle {
 public:
  enum class Event : std::uint8_t {
    kRegistered,       // epoch() is known; fetches and AlterPartition carry it from now on
    kShutdownGranted,  // the controller let us go: close the logs and exit
    kGivenUp,          // no registration within initial.broker.registration.timeout.ms
  };

  explicit BrokerLifecycle(const ServerSetup& setup);

  // Begins to register. `previous_epoch` comes from the clean-shutdown file, if there was one.
  // `directory` is the id of the broker's log directory.
  void start(rpc::Port& port, Uuid incarnation, Uuid directory,
             std::optional<BrokerEpoch> previous_epoch);
  // The active controller changed (or is not known).
  void set_controller(rpc::Port& port, std::optional<NodeId> controller);
  // The broker now acts by all metadata below `next`.
  void metadata_applied(rpc::Port& port, Offset next);
  // All logs are loaded; the broker may be unfenced.
  void logs_recovered(rpc::Port& port);
  // Controlled shutdown.
  void request_shutdown(rpc::Port& port);

  void on_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_timer(rpc::Port& port, Cookie cookie);
  [[nodiscard]] std::optional<Event> next_event() {
    return event_ ? std::exchange(event_, std::exchange(second_event_, std::nullopt))
                  : std::nullopt;
  }

  [[nodiscard]] note::BrokerState state() const { return state_; }
  // Set from kRegistered on.
  [[nodiscard]] std::optional<BrokerEpoch> epoch() const { return epoch_; }
  void describe(StateVisitor& v) const;

 private:
  enum class Ask : std::uint8_t { kRegister, kHeartbeat };
  enum class Timer : std::uint8_t { kNextRequest, kGiveUp };

  void move_to(rpc::Port& port, note::BrokerState next);
  void schedule(rpc::Port& port, Duration delay);
  void send_registration(rpc::Port& port);
  void send_heartbeat(rpc::Port& port);
  void registration_answered(rpc::Port& port, const rpc::Reply& reply);
  void heartbeat_answered(rpc::Port& port, const rpc::Reply& reply);
  void retry_later(rpc::Port& port);
  void push(Event event);

  NodeId self_;
  std::string cluster_id_;
  std::vector<Listener> listeners_;  // that serve as a broker
  std::string rack_;
  Duration interval_;
  Duration session_;
  Duration give_up_after_;
  Duration retry_backoff_;

  note::BrokerState state_ = note::BrokerState::kNotRunning;
  Uuid incarnation_;
  Uuid directory_;
  std::optional<BrokerEpoch> previous_epoch_;
  std::optional<BrokerEpoch> epoch_;
  std::optional<NodeId> controller_;
  Offset metadata_next_{0};
  bool recovered_ = false;
  bool shutdown_wanted_ = false;
  bool in_flight_ = false;
  bool again_ = false;  // something changed while a request was in flight
  std::int32_t failures_ = 0;
  TimerHandle next_request_;
  TimerHandle give_up_;
  std::optional<Event> event_;
  std::optional<Event> second_event_;
};

}  // namespace logarium::server
