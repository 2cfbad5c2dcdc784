#include "engine/client/metadata.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::client {
namespace {

using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

// The first half of stand-in ids; no id that a cluster draws begins so.
constexpr std::uint64_t kStandIn = 0x6e6f'2069'6420'2020;  // "no id   "

NodeId bootstrap_id(std::size_t i) { return NodeId(-1 - static_cast<std::int32_t>(i)); }

}  // namespace

Uuid stand_in_id(std::string_view topic) { return {kStandIn, hash_text(topic)}; }
bool is_stand_in(Uuid id) { return id.high == kStandIn; }

Metadata::Metadata(Machine machine, const ClientConfig& config, std::vector<Endpoint> bootstrap,
                   AutoCreate auto_create)
    : machine_(machine),
      backoff_{milliseconds(config.retry_backoff_ms), milliseconds(config.retry_backoff_max_ms)},
      request_timeout_(milliseconds(config.request_timeout_ms)),
      max_age_(milliseconds(config.metadata_max_age_ms)),
      auto_create_(auto_create),
      bootstrap_(std::move(bootstrap)) {}

void Metadata::start(rpc::Port& port) {
  ENSURE(!bootstrap_.empty());
  for (std::size_t i = 0; i < bootstrap_.size(); ++i) {
    port.outbound.set_endpoint(port.step, bootstrap_id(i), bootstrap_[i], rpc::Door::kBroker);
  }
  maybe_send(port);
}

void Metadata::want(rpc::Port& port, const std::string& topic) {
  const auto at = std::lower_bound(wanted_.begin(), wanted_.end(), topic);
  if (at != wanted_.end() && *at == topic) return;
  wanted_.insert(at, topic);
  // A new topic need not wait for the pause after the last answer.
  if (failures_ == 0) allowed_at_ = port.step.now();
  asked_again_ = in_flight_;
  request_update(port);
}

void Metadata::request_update(rpc::Port& port) {
  needed_ = true;
  maybe_send(port);
}

void Metadata::wait_until(rpc::Port& port, Instant when) {
  if (when == kNever) return;
  port.step.timers().rearm(timer_, when, Cookie{machine_, kTimer, 0, 0});
}

void Metadata::maybe_send(rpc::Port& port) {
  if (in_flight_) return;
  const Instant now = port.step.now();
  const Instant due = needed_ ? allowed_at_ : std::max(allowed_at_, refreshed_at_ + max_age_);
  if (due > now) {
    wait_until(port, due);
    return;
  }
  const auto peer = any_broker(port);
  if (!peer) {
    wait_until(port, next_reachable(port));
    return;
  }
  auto request = std::make_shared<MetadataRequest>();
  for (const std::string& topic : wanted_) request->topics->push_back({kZeroUuid, topic});
  request->allow_auto_topic_creation = auto_create_ == AutoCreate::kYes;
  in_flight_ = true;
  needed_ = false;
  asked_again_ = false;
  port.step.timers().cancel(timer_);
  port.send(*peer, std::move(request), Cookie{machine_, kRequest, 0, 0},
            {.timeout = request_timeout_});
}

std::optional<rpc::Peer> Metadata::any_broker(rpc::Port& port) const {
  const Instant now = port.step.now();
  std::optional<rpc::Peer> best;
  std::size_t least = 0;
  auto best_health = rpc::Outbound::Health::kFailing;
  const std::size_t start = brokers_.size() > 1 ? port.step.random().below(brokers_.size()) : 0;
  for (std::size_t i = 0; i < brokers_.size(); ++i) {
    const rpc::Peer peer{brokers_[(start + i) % brokers_.size()]};
    if (!port.outbound.ready(peer, now)) continue;
    const std::size_t load = port.outbound.in_flight(peer);
    const auto health = port.outbound.health(peer);
    const bool better = !best || health < best_health || (health == best_health && load < least);
    if (!better) continue;
    best = peer;
    least = load;
    best_health = health;
  }
  if (best) return best;
  const std::size_t first = bootstrap_.size() > 1 ? port.step.random().below(bootstrap_.size()) : 0;
  for (std::size_t i = 0; i < bootstrap_.size(); ++i) {
    const rpc::Peer peer{bootstrap_id((first + i) % bootstrap_.size()), rpc::Lane::kBootstrap};
    if (port.outbound.ready(peer, now)) return peer;
  }
  return std::nullopt;
}

