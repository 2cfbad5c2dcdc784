#include "engine/server/producer_ids.hpp"

#include <memory>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/allocate_producer_ids.hpp"
#include "engine/protocol/messages/init_producer_id.hpp"
#include "engine/server/asks.hpp"

namespace logarium::server {
namespace {

std::shared_ptr<protocol::InitProducerIdResponse> refuse(protocol::ErrorCode error) {
  auto response = std::make_shared<protocol::InitProducerIdResponse>();
  response->error_code = error;
  return response;
}

}  // namespace

void ProducerIds::set_controller(rpc::Port& port, std::optional<NodeId> controller) {
  controller_ = controller;
  if (!waiting_.empty()) ask_for_block(port);
}

void ProducerIds::handle(rpc::Port& port, const rpc::Request& request) {
  const auto& body = protocol::as<protocol::InitProducerIdRequest>(request.body);
  if (body.transactional_id) {
    // Transactions have no coordinator here yet.
    port.answer(request.id, refuse(protocol::ErrorCode::kCoordinatorNotAvailable));
    return;
  }
  if (waiting_.size() >= kWaitingMax) {
    port.answer(request.id, refuse(protocol::ErrorCode::kCoordinatorLoadInProgress));
    return;
  }
  waiting_.push_back(request.id);
  serve(port);
}

void ProducerIds::serve(rpc::Port& port) {
  while (!waiting_.empty() && next_ < end_) {
    const rpc::RequestId id = waiting_.front();
    waiting_.pop_front();
    if (!port.inbound.waiting(id)) continue;
    auto response = std::make_shared<protocol::InitProducerIdResponse>();
    response->producer_id = next_++;
    response->producer_epoch = 0;
    port.answer(id, std::move(response));
  }
  if (!waiting_.empty()) ask_for_block(port);
}

void ProducerIds::ask_for_block(rpc::Port& port) {
  if (asking_) return;
  asking_ = true;
  if (!controller_ || !epoch_) {
    port.step.arm(kRetryBackoff, handler_cookie(HandlerAsk::kProducerIds, 0));
    return;
  }
  auto request = std::make_shared<protocol::AllocateProducerIdsRequest>();
  request->broker_id = self_.value();
  request->broker_epoch = epoch_->value();
  port.send({*controller_, rpc::Lane::kForward, 0}, std::move(request),
            handler_cookie(HandlerAsk::kProducerIds, 0));
}

void ProducerIds::on_reply(rpc::Port& port, const rpc::Reply& reply) {
  if (reply.outcome == rpc::Outcome::kAnswered) {
    const auto& response = protocol::as<protocol::AllocateProducerIdsResponse>(reply.body);
    if (response.error_code == protocol::ErrorCode::kNone) {
      asking_ = false;
      next_ = response.producer_id_start;
      end_ = next_ + response.producer_id_len;
      serve(port);
      return;
    }
  }
  port.step.arm(kRetryBackoff, handler_cookie(HandlerAsk::kProducerIds, 0));
}

void ProducerIds::on_timer(rpc::Port& port) {
  asking_ = false;
  if (!waiting_.empty()) ask_for_block(port);
}

void ProducerIds::describe(StateVisitor& v) const {
  visit(v, "controller", controller_);
  visit(v, "broker epoch", epoch_);
  visit(v, "next", next_);
  visit(v, "end", end_);
  visit(v, "asking", asking_);
  visit(v, "waiting", waiting_);
}

}  // namespace logarium::server
