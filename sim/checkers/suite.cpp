#include "sim/checkers/suite.hpp"

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

void Suite::on_event(const world::EventView& event) {
  const ClusterState::At at{event.number, event.time, event.node};
  for (const Note& note : event.effects->notes) {
    state_.apply(at, note);
    for (const std::uint8_t i : interested_[note.index()]) {
      checkers_[i]->on_note(state_, at, note, findings_);
    }
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
