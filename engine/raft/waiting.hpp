#pragma once
// Requests that a leader answers later: fetches that wait for new batches, a new high watermark or
// a read from disk, and pieces of snapshots on their way from disk.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/log/events.hpp"
#include "engine/raft/identity.hpp"
#include "engine/rpc/request.hpp"

namespace logarium::raft {

struct WaitingFetch {
  rpc::RequestId request;
  ReplicaKey from;
  Offset offset;
  QuorumEpoch last_epoch;  // of the record before `offset`, as the replica has it
  // What the replica knows; empty when it did not say (before KIP-1166), and is then not told
  // of a higher one before its time is over.
  std::optional<Offset> high_watermark;
  std::int64_t max_bytes = 0;
  Instant deadline;
  std::optional<log::Ticket> ticket;  // of the read it waits for
  void describe(StateVisitor& v) const;
};

struct WaitingPiece {
  rpc::RequestId request;
  LogPosition id;
  std::int64_t position = 0;
  std::int64_t size = 0;  // of the whole snapshot
  void describe(StateVisitor& v) const;
};

struct Waiting {
  std::vector<WaitingFetch> fetches;  // in order of arrival
  std::map<std::uint64_t, WaitingPiece> pieces;
  // What the fetches were last compared with.
  Offset log_end;
  std::optional<Offset> high_watermark;
  void describe(StateVisitor& v) const;
};

}  // namespace logarium::raft