Instant Metadata::next_reachable(rpc::Port& port) const {
  const Instant now = port.step.now();
  Instant earliest = kNever;
  for (const NodeId broker : brokers_) {
    earliest = std::min(earliest, port.outbound.ready_at(rpc::Peer{broker}, now));
  }
  for (std::size_t i = 0; i < bootstrap_.size(); ++i) {
    const rpc::Peer peer{bootstrap_id(i), rpc::Lane::kBootstrap};
    earliest = std::min(earliest, port.outbound.ready_at(peer, now));
  }
  return earliest;
}

bool Metadata::on_timer(rpc::Port& port, Cookie cookie) {
  if (cookie.what != kTimer) return false;
  timer_ = TimerHandle{};
  maybe_send(port);
  return true;
}

bool Metadata::on_reply(rpc::Port& port, const rpc::Reply& reply) {
  if (reply.cookie.what != kRequest) return false;
  in_flight_ = false;
  const Instant now = port.step.now();
  // A broker that has just started may know of nobody yet, itself included: such an answer says
  // nothing (Kafka: NetworkClient.handleSuccessfulResponse).
  const auto* response = reply.outcome == rpc::Outcome::kAnswered
                             ? &protocol::as<MetadataResponse>(reply.body)
                             : nullptr;
  if (response == nullptr || response->brokers.empty()) {
    needed_ = true;
    allowed_at_ = now + backoff_.pause(port.step.random(), ++failures_);
    maybe_send(port);
    return true;
  }
  apply(port, *response);
  refreshed_at_ = now;
  failures_ = needed_ ? failures_ + 1 : 0;
  allowed_at_ = now + backoff_.pause(port.step.random(), failures_ + 1);
  if (asked_again_) {
    needed_ = true;
    allowed_at_ = now;
  }
  maybe_send(port);
  return true;
}

void Metadata::apply(rpc::Port& port, const MetadataResponse& response) {
  ++version_;
  brokers_.clear();
  for (const auto& broker : response.brokers) {
    const NodeId id(broker.node_id);
    if (id.value() < 0 || broker.port < 0 || broker.port > 0xffff) continue;
    brokers_.push_back(id);
    port.outbound.set_endpoint(
        port.step, id, {broker.host, static_cast<std::uint16_t>(broker.port)}, rpc::Door::kBroker);
  }
  std::sort(brokers_.begin(), brokers_.end());
  brokers_.erase(std::unique(brokers_.begin(), brokers_.end()), brokers_.end());
  controller_.reset();
  if (response.controller_id >= 0) controller_ = NodeId(response.controller_id);
  // No brokers, a topic with an error or a partition without a leader: ask again after a pause.
  if (brokers_.empty()) needed_ = true;
  for (const auto& topic : response.topics) {
    if (apply_topic(topic)) needed_ = true;
  }
}

TopicInfo& Metadata::entry(std::string_view topic) {
  const auto at =
      std::lower_bound(topics_.begin(), topics_.end(), topic,
                       [](const TopicInfo& t, std::string_view n) { return t.name < n; });
  if (at != topics_.end() && at->name == topic) return *at;
  TopicInfo info;
  info.name = std::string(topic);
  return *topics_.insert(at, std::move(info));
}

