#include "engine/log/validation.hpp"

#include <algorithm>
#include <utility>

#include "engine/protocol/records.hpp"

namespace logarium::log {

using protocol::Batch;
using protocol::ErrorCode;

namespace {

Refusal refused(ErrorCode error) { return {error, {}, {}}; }

// What the header alone tells, in the order in which Kafka looks.
std::optional<Refusal> check_header(const Batch& batch, const Config& config, const Rules& rules) {
  if (!batch.readable()) {
    return refused(batch.magic < protocol::kMagicV2 ? ErrorCode::kInvalidRecord
                                                    : ErrorCode::kCorruptMessage);
  }
  if (batch.base_offset != Offset(0)) return refused(ErrorCode::kInvalidRecord);
  const auto size = static_cast<std::int64_t>(batch.size_bytes());
  if (size > config.max_message_bytes) return refused(ErrorCode::kMessageTooLarge);
  if (rules.on(Rule::kVerifyBatchCrc) && !batch.crc_matches()) {
    return refused(ErrorCode::kCorruptMessage);
  }
  // A producer numbers its records densely; only a cleaner leaves gaps.
  if (batch.record_count < 1 || batch.last_offset_delta != batch.record_count - 1) {
    return refused(ErrorCode::kInvalidRecord);
  }
  if (batch.is_control()) return refused(ErrorCode::kInvalidRecord);
  if (batch.has_producer_id() && batch.base_sequence < Sequence(0)) {
    return refused(ErrorCode::kInvalidRecord);
  }
  if (batch.is_transactional()) return refused(ErrorCode::kInvalidTxnState);
  if (size > config.segment_bytes) return refused(ErrorCode::kRecordListTooLarge);
  return std::nullopt;
}

// Whether a producer's timestamp is too far from the broker's clock.
bool out_of_range(std::int64_t timestamp, const Config& config, std::int64_t now_ms) {
  if (timestamp == protocol::kNoTimestamp) return false;
  const std::int64_t at = std::max<std::int64_t>(timestamp, 0);
  return at > now_ms ? at - now_ms > config.message_timestamp_after_max_ms
                     : now_ms - at > config.message_timestamp_before_max_ms;
}

// The records of one batch, one after the other.
class RecordCheck {
 public:
  RecordCheck(const Batch& batch, const Config& config, WallTime now)
      : batch_(batch), config_(config), now_ms_(now.unix_ms()) {}

  std::optional<Refusal> run() {
    protocol::RecordReader reader(batch_);
    protocol::RecordView record;
    for (std::int32_t index = 0; reader.next(record); ++index) {
      if (record.offset - batch_.base_offset != index) return refused(ErrorCode::kInvalidRecord);
      max_timestamp_ = std::max(max_timestamp_, record.timestamp);
      look_at(record, index);
    }
    // Also when there are fewer or more records than the batch claims.
    if (reader.error()) {
      const bool packed = batch_.codec() != protocol::Codec::kNone;
      return refused(packed ? ErrorCode::kCorruptMessage : ErrorCode::kInvalidRecord);
    }
    if (refusal_.error == ErrorCode::kNone) return std::nullopt;
    refusal_.message = refusal_.error == ErrorCode::kInvalidTimestamp
                           ? "One or more records have been rejected due to invalid timestamp"
                           : "One or more records have been rejected";
    return std::move(refusal_);
  }
  [[nodiscard]] std::int64_t max_timestamp() const { return max_timestamp_; }

 private:
  void look_at(const protocol::RecordView& record, std::int32_t index) {
    if (config_.compacted && !record.key) {
      add(ErrorCode::kInvalidRecord, index, "Compacted topic cannot accept message without key");
    } else if (batch_.timestamp_type() == protocol::TimestampType::kLogAppendTime) {
      add(ErrorCode::kInvalidTimestamp, index,
          "Producer should not set timestamp type to LogAppendTime");
    } else if (!config_.log_append_time && out_of_range(record.timestamp, config_, now_ms_)) {
      add(ErrorCode::kInvalidTimestamp, index,
          "Timestamp " + std::to_string(record.timestamp) + " of message with offset " +
              std::to_string(record.offset.value()) + " is out of range");
    }
  }
  // As with Kafka one wrong timestamp makes the whole an INVALID_TIMESTAMP.
  void add(ErrorCode error, std::int32_t index, std::string message) {
    if (refusal_.error != ErrorCode::kInvalidTimestamp) refusal_.error = error;
    if (refusal_.records.size() < kRecordErrorsMax) {
      refusal_.records.push_back({index, std::move(message)});
    }
  }

  const Batch& batch_;
  const Config& config_;
  std::int64_t now_ms_;
  std::int64_t max_timestamp_ = protocol::kNoTimestamp;
  Refusal refusal_;
};

// The same records in another codec. REQUIRES: the batch is sound.
Batch recompressed(const Batch& batch, protocol::Codec codec) {
  protocol::BatchOptions options;
  options.codec = codec;
  options.leader_epoch = batch.partition_leader_epoch;
  options.producer_id = batch.producer_id;
  options.producer_epoch = batch.producer_epoch;
  options.base_sequence = batch.base_sequence;
  protocol::BatchBuilder builder(options);
  protocol::RecordReader reader(batch);
  protocol::RecordView record;
  while (reader.next(record)) {
    builder.append({record.timestamp, record.key, record.value, record.headers});
  }
  return builder.build();
}

}  // namespace

ErrorCode validate_replicated(const Batch& batch, const Rules& rules) {
  if (!batch.readable() || batch.last_offset_delta < 0) return ErrorCode::kCorruptMessage;
  if (rules.on(Rule::kVerifyBatchCrc) && !batch.crc_matches()) return ErrorCode::kCorruptMessage;
  return ErrorCode::kNone;
}

std::optional<Refusal> admit(Batch& batch, const Config& config, WallTime now, const Rules& rules) {
  if (auto wrong = check_header(batch, config, rules)) return wrong;
  // The rule is that somebody looks at the bytes.
  if (!rules.on(Rule::kVerifyBatchCrc)) return std::nullopt;
  RecordCheck records(batch, config, now);
  if (auto wrong = records.run()) return wrong;
  if (config.codec && *config.codec != batch.codec()) {
    batch = recompressed(batch, *config.codec);
    if (static_cast<std::int64_t>(batch.size_bytes()) > config.max_message_bytes) {
      return refused(ErrorCode::kMessageTooLarge);
    }
    if (static_cast<std::int64_t>(batch.size_bytes()) > config.segment_bytes) {
      return refused(ErrorCode::kRecordListTooLarge);
    }
  } else if (batch.max_timestamp != records.max_timestamp()) {
    batch.restamp_max_timestamp(records.max_timestamp());
  }
  return std::nullopt;
}

}  // namespace logarium::log
