#pragma once
// The values of those fields of notes that are one of a few words; note.cpp has the words.

#include <cstdint>

namespace logarium::note {

enum class Role : std::uint8_t { kLeader, kFollower };
enum class TruncateCause : std::uint8_t {
  kDivergingEpoch,  // the leader's answer to a fetch or an OffsetForLeaderEpoch
  kHighWatermark,   // rule switched off: truncation to the own high watermark
  kOutOfRange,      // the leader's log ends before ours, or starts after it
  kRecovery,        // damaged or torn bytes found at start
  kSnapshot,        // replaced by a snapshot
};
enum class StartCause : std::uint8_t { kRetention, kDeleteRecords, kLeader, kSnapshot, kRecovery };
enum class DeleteCause : std::uint8_t { kTime, kSize, kStartOffset, kTruncation };
enum class ElectionKind : std::uint8_t {
  kInitial,
  kKeep,
  kClean,
  kPreferred,
  kElr,
  kLastKnown,
  kUnclean,
  kNoLeader,
};
enum class QuorumRole : std::uint8_t {
  kUnattached,
  kProspective,
  kCandidate,
  kLeader,
  kFollower,
  kResigned,
  kObserver,
};
enum class BrokerState : std::uint8_t {
  kNotRunning,
  kStarting,
  kRecovery,
  kRunning,
  kPendingControlledShutdown,
  kShuttingDown,
};
enum class EndCause : std::uint8_t { kClean, kCrash, kPowerLoss, kOwnFault, kEnsure };
enum class LinkSide : std::uint8_t { kFrom, kTo, kBoth };
enum class ResetCause : std::uint8_t { kOutOfRange, kTruncation, kNoPosition, kSeek };

}  // namespace logarium::note
