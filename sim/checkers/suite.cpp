#include "sim/checkers/suite.hpp"

#include "engine/base/ensure.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/catalogue.hpp"

namespace logarium::checkers {

Suite::Suite() : Suite(all_checkers()) {}

Suite::Suite(std::vector<std::unique_ptr<Checker>> checkers) : checkers_(std::move(checkers)) {
  index_interests();
}

Suite::Suite(const Suite& other)
    : state_(other.state_), interested_(other.interested_), findings_(other.findings_) {
  for (const auto& checker : other.checkers_) checkers_.push_back(checker->clone());
}

Suite& Suite::operator=(const Suite& other) {
  if (this != &other) *this = Suite(other);
  return *this;
}

void Suite::index_interests() {
  ENSURE(checkers_.size() <= 64);
  for (std::size_t i = 0; i < checkers_.size(); ++i) {
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
void Suite::learn_promise(const world::World& world, world::NodeIndex node, Uuid topic) {
  const auto* server = dynamic_cast<const server::ServerNode*>(world.node(node));
  if (server == nullptr) return;
  const metadata::ImageRef image = server->image();
  const metadata::Topic* found = image ? image->topic(topic) : nullptr;
  if (found == nullptr) return;
  const TopicConfig config =
      image->topic_config(server->setup()->config.topic_defaults, found->name);
  state_.set_promise(topic, {config.min_insync_replicas, config.retention_ms,
                             config.unclean_leader_election_enable});
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
  }
  for (const Note& note : event.effects->notes) {
    const auto* created = std::get_if<note::TopicCreated>(&note);
    if (created != nullptr) learn_promise(world, event.node, created->topic);
  }
  for (std::size_t i = 0; saw != 0; ++i, saw >>= 1) {
    if ((saw & 1) != 0) checkers_[i]->after_event(state_, at, findings_);
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
