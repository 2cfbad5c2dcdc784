#pragma once
// Answers: the faults that have servers answer requests with an error instead of handling them.
// Each running fault draws from a stream of its own, and only for requests that it could strike. It
// decides when a request arrives; the server gives the answer in the request's turn
// (Received::injected_error), and says so by its note ErrorInjected.
//
// What a process sends to itself does not come by here.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/base/message.hpp"
#include "engine/base/random.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/world/options.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

class Answers {
 public:
  explicit Answers(Random root) : root_(root) {}

  void begin_fault(FaultId id, const AnswerFault& fault);
  void end_fault(FaultId id) { faults_.erase(id); }
  // No such fault runs.
  [[nodiscard]] bool idle() const { return faults_.empty(); }
  // Such a fault runs or ran: notes may tell of its answers.
  [[nodiscard]] bool any_begun() const { return any_begun_; }
  // The error that the message arriving at `node` is to be answered with; empty: it is handled. The
  // fault that began first wins.
  [[nodiscard]] std::optional<std::int16_t> decide(NodeIndex node, const Frame& frame);

  void describe(StateVisitor& v) const;

 private:
  struct Running {
    AnswerFault fault;
    Random random;
    std::uint64_t answers = 0;  // decided so far
    void describe(StateVisitor& v) const;
  };

  Random root_;
  std::map<FaultId, Running> faults_;
  bool any_begun_ = false;
};

}  // namespace logarium::world
