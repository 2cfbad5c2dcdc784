#pragma once
// ProducerState: what a partition remembers of each idempotent producer: its epoch and its last
// five batches. It tells duplicates and gaps (KIP-98). Rebuilt from the log after an unclean stop;
// snapshots at segment rolls and at a clean close bound the rebuilding.
// Transactions are not handled yet: their fields are kept so that a snapshot keeps its shape.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/config/rules.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::log {

// One batch that a producer wrote, as far as duplicates are concerned.
struct ProducerBatch {
  Sequence last_sequence;
  std::int32_t offset_delta = 0;  // last offset - first offset
  Offset last_offset;
  std::int64_t timestamp_ms = 0;  // the batch's max timestamp

  [[nodiscard]] Offset first_offset() const { return last_offset - offset_delta; }
  [[nodiscard]] Sequence first_sequence() const;
  constexpr bool operator==(const ProducerBatch&) const = default;
  void describe(StateVisitor& v) const;
};

struct ProducerEntry {
  static constexpr std::size_t kBatchesKept = 5;
  ProducerEpoch epoch{-1};
  std::uint8_t count = 0;  // batches in use, oldest first; 0 after a mere epoch bump
  std::array<ProducerBatch, kBatchesKept> batches{};
  std::int64_t last_timestamp_ms = -1;
  std::int32_t coordinator_epoch = -1;      // of the last transaction marker
  std::optional<Offset> transaction_first;  // of an open transaction

  void add(const ProducerBatch& batch);
  [[nodiscard]] const ProducerBatch& last() const { return batches[count - 1U]; }
  bool operator==(const ProducerEntry&) const = default;
  void describe(StateVisitor& v) const;
};

// The batch may be appended.
struct SequenceOk {};
// The batch is in the log already: answer with success and its first offset.
struct SequenceDuplicate {
  Offset base_offset;
  std::int64_t timestamp_ms = 0;
};
using SequenceCheck = std::variant<SequenceOk, SequenceDuplicate, protocol::ErrorCode>;

class ProducerState {
 public:
  // INVALID_PRODUCER_EPOCH for an older epoch; OUT_OF_ORDER_SEQUENCE_NUMBER for a gap, or a new
  // epoch of a known producer that does not start at 0. An unknown producer may start anywhere.
  [[nodiscard]] SequenceCheck check(const protocol::Batch& batch, const Rules& rules) const;
  // Takes note of a batch that is appended (or replayed). Batches without a producer are ignored.
  void append(const protocol::Batch& batch);
  // Whether a known batch reaches `end` or beyond, so that cutting there changes this state.
  [[nodiscard]] bool reaches(Offset end) const;
  // Forgets producers idle for longer than `expiration_ms`, except within a transaction.
  void expire(std::int64_t now_ms, std::int64_t expiration_ms);
  void clear() { producers_.clear(); }

  [[nodiscard]] const std::map<ProducerId, ProducerEntry>& producers() const { return producers_; }
  // Kafka's snapshot file: version 1, CRC-32C, one entry with its last batch per producer.
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<ProducerState> decode(ByteView bytes);
  bool operator==(const ProducerState&) const = default;
  void describe(StateVisitor& v) const;

 private:
  std::map<ProducerId, ProducerEntry> producers_;
};

}  // namespace logarium::log