// Another id is another topic under the old name. A broker that tells none says nothing new.
void Metadata::learn_id(TopicInfo& topic, Uuid told) {
  if (told.is_zero()) {
    if (topic.id.is_zero()) topic.id = stand_in_id(topic.name);
    return;
  }
  const bool recreated = topic.id != told && !topic.id.is_zero() && !is_stand_in(topic.id);
  if (recreated) topic.partitions.clear();
  topic.id = told;
}

// True when the answer leaves something to ask for.
bool Metadata::apply_topic(const MetadataResponse::MetadataResponseTopic& answer) {
  if (!answer.name) return false;
  TopicInfo& topic = entry(*answer.name);
  topic.error = answer.error_code;
  if (answer.error_code != ErrorCode::kNone) return protocol::is_retriable(answer.error_code);
  learn_id(topic, answer.topic_id);
  bool incomplete = false;
  // A stale broker may know fewer partitions than we do; partitions never disappear.
  if (topic.partitions.size() < answer.partitions.size()) {
    topic.partitions.resize(answer.partitions.size());
  }
  for (const auto& partition : answer.partitions) {
    const auto index = static_cast<std::size_t>(partition.partition_index);
    if (partition.partition_index < 0 || index >= topic.partitions.size()) continue;
    PartitionInfo& known = topic.partitions[index];
    const LeaderEpoch epoch(partition.leader_epoch);
    // Not older than known (KIP-320).
    if (known.leader_epoch && epoch < *known.leader_epoch) {
      incomplete = incomplete || !known.leader;
      continue;
    }
    known.leader.reset();
    if (partition.leader_id >= 0) known.leader = NodeId(partition.leader_id);
    if (partition.leader_epoch >= 0) known.leader_epoch = epoch;
    incomplete = incomplete || !known.leader;
  }
  return incomplete;
}

const TopicInfo* Metadata::find(std::string_view topic) const {
  const auto at =
      std::lower_bound(topics_.begin(), topics_.end(), topic,
                       [](const TopicInfo& t, std::string_view n) { return t.name < n; });
  return at != topics_.end() && at->name == topic ? &*at : nullptr;
}

const TopicInfo* Metadata::find(Uuid topic) const {
  for (const TopicInfo& info : topics_) {
    if (info.id == topic) return &info;
  }
  return nullptr;
}

const PartitionInfo* Metadata::find(std::string_view topic, PartitionIndex partition) const {
  const TopicInfo* info = find(topic);
  const auto index = static_cast<std::size_t>(partition.value());
  if (info == nullptr || partition.value() < 0 || index >= info->partitions.size()) return nullptr;
  return &info->partitions[index];
}

bool Metadata::learn_leader(const std::string& topic, PartitionIndex partition, NodeId leader,
                            LeaderEpoch epoch) {
  if (find(topic, partition) == nullptr || leader.value() < 0) return false;
  PartitionInfo& known = entry(topic).partitions[static_cast<std::size_t>(partition.value())];
  if (known.leader_epoch && epoch <= *known.leader_epoch) return false;
  known.leader = leader;
  known.leader_epoch = epoch;
  ++version_;
  return true;
}

void PartitionInfo::describe(StateVisitor& v) const {
  visit(v, "leader", leader);
  visit(v, "leader epoch", leader_epoch);
}

void TopicInfo::describe(StateVisitor& v) const {
  visit(v, "name", name);
  visit(v, "id", id);
  visit(v, "error", error);
  visit(v, "partitions", partitions);
}

void Metadata::describe(StateVisitor& v) const {
  visit(v, "brokers", brokers_);
  visit(v, "controller", controller_);
  visit(v, "wanted", wanted_);
  visit(v, "topics", topics_);
  visit(v, "version", version_);
  visit(v, "needed", needed_);
  visit(v, "in flight", in_flight_);
  visit(v, "asked again", asked_again_);
  visit(v, "failures", failures_);
  visit(v, "allowed at", allowed_at_);
  visit(v, "refreshed at", refreshed_at_);
}

}  // namespace logarium::client
