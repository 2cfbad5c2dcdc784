#include "engine/server/forwarder.hpp"

#include <memory>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/error_response.hpp"
#include "engine/server/asks.hpp"
#include "engine/server/not_controller.hpp"

namespace logarium::server {

void Forwarder::forward(rpc::Port& port, const rpc::Request& request) {
  const Waiting waiting{request.body, request.api_version, port.step.now() + kGiveUpAfter};
  waiting_.emplace(request.id, waiting);
  send(port, request.id, waiting);
}

void Forwarder::send(rpc::Port& port, rpc::RequestId id, const Waiting& waiting) {
  if (!controller_) {
    retry_later(port, id);
    return;
  }
  port.send({*controller_, rpc::Lane::kForward, 0}, waiting.body,
            handler_cookie(HandlerAsk::kForward, id.value()),
            {.timeout = kAttempt, .version = waiting.version});
}

void Forwarder::retry_later(rpc::Port& port, rpc::RequestId id) {
  const auto at = waiting_.find(id);
  if (at == waiting_.end()) return;
  if (!port.inbound.waiting(id)) {
    waiting_.erase(at);
    return;
  }
  if (port.step.now() + kRetryBackoff >= at->second.give_up) {
    give_up(port, id, at->second);
    waiting_.erase(at);
    return;
  }
  port.step.arm(kRetryBackoff, handler_cookie(HandlerAsk::kForward, id.value()));
}

void Forwarder::give_up(rpc::Port& port, rpc::RequestId id, const Waiting& waiting) {
  port.answer(id, protocol::error_response(*waiting.body, waiting.version,
                                           protocol::ErrorCode::kRequestTimedOut,
                                           "The active controller did not answer in time."));
}

void Forwarder::on_reply(rpc::Port& port, const rpc::Reply& reply) {
  const rpc::RequestId id(reply.cookie.value);
  if (reply.outcome != rpc::Outcome::kAnswered || says_not_controller(reply.body)) {
    retry_later(port, id);
    return;
  }
  if (waiting_.erase(id) == 0) return;
  port.answer(id, reply.body);
}

void Forwarder::on_timer(rpc::Port& port, Cookie cookie) {
  const rpc::RequestId id(cookie.value);
  const auto at = waiting_.find(id);
  if (at != waiting_.end()) send(port, id, at->second);
}

void Forwarder::Waiting::describe(StateVisitor& v) const {
  visit(v, "api key", body->api_key());
  visit(v, "give up", give_up);
}

void Forwarder::describe(StateVisitor& v) const {
  visit(v, "controller", controller_);
  v.open_list("waiting", waiting_.size());
  for (const auto& [id, waiting] : waiting_) {
    v.open_struct("");
    visit(v, "request", id);
    visit(v, "what", waiting);
    v.close();
  }
  v.close();
}

}  // namespace logarium::server
