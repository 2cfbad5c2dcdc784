// The state of both ends, field by field.

#include "engine/base/state_visitor.hpp"
#include "engine/rpc/inbound.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::rpc {
namespace {

void describe_cookie(StateVisitor& v, const Cookie& cookie) {
  visit(v, "machine", cookie.machine);
  visit(v, "what", cookie.what);
  visit(v, "slot", cookie.slot);
  visit(v, "value", cookie.value);
}

}  // namespace

void Inbound::Connection::describe(StateVisitor& v) const {
  visit(v, "connection", id);
  visit(v, "in progress", in_progress);
  v.open_list("waiting", waiting.size());
  for (const auto& [frame, injected_error] : waiting) {
    v.open_struct("");
    visit(v, "api key", frame.body->api_key());
    visit(v, "correlation", frame.correlation_id);
    visit(v, "injected error", injected_error);
    v.close();
  }
  v.close();
}

void Inbound::InProgress::describe(StateVisitor& v) const {
  visit(v, "request", id);
  visit(v, "connection", connection);
  visit(v, "correlation", correlation_id);
  visit(v, "api version", api_version);
}

void Inbound::describe(StateVisitor& v) const {
  visit(v, "connections", connections_);
  visit(v, "in progress", in_progress_);
  visit(v, "ready", ready_);
  v.open_list("local", local_.size());
  for (const Request& request : local_) {
    v.open_struct("");
    visit(v, "request", request.id);
    visit(v, "api key", request.body->api_key());
    v.close();
  }
  v.close();
  v.open_list("loopback answers", loopback_.size());
  for (const LoopbackAnswer& answer : loopback_) visit(v, "", answer.id);
  v.close();
  visit(v, "next id", next_id_);
}

void Outbound::Pending::describe(StateVisitor& v) const {
  visit(v, "api key", api_key);
  visit(v, "api version", api_version);
  visit(v, "number", number);
  visit(v, "deadline", deadline);
  visit(v, "response", response);
  describe_cookie(v, cookie);
}

void Outbound::Link::describe(StateVisitor& v) const {
  visit(v, "node", peer.node);
  visit(v, "lane", peer.lane);
  visit(v, "number", peer.number);
  visit(v, "state", state);
  visit(v, "connection", connection);
  visit(v, "next correlation", next_correlation);
  visit(v, "failures", failures);
  visit(v, "failed connects", failed_connects);
  visit(v, "retry at", retry_at);
  visit(v, "request timeout", request_timeout);
  visit(v, "setup deadline", setup_deadline);
  visit(v, "queued", queued);
  visit(v, "sent", sent);
}

void Outbound::Known::describe(StateVisitor& v) const {
  visit(v, "node", node);
  for (const auto& endpoint : doors) {
    visit(v, "host", endpoint ? endpoint->host : std::string());
    visit(v, "port", endpoint ? endpoint->port : std::uint16_t{0});
  }
}

void Outbound::describe(StateVisitor& v) const {
  visit(v, "known", known_);
  visit(v, "links", links_);
  v.open_list("replies", replies_.size());
  for (const Reply& reply : replies_) {
    v.open_struct("");
    visit(v, "outcome", reply.outcome);
    describe_cookie(v, reply.cookie);
    v.close();
  }
  v.close();
}

}  // namespace logarium::rpc
