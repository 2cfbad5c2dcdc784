#include "sim/checkers/suite.hpp"

#include <bit>

#include "engine/base/ensure.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/catalogue.hpp"

namespace logarium::checkers {

Suite::Suite() : Suite(all_checkers()) {}

Suite::Suite(std::vector<std::unique_ptr<Checker>> checkers) : checkers_(std::move(checkers)) {
  index_interests();
}

Suite::Suite(const Suite& other)
    : state_(other.state_),
      interested_(other.interested_),
      whole_events_(other.whole_events_),
      findings_(other.findings_),
      promised_at_(other.promised_at_),
      promised_by_(other.promised_by_),
      promises_due_(other.promises_due_) {
  for (const auto& checker : other.checkers_) checkers_.push_back(checker->clone());
}

Suite& Suite::operator=(const Suite& other) {
  if (this != &other) *this = Suite(other);
  return *this;
}

void Suite::index_interests() {
  ENSURE(checkers_.size() <= 64);
  for (std::size_t i = 0; i < checkers_.size(); ++i) {
    if (checkers_[i]->judges_whole_events()) whole_events_ |= std::uint64_t{1} << i;
    const NoteSet interests = checkers_[i]->interests();
    for (std::size_t kind = 0; kind < interested_.size(); ++kind) {
      if (interests.has(kind)) interested_[kind].push_back(static_cast<std::uint8_t>(i));
    }
  }
}

void Suite::start(const world::World& world) {
  for (std::uint32_t i = 0; i < world.size(); ++i) {
    const world::NodeIndex node(i);
    state_.add_node(node, world.node_id(node), world.kind(node));
  }
}

// What a topic promises stands in the metadata of the node that tells of its creation.
bool Suite::learn_promise(const world::World& world, world::NodeIndex node, Uuid topic) {
  const auto* server = dynamic_cast<const server::ServerNode*>(world.node(node));
  if (server == nullptr) return false;
  const metadata::ImageRef image = server->image();
  const metadata::Topic* found = image ? image->topic(topic) : nullptr;
  if (found == nullptr) return false;
  const TopicConfig config =
      image->topic_config(server->setup()->config.topic_defaults, found->name);
  state_.set_promise(topic, {config.min_insync_replicas, config.retention_ms,
                             config.unclean_leader_election_enable});
  return true;
}

// Configs may change while the run goes on. The nodes share their images, so that a comparison of
// two pointers tells most of the time that none did.
void Suite::learn_changed_promises(const world::World& world, world::NodeIndex node) {
  const auto* server = dynamic_cast<const server::ServerNode*>(world.node(node));
  const metadata::ImageRef image = server == nullptr ? nullptr : server->image();
  if (image == nullptr || image->position() <= promised_at_) return;
  promised_at_ = image->position();
  if (image->configs().same_object(promised_by_)) return;
  promised_by_ = image->configs();
  for (const PartitionState& partition : state_.partitions()) {
    if (partition.ref.partition == PartitionIndex(0) && partition.ref != kMetadataPartition) {
      promises_due_.push_back(partition.ref.topic);
    }
  }
}

void Suite::on_event(const world::World& world, const world::EventView& event) {
  if (event.effects->notes.empty()) return;
  const ClusterState::At at{event.number, event.time, event.node};
  std::uint64_t saw = 0;
  for (const Note& note : event.effects->notes) {
    state_.apply(at, note);
    for (const std::uint8_t i : interested_[note.index()]) {
      checkers_[i]->on_note(state_, at, note, findings_);
      saw |= std::uint64_t{1} << i;
    }
    if (const auto* created = std::get_if<note::TopicCreated>(&note)) {
      promises_due_.push_back(created->topic);
    } else if (std::holds_alternative<note::MetadataApplied>(note)) {
      learn_changed_promises(world, event.node);
    }
  }
  // A topic's partitions are told of after the topic.
  if (!promises_due_.empty()) {
    std::erase_if(promises_due_,
                  [&](Uuid topic) { return learn_promise(world, event.node, topic); });
  }
  for (saw &= whole_events_; saw != 0; saw &= saw - 1) {
    checkers_[static_cast<std::size_t>(std::countr_zero(saw))]->after_event(state_, at, findings_);
  }
}

void Suite::check_fully(const world::World& world, const Moment& moment) {
  for (const auto& checker : checkers_) checker->check_fully(state_, world, moment, findings_);
}

void Suite::at_end(const world::World& world, const Moment& moment) {
  check_fully(world, moment);
  for (const auto& checker : checkers_) checker->at_end(state_, world, moment, findings_);
}

}  // namespace logarium::checkers
