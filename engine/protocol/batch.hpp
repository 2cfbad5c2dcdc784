#pragma once
// Batch: one record batch of format v2 (magic 2, KIP-98): its header as a value, its records as an
// immutable shared payload, compressed or not. Stamping an offset, an epoch or an append time
// changes only the header. Nothing here looks into the records: see records.hpp.
//
// Bytes that are no v2 batch (an older magic, a length that cannot be) are kept as they came: such
// a Batch is not `readable()` and a broker refuses it with CORRUPT_MESSAGE or
// UNSUPPORTED_FOR_MESSAGE_FORMAT. Whether the CRC matches is checked only by crc_matches(), since
// that is a rule (kVerifyBatchCrc) of whoever appends.

#include <array>
#include <cstdint>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"

namespace logarium::protocol {

enum class Codec : std::uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };
enum class TimestampType : std::uint8_t { kCreateTime = 0, kLogAppendTime = 1 };

inline constexpr std::size_t kBatchHeaderBytes = 61;
inline constexpr std::int8_t kMagicV2 = 2;
inline constexpr std::int64_t kNoTimestamp = -1;
inline constexpr ProducerId kNoProducerId{-1};
inline constexpr ProducerEpoch kNoProducerEpoch{-1};
inline constexpr Sequence kNoSequence{-1};
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};

struct BatchHeader {
  Offset base_offset;
  LeaderEpoch partition_leader_epoch = kNoLeaderEpoch;  // outside the CRC, as base_offset is
  std::int8_t magic = kMagicV2;
  std::uint32_t crc = 0;  // CRC-32C of attributes to the last record
  std::int16_t attributes = 0;
  std::int32_t last_offset_delta = 0;
  std::int64_t base_timestamp = kNoTimestamp;  // ms since 1970
  std::int64_t max_timestamp = kNoTimestamp;   // ms since 1970
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  std::int32_t record_count = 0;

  bool operator==(const BatchHeader&) const = default;
};

class Batch : public BatchHeader {
 public:
  static constexpr std::int16_t kCodecMask = 0x07;
  static constexpr std::int16_t kAppendTimeBit = 0x08;
  static constexpr std::int16_t kTransactionalBit = 0x10;
  static constexpr std::int16_t kControlBit = 0x20;
  static constexpr std::int16_t kDeleteHorizonBit = 0x40;

  Batch() = default;
  // Takes the crc of the header as it is.
  Batch(const BatchHeader& header, Bytes payload);
  // Bytes that are no v2 batch.
  [[nodiscard]] static Batch unreadable(Bytes raw);

  [[nodiscard]] bool readable() const { return readable_; }
  [[nodiscard]] const BatchHeader& header() const { return *this; }
  // The records as they lie on disk; of an unreadable batch all its bytes.
  [[nodiscard]] const Bytes& payload() const { return payload_; }
  // Hash of the payload, computed once; of a long one when it is first asked for.
  [[nodiscard]] std::uint64_t content() const {
    return payload_.size() <= kHashedAtOnce || content_ != 0 ? content_ : hash_content();
  }
  // Hash of header and content: equal for a typed batch and for one that went through bytes.
  [[nodiscard]] std::uint64_t identity() const;

  [[nodiscard]] Offset last_offset() const { return base_offset + last_offset_delta; }
  [[nodiscard]] Offset next_offset() const { return base_offset + (last_offset_delta + 1LL); }
  // The sequence of the last record; sequences wrap from 2^31-1 to 0.
  [[nodiscard]] Sequence last_sequence() const;
  [[nodiscard]] std::size_t size_bytes() const {
    return payload_.size() + (readable_ ? kBatchHeaderBytes : 0);
  }

  // 5 to 7 are no codec of Kafka's; records.hpp refuses them.
  [[nodiscard]] Codec codec() const { return static_cast<Codec>(attributes & kCodecMask); }
  [[nodiscard]] TimestampType timestamp_type() const {
    return (attributes & kAppendTimeBit) != 0 ? TimestampType::kLogAppendTime
                                              : TimestampType::kCreateTime;
  }
  [[nodiscard]] bool is_transactional() const { return (attributes & kTransactionalBit) != 0; }
  [[nodiscard]] bool is_control() const { return (attributes & kControlBit) != 0; }
  [[nodiscard]] bool has_producer_id() const { return producer_id > kNoProducerId; }

  // What a leader stamps; the payload stays shared and the CRC stays right.
  void restamp(Offset base, LeaderEpoch epoch) {
    base_offset = base;
    partition_leader_epoch = epoch;
  }
  // LogAppendTime (message.timestamp.type): sets the timestamp type and max_timestamp, and
  // computes the CRC anew.
  void restamp_append_time(std::int64_t unix_ms);
  // The newest timestamp of the records, where the producer had told another; a new CRC.
  void restamp_max_timestamp(std::int64_t unix_ms);

  // CRC-32C over attributes to the last record. O(payload).
  [[nodiscard]] std::uint32_t computed_crc() const;
  [[nodiscard]] bool crc_matches() const { return crc == computed_crc(); }

  [[nodiscard]] std::array<std::byte, kBatchHeaderBytes> encoded_header() const;
  [[nodiscard]] FileBytes to_file() const;
  // Appends header and payload.
  void encode(std::vector<std::byte>& out) const;

  // Equal headers and equal payload hashes.
  friend bool operator==(const Batch& a, const Batch& b) {
    return a.header() == b.header() && a.readable_ == b.readable_ && a.content() == b.content();
  }

 private:
  static constexpr std::size_t kHashedAtOnce = 4096;
  std::uint64_t hash_content() const;

  bool readable_ = true;
  Bytes payload_;
  mutable std::uint64_t content_ = 0;  // 0 while that of a long payload was not asked for
};

// The `records` type of the wire: whole batches one after the other.
using Records = std::vector<Batch>;

[[nodiscard]] std::size_t size_bytes(const Records& records);

// The header at the start of `bytes` and the size of its whole batch in bytes (61 at least), which
// may be more than there are. Fails when fewer than 61 bytes are there, when the magic is not 2 or
// when the length is too small. Does not check the CRC.
struct ParsedHeader {
  BatchHeader header;
  std::size_t batch_bytes = 0;
};
[[nodiscard]] Result<ParsedHeader> parse_batch_header(ByteView bytes);

enum class Tail : std::uint8_t {
  kDropPartial,  // a cut batch at the end is normal: a fetch or a file read stopped in it
  kKeepPartial,  // it is kept as an unreadable batch, for a broker to refuse
};
// Batches one after the other; they share the storage of `bytes`. Never fails: what cannot be read
// ends the list as one unreadable batch.
[[nodiscard]] Records split_batches(const Bytes& bytes, Tail tail);

}  // namespace logarium::protocol
