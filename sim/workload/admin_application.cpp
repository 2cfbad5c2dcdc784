#include "sim/workload/admin_application.hpp"

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "engine/protocol/messages/metadata.hpp"

namespace logarium::workload {

using client::AdminResult;
using client::ErrorCode;

AdminApplication::AdminApplication(AdminLoad load) : load_(std::move(load)) {}

void AdminApplication::started(const Now&, Calls& out) {
  if (phase_ != Phase::kReady) ask(out);
}

void AdminApplication::ended(const Now&) { retry_at_ = kNever; }

void AdminApplication::ask(Calls& out) {
  auto call = std::make_shared<client::AdminCall>();
  switch (phase_) {
    case Phase::kBrokers:
      call->request = describe_cluster();
      break;
    case Phase::kTopics:
      call->request = create_topics(load_.topics);
      break;
    case Phase::kLeaders:
      call->request = describe_topics(load_.topics);
      break;
    case Phase::kReady:
      return;
  }
  asked_ = CommandId(next_command_++);
  retry_at_ = kNever;
  out.add(asked_, std::move(call));
}

void AdminApplication::wake(const Now& now, Calls& out) {
  if (retry_at_ <= now.monotonic) ask(out);
}

void AdminApplication::on_answer(const Now& now, CommandId id, const CommandResultRef& result,
                                 Calls& out) {
  const auto answer = std::dynamic_pointer_cast<const AdminResult>(result);
  if (answer == nullptr) return;
  if (id != asked_ || phase_ == Phase::kReady) {
    if (id.value() >= kFirstOwnerCommand) {
      outcomes_.insert_or_assign(id, Outcome{answer->error, answer->response});
    }
    return;
  }
  if (!content(*answer)) {
    retry_at_ = now.monotonic + load_.retry;
    return;
  }
  if (phase_ == Phase::kBrokers) {
    phase_ = load_.topics.empty() ? Phase::kReady : Phase::kTopics;
  } else {
    phase_ = phase_ == Phase::kTopics ? Phase::kLeaders : Phase::kReady;
  }
  ask(out);
}

bool AdminApplication::content(const AdminResult& result) {
  if (result.error != ErrorCode::kNone || result.response == nullptr) return false;
  const Message& response = *result.response;
  switch (phase_) {
    case Phase::kBrokers: {
      const auto& cluster = protocol::as<protocol::DescribeClusterResponse>(response);
      return static_cast<std::int32_t>(cluster.brokers.size()) >= load_.brokers;
    }
    case Phase::kTopics:
      return topics_created(response);
    case Phase::kLeaders:
      return leaders_there(response);
    case Phase::kReady:
      return true;
  }
  return false;
}

// A topic that exists was created by an earlier attempt. Errors that time will not cure are the
// scenario's fault and said so.
bool AdminApplication::topics_created(const Message& message) {
  bool all = true;
  for (const auto& topic : protocol::as<protocol::CreateTopicsResponse>(message).topics) {
    const ErrorCode error = topic.error_code;
    if (error == ErrorCode::kNone || error == ErrorCode::kTopicAlreadyExists) continue;
    all = false;
    // Too few brokers registered yet looks like an invalid replication factor.
    if (protocol::is_retriable(error) || error == ErrorCode::kInvalidReplicationFactor ||
        error == ErrorCode::kNotController || error == ErrorCode::kUnknownServerError) {
      continue;
    }
    failure_ = "topic " + topic.name + ": " + std::string(protocol::name_of(error)) +
               (topic.error_message ? " (" + *topic.error_message + ")" : "");
  }
  return all;
}

bool AdminApplication::leaders_there(const Message& message) const {
  const auto& metadata = protocol::as<protocol::MetadataResponse>(message);
  for (const TopicSpec& spec : load_.topics) {
    bool good = false;
    for (const auto& topic : metadata.topics) {
      if (topic.name != spec.name || topic.error_code != ErrorCode::kNone) continue;
      good = !topic.partitions.empty();
      for (const auto& partition : topic.partitions) {
        good = good && partition.leader_id >= 0 &&
               partition.isr_nodes.size() == partition.replica_nodes.size();
      }
    }
    if (!good) return false;
  }
  return true;
}

const AdminApplication::Outcome* AdminApplication::outcome(CommandId id) const {
  const auto at = outcomes_.find(id);
  return at == outcomes_.end() ? nullptr : &at->second;
}

std::unique_ptr<Application> AdminApplication::clone() const {
  return std::make_unique<AdminApplication>(*this);
}

void AdminApplication::Outcome::describe(StateVisitor& v) const { visit(v, "error", error); }

void AdminApplication::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "asked", asked_);
  visit(v, "retry at", retry_at_);
  visit(v, "failure", failure_);
  visit(v, "outcomes", outcomes_);
  visit(v, "next command", next_command_);
}

}  // namespace logarium::workload
