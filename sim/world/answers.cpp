#include "sim/world/answers.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

constexpr std::int64_t kAlwaysAnsweredPpm = 1'000'000;

bool meets(const AnswerFault& fault, NodeIndex node, const Message& message) {
  if (message.direction() != Message::Direction::kRequest) return false;
  if (message.api_key() != fault.api_key) return false;
  return fault.nodes.empty() ||
         std::find(fault.nodes.begin(), fault.nodes.end(), node) != fault.nodes.end();
}

}  // namespace

void Answers::begin_fault(FaultId id, const AnswerFault& fault) {
  ENSURE(fault.error != 0);
  faults_.emplace(id, Running{fault, root_.derive("fault", id.value()), 0});
  any_begun_ = true;
}

std::optional<std::int16_t> Answers::decide(NodeIndex node, const Frame& frame) {
  for (auto& [id, running] : faults_) {
    const AnswerFault& fault = running.fault;
    if (!meets(fault, node, *frame.body)) continue;
    if (fault.answers_max && running.answers >= *fault.answers_max) continue;
    if (fault.ppm < kAlwaysAnsweredPpm && !running.random.chance_ppm(fault.ppm)) continue;
    ++running.answers;
    return fault.error;
  }
  return std::nullopt;
}

void Answers::Running::describe(StateVisitor& v) const {
  visit(v, "api key", fault.api_key);
  visit(v, "error", fault.error);
  visit(v, "answers", answers);
  visit(v, "random", random.fingerprint());
}

void Answers::describe(StateVisitor& v) const {
  v.open_list("error codes", faults_.size());
  for (const auto& [id, running] : faults_) visit(v, "", running);
  v.close();
}

}  // namespace logarium::world
