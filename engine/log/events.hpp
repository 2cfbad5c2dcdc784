#pragma once
// What a log tells its owner (drained with Log::next_event) and what it is asked for.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::log {

// Names one read or lookup that needs the disk; unique within a log.
using Ticket = Tagged<struct LogTicketTag, std::uint32_t>;

// ---- what a log is asked ------------------------------------------------------------------------

struct OpenOptions {
  bool clean = false;     // the directory's clean-shutdown marker was there
  Offset recovery_point;  // from recovery-point-offset-checkpoint; 0 when absent
  Offset log_start;       // from log-start-offset-checkpoint; 0 when absent
  Offset high_watermark;  // from replication-offset-checkpoint; 0 when absent
};

struct ReadRequest {
  enum class Minimum : std::uint8_t { kNone, kOneBatch };
  Offset from;   // the first batch returned is the one that holds this offset
  Offset limit;  // only batches that end at or before it: HW for consumers, LEO for followers
  std::int64_t max_bytes = 0;
  Minimum minimum = Minimum::kOneBatch;  // the first batch is returned even beyond max_bytes
};

// Whole batches in offset order; the first may begin before the offset asked for.
struct ReadData {
  std::vector<protocol::Batch> batches;
};
// The data lies on the disk; a ReadDone with this ticket follows.
struct ReadPending {
  Ticket ticket;
};
// Below the log start or beyond the log end: OFFSET_OUT_OF_RANGE.
struct ReadOutOfRange {};
using ReadResult = std::variant<ReadData, ReadPending, ReadOutOfRange>;

// The first record at or after a timestamp.
struct TimestampFound {
  std::int64_t timestamp_ms = 0;
  Offset offset;
  std::optional<LeaderEpoch> leader_epoch;
};
struct TimestampNotFound {};
using LookupResult = std::variant<TimestampFound, TimestampNotFound, ReadPending>;

// ---- events -------------------------------------------------------------------------------------

// The log may be used; also emitted by create().
struct Opened {
  Offset log_start, log_end, high_watermark;
};
// Batches up to `end` are written (page cache).
struct LeoMoved {
  Offset end;
};
// Everything below `end` is on stable storage.
struct Synced {
  Offset end;
};
enum class ReadStatus : std::uint8_t {
  kOk,
  kStale,    // the log was truncated or cut at its start meanwhile: evaluate the fetch again
  kCorrupt,  // damaged bytes where a batch should be: CORRUPT_MESSAGE
};
struct ReadDone {
  Ticket ticket;
  ReadStatus status = ReadStatus::kOk;
  std::vector<protocol::Batch> batches;
};
struct LookupDone {
  Ticket ticket;
  ReadStatus status = ReadStatus::kOk;
  std::optional<TimestampFound> found;
};
// A truncation is complete; the log is ready() again. Follows every truncation, in its step or
// later.
struct TruncateDone {
  Offset end;
};
// After close(): everything is synced, the files are closed.
struct Closed {};
// After erase(): the files are gone; the log object may be dropped.
struct Erased {};
// An operation failed: the log directory counts as offline, the log does nothing any more.
struct Failed {
  std::string message;
};

using Event = std::variant<Opened, LeoMoved, Synced, ReadDone, LookupDone, TruncateDone, Closed,
                           Erased, Failed>;

}  // namespace logarium::log
