#pragma once
// Suite: all checkers of a run and the state they share. Copyable: a copy of a run copies it.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/metadata/image.hpp"
#include "sim/checkers/checker.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {

class Suite {
 public:
  // With every property's checker.
  Suite();
  // With these only (tests).
  explicit Suite(std::vector<std::unique_ptr<Checker>> checkers);
  Suite(const Suite& other);
  Suite& operator=(const Suite& other);
  Suite(Suite&&) noexcept = default;
  Suite& operator=(Suite&&) noexcept = default;
  ~Suite() = default;

  // Learns the world's nodes. REQUIRES: called once, before the first event.
  void start(const world::World& world);
  void on_event(const world::World& world, const world::EventView& event);
  // Full forms: at quiescence, at the end, in tests after every event.
  void check_fully(const world::World& world, const Moment& moment);
  void at_end(const world::World& world, const Moment& moment);

  [[nodiscard]] const ClusterState& state() const { return state_; }
  [[nodiscard]] const Findings& findings() const { return findings_; }

 private:
  void index_interests();
  // False when the node does not know the topic (yet).
  bool learn_promise(const world::World& world, world::NodeIndex node, Uuid topic);
  void learn_changed_promises(const world::World& world, world::NodeIndex node);

  ClusterState state_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  // Indices of the checkers that want each kind of note.
  std::array<std::vector<std::uint8_t>, std::variant_size_v<Note>> interested_;
  std::uint64_t whole_events_ = 0;  // bits of the checkers that judge whole events
  Findings findings_;
  // The newest configs that any server acts by, and up to where they go.
  metadata::Position promised_at_;
  metadata::Image::Configs promised_by_;
  std::vector<Uuid> promises_due_;  // topics whose configs are to be looked up
};

// Every property that is checked, in order of id: what `logarium` documents and reports cite.
[[nodiscard]] std::span<const Property> all_properties();

// A property, or a part of one, that no scenario with a rule off can violate, and why. An id that
// is not in all_properties() is kept for what is not judged yet.
struct Unproved {
  std::string_view id;
  std::string_view name;
  std::string_view reason;
};
[[nodiscard]] std::span<const Unproved> unproved_properties();

}  // namespace logarium::checkers
