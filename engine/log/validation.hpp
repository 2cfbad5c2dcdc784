#pragma once
// What a batch must be before a leader appends it (Kafka: LogValidator and UnifiedLog.append).

#include "engine/base/time.hpp"
#include "engine/config/rules.hpp"
#include "engine/log/config.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium::log {

// kNone, or: UNSUPPORTED_FOR_MESSAGE_FORMAT / CORRUPT_MESSAGE for bytes that are no sound v2 batch,
// MESSAGE_TOO_LARGE above max.message.bytes, RECORD_LIST_TOO_LARGE above segment.bytes,
// INVALID_RECORD for an empty batch or offsets that do not fit its count, INVALID_TIMESTAMP outside
// message.timestamp.before/after.max.ms (KIP-937; only with CreateTime).
[[nodiscard]] protocol::ErrorCode validate_append(const protocol::Batch& batch,
                                                  const Config& config, WallTime now,
                                                  const Rules& rules);
// kNone, or CORRUPT_MESSAGE: what a follower checks of its leader's batches.
[[nodiscard]] protocol::ErrorCode validate_replicated(const protocol::Batch& batch,
                                                      const Rules& rules);

}  // namespace logarium::log
