#pragma once
// Triggers: the faults of a plan that wait for something to happen in the run ("when"). Each fires
// once. State predicates are looked at when what they speak of changes.

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "sim/scenario/plan.hpp"
#include "sim/scenario/roles.hpp"

namespace logarium::scenario {

class Triggers {
 public:
  // All wait from now on.
  void arm(const Plan& plan, const Watch& watch);
  void disarm_all();
  // The faults that this note sets off, appended to `fired`. A predicate that is true when arm()
  // is called fires there, at once.
  void on_note(const Plan& plan, const Situation& situation, world::NodeIndex node,
               const Note& note, std::vector<std::size_t>& fired);
  // Whether any fault waits for notes of this kind.
  [[nodiscard]] bool waits_for(std::size_t note) const { return !waiting_[note].empty(); }
  [[nodiscard]] std::vector<std::size_t> take_true_at_once();
  void describe(StateVisitor& v) const;

 private:
  struct Waiting {
    std::size_t fault = 0;
    std::uint64_t seen = 0;  // matches so far
    bool was_true = false;   // of a predicate, before this note
  };
  static bool matches(const When& when, const Situation& situation, world::NodeIndex node,
                      const Note& note, bool& was_true);

  std::array<std::vector<Waiting>, std::variant_size_v<Note>> waiting_;
  std::vector<std::size_t> at_once_;
};

}  // namespace logarium::scenario
