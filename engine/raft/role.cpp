#include "engine/raft/role.hpp"

#include <array>

namespace logarium::raft {

note::QuorumRole kind_of(const Role& role) {
  using note::QuorumRole;
  static constexpr std::array kKinds = {QuorumRole::kUnattached, QuorumRole::kProspective,
                                        QuorumRole::kCandidate,  QuorumRole::kLeader,
                                        QuorumRole::kFollower,   QuorumRole::kResigned};
  return kKinds[role.index()];
}

void Tally::describe(StateVisitor& v) const {
  visit(v, "granted", granted);
  visit(v, "refused", refused);
}

void Unattached::describe(StateVisitor&) const {}

void Prospective::describe(StateVisitor& v) const {
  visit(v, "tally", tally);
  visit(v, "failures", failures);
}

void Candidate::describe(StateVisitor& v) const {
  visit(v, "tally", tally);
  visit(v, "failures", failures);
  visit(v, "backing off", backing_off);
}

void Leader::describe(StateVisitor& v) const {
  visit(v, "progress", progress);
  visit(v, "accumulator", accumulator);
  visit(v, "waiting", waiting);
  visit(v, "epoch start", epoch_start);
  visit(v, "active", active);
}

void Follower::Download::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "pieces", pieces);
  visit(v, "position", position);
  visit(v, "finishing", finishing);
}

void Follower::describe(StateVisitor& v) const {
  visit(v, "leader", leader);
  visit(v, "fetched", fetched);
  visit(v, "download", download);
  visit(v, "leader high watermark", leader_high_watermark);
}

void Resigned::describe(StateVisitor& v) const {
  visit(v, "successors", successors);
  visit(v, "unaware", unaware);
}

}  // namespace logarium::raft
