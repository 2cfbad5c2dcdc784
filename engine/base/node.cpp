#include "engine/base/node.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium {

void NodeCore::describe(StateVisitor& v) const {
  visit(v, "timers", timers);
  visit(v, "random", random.fingerprint());
  visit(v, "next io", next_io);
  visit(v, "next file", next_file);
  visit(v, "next connection", next_connection);
}

IoId StepContext::issue(FileOp op) {
  op.id = IoId(core_.next_io++);
  const IoId id = op.id;
  out_.add(std::move(op));
  return id;
}

}  // namespace logarium
