#include "engine/log/validation.hpp"

namespace logarium::log {

using protocol::ErrorCode;

ErrorCode validate_replicated(const protocol::Batch& batch, const Rules& rules) {
  if (!batch.readable() || batch.last_offset_delta < 0) return ErrorCode::kCorruptMessage;
  if (rules.on(Rule::kVerifyBatchCrc) && !batch.crc_matches()) return ErrorCode::kCorruptMessage;
  return ErrorCode::kNone;
}

ErrorCode validate_append(const protocol::Batch& batch, const Config& config, WallTime now,
                          const Rules& rules) {
  const ErrorCode sound = validate_replicated(batch, rules);
  if (sound != ErrorCode::kNone) return sound;
  if (batch.record_count < 1) return ErrorCode::kInvalidRecord;
  // A producer numbers its records densely; only a cleaner leaves gaps.
  if (batch.last_offset_delta != batch.record_count - 1) return ErrorCode::kInvalidRecord;
  const auto size = static_cast<std::int64_t>(batch.size_bytes());
  if (size > config.max_message_bytes) return ErrorCode::kMessageTooLarge;
  if (size > config.segment_bytes) return ErrorCode::kRecordListTooLarge;
  if (config.log_append_time || batch.max_timestamp == protocol::kNoTimestamp) {
    return ErrorCode::kNone;
  }
  const std::int64_t now_ms = now.unix_ms();
  const bool too_late = batch.max_timestamp > now_ms &&
                        batch.max_timestamp - now_ms > config.message_timestamp_after_max_ms;
  const std::int64_t oldest = batch.base_timestamp < 0 ? 0 : batch.base_timestamp;
  const bool too_early =
      oldest < now_ms && now_ms - oldest > config.message_timestamp_before_max_ms;
  return too_late || too_early ? ErrorCode::kInvalidTimestamp : ErrorCode::kNone;
}

}  // namespace logarium::log
