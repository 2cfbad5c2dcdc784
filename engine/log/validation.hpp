#pragma once
// What a batch must be before a leader appends it (Kafka: LogValidator and UnifiedLog.append), and
// what the leader makes of it: batches are stored as they were sent unless compression.type or a
// wrong max timestamp asks for a change.

#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/config/rules.hpp"
#include "engine/log/config.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium::log {

// Why a producer's batch is not appended.
struct Refusal {
  // CORRUPT_MESSAGE for bytes that are no sound v2 batch, INVALID_RECORD for an older format, a
  // base offset other than 0, an empty batch, offsets that do not fit its count, control records,
  // a producer without sequence, damaged records or (in a compacted topic) one without a key,
  // INVALID_TXN_STATE for transactional records, MESSAGE_TOO_LARGE above max.message.bytes,
  // RECORD_LIST_TOO_LARGE above segment.bytes, INVALID_TIMESTAMP for records outside
  // message.timestamp.before/after.max.ms (KIP-937; only with CreateTime) and for batches that
  // claim LogAppendTime.
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  // Of refusals that lie in single records (KIP-467): which, by place in the batch, and why. At
  // most kRecordErrorsMax.
  struct Record {
    std::int32_t index = 0;
    std::string message;
  };
  std::vector<Record> records;
  std::string message;  // set with `records`
};
inline constexpr std::size_t kRecordErrorsMax = 5;

// Checks a producer's batch, its records one by one included, and makes it what is to be appended:
// in the codec of compression.type, with the max timestamp of its records. Empty: append `batch`.
[[nodiscard]] std::optional<Refusal> admit(protocol::Batch& batch, const Config& config,
                                           WallTime now, const Rules& rules);
// kNone, or CORRUPT_MESSAGE: what a follower checks of its leader's batches.
[[nodiscard]] protocol::ErrorCode validate_replicated(const protocol::Batch& batch,
                                                      const Rules& rules);

}  // namespace logarium::log
