#include "engine/server/lifecycle.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/broker_registration.hpp"

namespace logarium::server {
namespace {

using note::BrokerState;
using protocol::ErrorCode;

constexpr std::int32_t kRetryDoublingsMax = 10;

}  // namespace

BrokerLifecycle::BrokerLifecycle(const ServerSetup& setup)
    : self_(setup.node_id),
      cluster_id_(setup.cluster_id),
      rack_(setup.config.broker.broker_rack),
      interval_(milliseconds(setup.config.broker.broker_heartbeat_interval_ms)),
      session_(milliseconds(setup.config.broker.broker_session_timeout_ms)),
      give_up_after_(milliseconds(setup.config.broker.initial_broker_registration_timeout_ms)),
      retry_backoff_(milliseconds(setup.config.broker.logarium_lifecycle_retry_backoff_ms)) {
  for (const Listener& listener : setup.listeners) {
    if (listener.serves.broker) listeners_.push_back(listener);
  }
  ENSURE(!listeners_.empty());
}

void BrokerLifecycle::start(rpc::Port& port, Uuid incarnation, Uuid directory,
                            std::optional<BrokerEpoch> previous_epoch) {
  ENSURE(state_ == BrokerState::kNotRunning);
  incarnation_ = incarnation;
  directory_ = directory;
  previous_epoch_ = previous_epoch;
  move_to(port, BrokerState::kStarting);
  give_up_ = port.step.arm(give_up_after_,
                           {Machine::kLifecycle, static_cast<std::uint8_t>(Timer::kGiveUp), 0, 0});
  schedule(port, Duration{});
}

void BrokerLifecycle::move_to(rpc::Port& port, BrokerState next) {
  state_ = next;
  port.step.note(note::BrokerStateChanged{next});
}

void BrokerLifecycle::push(Event event) {
  if (!event_) {
    event_ = event;
  } else {
    ENSURE(!second_event_);
    second_event_ = event;
  }
}

void BrokerLifecycle::schedule(rpc::Port& port, Duration delay) {
  if (state_ == BrokerState::kNotRunning || state_ == BrokerState::kShuttingDown) return;
  if (in_flight_) {
    again_ = true;
    return;
  }
  port.step.rearm(next_request_, delay,
                  {Machine::kLifecycle, static_cast<std::uint8_t>(Timer::kNextRequest), 0, 0});
}

void BrokerLifecycle::set_controller(rpc::Port& port, std::optional<NodeId> controller) {
  if (controller_ == controller) return;
  controller_ = controller;
  failures_ = 0;
  if (controller_) schedule(port, Duration{});
}

void BrokerLifecycle::metadata_applied(rpc::Port& port, Offset next) {
  metadata_next_ = next;
  if (state_ != BrokerState::kStarting || !epoch_) return;
  if (metadata_next_.value() <= epoch_->value()) return;
  move_to(port, BrokerState::kRecovery);
  schedule(port, Duration{});
}

void BrokerLifecycle::logs_recovered(rpc::Port& port) {
  recovered_ = true;
  if (epoch_) schedule(port, Duration{});
}

void BrokerLifecycle::request_shutdown(rpc::Port& port) {
  if (shutdown_wanted_) return;
  shutdown_wanted_ = true;
  if (state_ == BrokerState::kRunning || state_ == BrokerState::kRecovery) {
    move_to(port, BrokerState::kPendingControlledShutdown);
    schedule(port, Duration{});
    return;
  }
  // Not registered yet: nobody relies on this broker.
  move_to(port, BrokerState::kShuttingDown);
  push(Event::kShutdownGranted);
}

void BrokerLifecycle::on_timer(rpc::Port& port, Cookie cookie) {
  if (static_cast<Timer>(cookie.what) == Timer::kGiveUp) {
    if (!epoch_) push(Event::kGivenUp);
    return;
  }
  if (in_flight_ || !controller_) return;  // set_controller schedules again
  if (epoch_) {
    send_heartbeat(port);
  } else {
    send_registration(port);
  }
}

void BrokerLifecycle::send_registration(rpc::Port& port) {
  auto request = std::make_shared<protocol::BrokerRegistrationRequest>();
  request->broker_id = self_.value();
  request->cluster_id = cluster_id_;
  request->incarnation_id = incarnation_;
  for (const Listener& listener : listeners_) {
    request->listeners.push_back({listener.name, listener.advertised.host, listener.advertised.port,
                                  listener.security_protocol});
  }
  if (!rack_.empty()) request->rack = rack_;
  request->log_dirs.push_back(directory_);
  request->previous_broker_epoch = previous_epoch_ ? previous_epoch_->value() : -1;
  in_flight_ = true;
  port.send({*controller_, rpc::Lane::kControl, 0}, std::move(request),
            {Machine::kLifecycle, static_cast<std::uint8_t>(Ask::kRegister), 0, 0},
            {.timeout = session_ / 2});
}

void BrokerLifecycle::send_heartbeat(rpc::Port& port) {
  auto request = std::make_shared<protocol::BrokerHeartbeatRequest>();
  request->broker_id = self_.value();
  request->broker_epoch = epoch_->value();
  request->current_metadata_offset = metadata_next_.value() - 1;
  const bool may_serve = recovered_ && state_ != BrokerState::kStarting;
  request->want_fence = !may_serve;
  request->want_shut_down = state_ == BrokerState::kPendingControlledShutdown;
  in_flight_ = true;
  port.send({*controller_, rpc::Lane::kControl, 0}, std::move(request),
            {Machine::kLifecycle, static_cast<std::uint8_t>(Ask::kHeartbeat), 0, 0},
            {.timeout = session_ / 2});
}

void BrokerLifecycle::on_reply(rpc::Port& port, const rpc::Reply& reply) {
  in_flight_ = false;
  if (reply.outcome != rpc::Outcome::kAnswered) {
    retry_later(port);
  } else if (static_cast<Ask>(reply.cookie.what) == Ask::kRegister) {
    registration_answered(port, reply);
  } else {
    heartbeat_answered(port, reply);
  }
  if (std::exchange(again_, false)) schedule(port, Duration{});
}

void BrokerLifecycle::retry_later(rpc::Port& port) {
  const std::int64_t factor = std::int64_t{1} << std::min(failures_, kRetryDoublingsMax);
  ++failures_;
  schedule(port, std::min(retry_backoff_ * factor, interval_));
}

void BrokerLifecycle::registration_answered(rpc::Port& port, const rpc::Reply& reply) {
  const auto& response = protocol::as<protocol::BrokerRegistrationResponse>(reply.body);
  if (response.error_code != ErrorCode::kNone) {
    retry_later(port);
    return;
  }
  failures_ = 0;
  epoch_ = BrokerEpoch(response.broker_epoch);
  port.step.timers().cancel(give_up_);
  push(Event::kRegistered);
  schedule(port, Duration{});
  metadata_applied(port, metadata_next_);
}

void BrokerLifecycle::heartbeat_answered(rpc::Port& port, const rpc::Reply& reply) {
  const auto& response = protocol::as<protocol::BrokerHeartbeatResponse>(reply.body);
  if (response.error_code != ErrorCode::kNone) {
    retry_later(port);
    return;
  }
  failures_ = 0;
  if (state_ == BrokerState::kRecovery && recovered_ && !response.is_fenced) {
    move_to(port, BrokerState::kRunning);
  }
  if (state_ == BrokerState::kPendingControlledShutdown && response.should_shut_down) {
    move_to(port, BrokerState::kShuttingDown);
    push(Event::kShutdownGranted);
    return;
  }
  // Until the broker serves, and while it waits to stop, it asks more often.
  const bool settled = state_ == BrokerState::kRunning;
  schedule(port, settled ? interval_ : std::min(interval_, milliseconds(200)));
}

void BrokerLifecycle::describe(StateVisitor& v) const {
  visit(v, "state", state_);
  visit(v, "incarnation", incarnation_);
  visit(v, "directory", directory_);
  visit(v, "previous epoch", previous_epoch_);
  visit(v, "epoch", epoch_);
  visit(v, "controller", controller_);
  visit(v, "metadata next", metadata_next_);
  visit(v, "recovered", recovered_);
  visit(v, "shutdown wanted", shutdown_wanted_);
  visit(v, "in flight", in_flight_);
  visit(v, "again", again_);
  visit(v, "failures", failures_);
}

}  // namespace logarium::server
