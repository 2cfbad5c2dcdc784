#include "engine/raft/waiting.hpp"

namespace logarium::raft {

void WaitingFetch::describe(StateVisitor& v) const {
  visit(v, "request", request);
  visit(v, "from", from);
  visit(v, "offset", offset);
  visit(v, "last epoch", last_epoch);
  visit(v, "high watermark", high_watermark);
  visit(v, "max bytes", max_bytes);
  visit(v, "deadline", deadline);
  visit(v, "ticket", ticket);
}

void WaitingPiece::describe(StateVisitor& v) const {
  visit(v, "request", request);
  visit(v, "id", id);
  visit(v, "position", position);
  visit(v, "size", size);
}

void Waiting::describe(StateVisitor& v) const {
  visit(v, "fetches", fetches);
  visit(v, "pieces", pieces);
  visit(v, "log end", log_end);
  visit(v, "high watermark", high_watermark);
}

}  // namespace logarium::raft
