#pragma once
// What the quorum's timers, requests and file operations are, in Cookie::what.

#include <cstdint>

#include "engine/base/cookie.hpp"

namespace logarium::raft {

enum class What : std::uint8_t {
  kDirectoryIo,   // making the directory
  kStateIo,       // of the quorum-state file; value: the operation's number
  kSnapshotIo,    // of snapshot files; slot: SnapshotIo, value: the operation's number
  kRoleTimer,     // election timeout, fetch timeout, check quorum
  kRetryTimer,    // something may be sent again
  kLingerTimer,   // the open batch is written
  kWaitingTimer,  // a waiting fetch is answered as it is
  kVote,          // requests; slot: the peer, value: the role's number when it was sent
  kBeginEpoch,
  kEndEpoch,
  kFetch,
  kFetchSnapshot,
};

[[nodiscard]] inline Cookie cookie_of(What what, std::uint64_t value = 0, std::uint32_t slot = 0) {
  return {Machine::kRaft, static_cast<std::uint8_t>(what), slot, value};
}

}  // namespace logarium::raft
