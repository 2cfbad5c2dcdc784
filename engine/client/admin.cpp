#include "engine/client/admin.hpp"

#include <algorithm>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "engine/protocol/messages/describe_quorum.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"
#include "engine/protocol/messages/list_partition_reassignments.hpp"
#include "engine/protocol/messages/unregister_broker.hpp"

namespace logarium::client {
namespace {

using protocol::ApiKey;

// An item's error by which the whole call goes to another node; others are the caller's business.
template <class Items>
ErrorCode misdirected(const Items& items) {
  for (const auto& item : items) {
    if (item.error_code == ErrorCode::kNotController) return item.error_code;
  }
  return ErrorCode::kNone;
}

// What the response says of the call as a whole.
ErrorCode error_of(const Message& response) {
  using protocol::as;
  switch (static_cast<ApiKey>(response.api_key())) {
    case ApiKey::kCreateTopics:
      return misdirected(as<protocol::CreateTopicsResponse>(response).topics);
    case ApiKey::kDeleteTopics:
      return misdirected(as<protocol::DeleteTopicsResponse>(response).responses);
    case ApiKey::kCreatePartitions:
      return misdirected(as<protocol::CreatePartitionsResponse>(response).results);
    case ApiKey::kIncrementalAlterConfigs:
      return misdirected(as<protocol::IncrementalAlterConfigsResponse>(response).responses);
    case ApiKey::kElectLeaders:
      return as<protocol::ElectLeadersResponse>(response).error_code;
    case ApiKey::kAlterPartitionReassignments:
      return as<protocol::AlterPartitionReassignmentsResponse>(response).error_code;
    case ApiKey::kListPartitionReassignments:
      return as<protocol::ListPartitionReassignmentsResponse>(response).error_code;
    case ApiKey::kUnregisterBroker:
      return as<protocol::UnregisterBrokerResponse>(response).error_code;
    case ApiKey::kDescribeCluster:
      return as<protocol::DescribeClusterResponse>(response).error_code;
    case ApiKey::kDescribeQuorum:
      return as<protocol::DescribeQuorumResponse>(response).error_code;
    default:
      return ErrorCode::kNone;
  }
}

}  // namespace

bool goes_to_controller(ApiKey key) {
  switch (key) {
    case ApiKey::kCreateTopics:
    case ApiKey::kDeleteTopics:
    case ApiKey::kCreatePartitions:
    case ApiKey::kIncrementalAlterConfigs:
    case ApiKey::kElectLeaders:
    case ApiKey::kAlterPartitionReassignments:
    case ApiKey::kListPartitionReassignments:
    case ApiKey::kUnregisterBroker:
      return true;
    default:
      return false;
  }
}

Admin::Admin(const AdminConfig& config)
    : config_(config),
      backoff_{milliseconds(config.client.retry_backoff_ms),
               milliseconds(config.client.retry_backoff_max_ms)} {}

void Admin::call(Context& c, CommandId id, std::shared_ptr<const AdminCall> call) {
  Open open;
  open.number = next_number_++;
  open.id = id;
  open.deadline = c.now() + call->timeout.value_or(milliseconds(config_.default_api_timeout_ms));
  open.parts = parts_of(*call->request);
  for (const Part& part : open.parts) c.metadata.want(c.port, part.topic);
  open.call = std::move(call);
  open_.push_back(std::move(open));
  run(c);
}

Admin::Open* Admin::find(std::uint64_t number) {
  for (Open& open : open_) {
    if (open.number == number) return &open;
  }
  return nullptr;
}

// New leaders may be known: calls that wait for leaders go on. (Metadata has a backoff of its own.)
void Admin::on_metadata(Context& c) {
  for (Open& open : open_) {
    if (!open.parts.empty()) open.retry_at = c.now();
  }
  run(c);
}

void Admin::on_timer(Context& c, Cookie cookie) {
  if (cookie.what != kWorkTimer) return;
  timer_ = TimerHandle{};
  run(c);
}

void Admin::run(Context& c) {
  for (std::size_t i = 0; i < open_.size();) {
    if (advance(c, open_[i])) {
      open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  arm_timer(c);
}

bool Admin::advance(Context& c, Open& open) {
  if (open.deadline <= c.now()) {
    finish(c, open, ErrorCode::kRequestTimedOut, open.parts.empty() ? open.last : merged(open));
    return true;
  }
  if (!open.parts.empty()) return advance_parts(c, open);
  if (open.in_flight || open.retry_at > c.now()) return false;
  const auto peer = target(c, *open.call);
  if (!peer) {
    c.metadata.request_update(c.port);
    open.retry_at = c.now() + backoff_.pause(c.step().random(), 1);
    return false;
  }
  open.in_flight = true;
  const Duration left = open.deadline - c.now();
  c.port.send(*peer, open.call->request, Cookie{Machine::kAdmin, kReply, 0, open.number},
              {.timeout = std::min(left, milliseconds(config_.client.request_timeout_ms))});
  return false;
}

// Empty while it is not known or cannot be reached.
std::optional<rpc::Peer> Admin::target(Context& c, const AdminCall& call) const {
  const auto reachable = [&](NodeId node) -> std::optional<rpc::Peer> {
    const rpc::Peer peer{node};
    if (!c.port.outbound.ready(peer, c.now())) return std::nullopt;
    return peer;
  };
  if (call.broker) return reachable(*call.broker);
  if (goes_to_controller(static_cast<ApiKey>(call.request->api_key()))) {
    const auto controller = c.metadata.controller();
    return controller ? reachable(*controller) : std::nullopt;
  }
  return c.metadata.any_broker(c.port);
}

void Admin::finish(Context& c, const Open& open, ErrorCode error, MessageRef response) {
  auto result = std::make_shared<AdminResult>();
  result->error = error;
  result->response = std::move(response);
  c.step().act(Answer{open.id, std::move(result)});
}

void Admin::retry_later(Context& c, Open& open) {
  open.retry_at = c.now() + backoff_.pause(c.step().random(), ++open.failures);
  c.metadata.request_update(c.port);
}

void Admin::on_reply(Context& c, const rpc::Reply& reply) {
  Open* open = find(reply.cookie.value);
  if (open == nullptr) return;  // its time was over
  if (reply.cookie.what == kPartReply) {
    part_answered(c, *open, reply);
    run(c);
    return;
  }
  open->in_flight = false;
  ErrorCode error = ErrorCode::kNetworkException;
  if (reply.outcome == rpc::Outcome::kUnsupportedVersion) error = ErrorCode::kUnsupportedVersion;
  if (reply.outcome == rpc::Outcome::kAnswered) {
    open->last = reply.body;
    error = error_of(*reply.body);
  }
  const bool again = (protocol::is_retriable(error) || error == ErrorCode::kNotController) &&
                     open->failures < config_.retries;
  if (again) {
    retry_later(c, *open);
  } else {
    finish(c, *open, error, open->last);
    open_.erase(open_.begin() + (open - open_.data()));
  }
  run(c);
}

void Admin::arm_timer(Context& c) {
  Instant when = kNever;
  for (const Open& open : open_) {
    when = std::min(when, open.deadline);
    if (!open.in_flight && open.retry_at > c.now()) when = std::min(when, open.retry_at);
  }
  Timers& timers = c.step().timers();
  if (when == kNever) {
    timers.cancel(timer_);
  } else if (timers.deadline(timer_) != when) {
    timers.rearm(timer_, when, Cookie{Machine::kAdmin, kWorkTimer, 0, 0});
  }
}

void Admin::Part::describe(StateVisitor& v) const {
  visit(v, "topic", topic);
  visit(v, "partition", partition);
  visit(v, "argument", argument);
  visit(v, "asked", asked);
  visit(v, "done", done);
  visit(v, "error", error);
  visit(v, "offset", offset);
}

void Admin::Open::describe(StateVisitor& v) const {
  visit(v, "number", number);
  visit(v, "command", id);
  visit(v, "call", call->hash());
  visit(v, "deadline", deadline);
  visit(v, "retry at", retry_at);
  visit(v, "failures", failures);
  visit(v, "in flight", in_flight);
  visit(v, "parts", parts);
}

void Admin::describe(StateVisitor& v) const {
  visit(v, "open", open_);
  visit(v, "next number", next_number_);
}

}  // namespace logarium::client
