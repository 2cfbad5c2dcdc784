#include "engine/server/auto_topics.hpp"

#include <memory>
#include <utility>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/server/asks.hpp"

namespace logarium::server {

void AutoTopics::create(rpc::Port& port, const std::vector<std::string>& names) {
  if (!controller_) return;
  auto request = std::make_shared<protocol::CreateTopicsRequest>();
  std::vector<std::string> taken;
  for (const std::string& name : names) {
    if (names_.size() >= kInFlightMax) break;
    if (!names_.insert(name).second) continue;
    taken.push_back(name);
    auto& topic = request->topics.emplace_back();
    topic.name = name;
    topic.num_partitions = partitions_;
    topic.replication_factor = replication_factor_;
  }
  if (taken.empty()) return;
  request->timeout_ms = static_cast<std::int32_t>(kTimeout.ns / milliseconds(1).ns);
  const std::uint64_t id = next_request_++;
  requests_.emplace(id, std::move(taken));
  port.send({*controller_, rpc::Lane::kForward, 0}, std::move(request),
            handler_cookie(HandlerAsk::kAutoCreate, id), {.timeout = kTimeout});
}

// Whatever the answer: the topics are there, or whoever wants them asks again.
void AutoTopics::on_reply(const rpc::Reply& reply) {
  const auto at = requests_.find(reply.cookie.value);
  if (at == requests_.end()) return;
  for (const std::string& name : at->second) names_.erase(name);
  requests_.erase(at);
}

void AutoTopics::describe(StateVisitor& v) const {
  visit(v, "controller", controller_);
  visit(v, "names", names_.size());
  v.open_list("requests", requests_.size());
  for (const auto& [id, names] : requests_) {
    v.open_struct("");
    visit(v, "request", id);
    visit(v, "names", names);
    v.close();
  }
  v.close();
}

}  // namespace logarium::server
