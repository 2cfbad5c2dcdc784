#pragma once
// The records inside a batch: building a batch from records, and reading them back. Compression
// and its limits are in codec.hpp; who may read what is decided elsewhere.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::protocol {

struct HeaderView {
  std::string_view key;
  std::optional<ByteView> value;
};

// A record to be written; nothing is kept beyond the call.
struct NewRecord {
  std::int64_t timestamp = kNoTimestamp;  // ms since 1970
  std::optional<ByteView> key{};
  std::optional<ByteView> value{};
  std::span<const HeaderView> headers{};
};

struct BatchOptions {
  Codec codec = Codec::kNone;
  Offset base_offset{};
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  enum class Kind : std::uint8_t { kData, kTransactional, kControl, kTransactionalControl };
  Kind kind = Kind::kData;
};

// Collects records into one batch.
class BatchBuilder {
 public:
  BatchBuilder() = default;
  explicit BatchBuilder(const BatchOptions& options) : options_(options) {}

  // The record gets the next offset delta, from 0.
  void append(const NewRecord& record);
  // The same with an offset delta of its own, for compacted logs. REQUIRES: it is above the last.
  void append_at(std::int32_t offset_delta, const NewRecord& record);

  [[nodiscard]] std::int32_t record_count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  // Bytes of the batch if it were built now without compression.
  [[nodiscard]] std::size_t size_bytes() const { return kBatchHeaderBytes + records_.size(); }
  // Bytes that the record would add at most.
  [[nodiscard]] static std::size_t upper_bound(const NewRecord& record);

  // The batch with its CRC; the builder is empty afterwards. REQUIRES: !empty().
  [[nodiscard]] Batch build();
  // The same with producer state known only now (a producer stamps when it sends).
  [[nodiscard]] Batch build(ProducerId id, ProducerEpoch epoch, Sequence base_sequence);

 private:
  BatchOptions options_;
  std::vector<std::byte> records_;
  std::int32_t count_ = 0;
  std::int32_t last_delta_ = -1;
  std::int64_t base_timestamp_ = kNoTimestamp;
  std::int64_t max_timestamp_ = kNoTimestamp;
};

// A record as it lies in a batch. The views point into the RecordReader and end with it.
struct RecordView {
  Offset offset;
  std::int64_t timestamp = kNoTimestamp;  // ms; of LogAppendTime batches their append time
  std::optional<ByteView> key;
  std::optional<ByteView> value;
  std::vector<HeaderView> headers;
};

// Iterates the records of one batch; decompresses at most kDecompressedBytesMax.
class RecordReader {
 public:
  explicit RecordReader(const Batch& batch);

  // The next record; false at the end and when the batch is damaged (see error()).
  [[nodiscard]] bool next(RecordView& record);
  // What was wrong with the batch; empty as long as all was well. After the last record a batch
  // with bytes left over, or with fewer records than it claims, is damaged too.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // A key or value of this reader as Bytes that share its storage.
  [[nodiscard]] Bytes share(ByteView part) const;

 private:
  bool fail(std::string_view what);
  bool read_headers(RecordView& record, std::size_t end);

  BatchHeader header_;
  TimestampType timestamp_type_ = TimestampType::kCreateTime;
  Bytes records_;
  std::size_t at_ = 0;
  std::int32_t index_ = 0;
  std::optional<Error> error_;
};

// Whether the batch is what a producer may send: readable, at least one record, deltas dense from
// 0, record count and last offset delta in agreement (Kafka: LogValidator). O(records).
[[nodiscard]] std::optional<Error> check_records(const Batch& batch);

}  // namespace logarium::protocol
