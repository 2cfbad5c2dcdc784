#pragma once
// Checker: one property, one file. The incremental form sees each note after the ClusterState has
// taken it in, O(what changed). The full form reads the nodes' own state at quiescence and at the
// end (in tests after every event); the two must agree, so that a node which forgets a note cannot
// hide its bug. Checkers draw nothing and schedule nothing; a copy of a run copies them.

#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/checkers/cluster_state.hpp"
#include "sim/checkers/verdict.hpp"

namespace logarium::world {
class World;
}

namespace logarium::checkers {

// Where checkers leave what they found. Bounded: after kViolationsMax more are only counted, except
// the first of each property.
class Findings {
 public:
  static constexpr std::size_t kViolationsMax = 100;
  static constexpr std::size_t kExplainedMax = 1000;

  void violation(Violation violation);
  void explained(ExplainedLoss loss);
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  [[nodiscard]] const std::vector<ExplainedLoss>& explained_losses() const { return explained_; }
  [[nodiscard]] std::uint64_t violation_count() const { return violation_count_; }
  // Records, not ranges.
  [[nodiscard]] std::uint64_t explained_records() const { return explained_records_; }

 private:
  std::vector<Violation> violations_;
  std::vector<ExplainedLoss> explained_;
  std::uint64_t violation_count_ = 0;
  std::uint64_t explained_records_ = 0;
};

// The moment a run is in, for properties that hold only then.
struct Moment {
  std::uint64_t event = 0;
  Instant time;
  bool quiescent = false;               // all faults healed and the load has ended
  std::optional<Instant> healed_since;  // when the last fault ended
  // Whether all faults ended; else a quorum was healed and the rest stays broken for ever, and
  // what must come about in the end is not judged.
  bool healed_wholly = true;
};

// A set of note kinds: bit i stands for alternative i of Note.
class NoteSet {
 public:
  template <class... Notes>
  [[nodiscard]] static constexpr NoteSet of() {
    NoteSet set;
    ((set.bits_ |= bit<Notes>()), ...);
    return set;
  }
  [[nodiscard]] constexpr bool has(std::size_t index) const { return (bits_ >> index & 1) != 0; }

 private:
  static_assert(std::variant_size_v<Note> <= 64);
  template <class T, std::size_t i = 0>
  static constexpr std::uint64_t bit() {
    if constexpr (std::is_same_v<T, std::variant_alternative_t<i, Note>>) {
      return std::uint64_t{1} << i;
    } else {
      return bit<T, i + 1>();
    }
  }
  std::uint64_t bits_ = 0;
};

class Checker {
 public:
  virtual ~Checker() = default;
  [[nodiscard]] virtual Property property() const = 0;
  // The notes that on_note wants to see.
  [[nodiscard]] virtual NoteSet interests() const { return {}; }
  // After ClusterState::apply. `state` already holds the note.
  virtual void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
                       Findings& findings) {
    static_cast<void>(state), static_cast<void>(at), static_cast<void>(note);
    static_cast<void>(findings);
  }
  // Whether after_event() is to be called; CheckerOf sees whether there is one.
  [[nodiscard]] virtual bool judges_whole_events() const = 0;
  // After the last note of an event in which on_note was called: for what must hold when a whole
  // batch of metadata has been taken in.
  virtual void after_event(const ClusterState& state, const ClusterState::At& at,
                           Findings& findings) {
    static_cast<void>(state), static_cast<void>(at), static_cast<void>(findings);
  }
  // Reads the nodes themselves.
  virtual void check_fully(const ClusterState& state, const world::World& world,
                           const Moment& moment, Findings& findings) {
    static_cast<void>(state), static_cast<void>(world), static_cast<void>(moment);
    static_cast<void>(findings);
  }
  // Once, when the run is over.
  virtual void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
                      Findings& findings) {
    static_cast<void>(state), static_cast<void>(world), static_cast<void>(moment);
    static_cast<void>(findings);
  }
  [[nodiscard]] virtual std::unique_ptr<Checker> clone() const = 0;

 protected:
  Checker() = default;
  Checker(const Checker&) = default;
  Checker& operator=(const Checker&) = default;
};

}  // namespace logarium::checkers
