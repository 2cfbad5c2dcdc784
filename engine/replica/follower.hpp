#pragma once
// Follower: what a partition holds besides its log while another broker leads it, or none does.
//
//   from        event                                              to
//   kWaiting    a leader is known and the log is ready             kFetching
//   kFetching   a fetched batch is being written, or a truncation  kWriting
//   kWriting    the log is ready and all writes are done           kFetching
//   kFetching   the leader refused, or is not ready                kBackingOff
//   kFetching   OFFSET_OUT_OF_RANGE: ask where the leader's log is kResolving
//   kResolving  answered                                           kFetching (or kBackingOff)
//   kBackingOff replica.fetch.backoff.ms passed                    kFetching
//   any         FENCED_LEADER_EPOCH in the present epoch           kFenced
//   any         a new leader epoch                                 kWaiting

#include <optional>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

enum class Fetching : std::uint8_t {
  kWaiting,
  kFetching,
  kWriting,
  kBackingOff,
  kResolving,
  kFenced,
};

struct Follower {
  LeaderEpoch epoch;
  std::optional<NodeId> leader;
  std::vector<NodeId> replicas;  // the assignment, in order
  Fetching fetching = Fetching::kWaiting;
  // The newest high watermark the leader told; taken over as far as this log reaches.
  std::optional<Offset> leader_high_watermark{};
  // Likewise its log start; ours follows once the high watermark has passed it.
  std::optional<Offset> leader_log_start{};

  void describe(StateVisitor& v) const {
    visit(v, "epoch", epoch), visit(v, "leader", leader), visit(v, "replicas", replicas);
    visit(v, "fetching", fetching), visit(v, "leader high watermark", leader_high_watermark);
    visit(v, "leader log start", leader_log_start);
  }
};

}  // namespace logarium::replica
