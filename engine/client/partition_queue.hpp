#pragma once
// What a producer keeps per partition: batches that wait, batches on the wire, and the sequence
// numbers that make retries idempotent (KIP-98, KIP-360).
//
// Order: a retried batch goes back in front of the ones that were never sent; with idempotence the
// sent ones stay in sequence order, and while the first of them is not settled only it is sent.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/input.hpp"
#include "engine/base/ring.hpp"
#include "engine/base/time.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/records.hpp"

namespace logarium {

class StateVisitor;

namespace client {

// A producer id with its epoch; what a broker tells producers apart by.
struct ProducerIdentity {
  ProducerId id = protocol::kNoProducerId;
  ProducerEpoch epoch = protocol::kNoProducerEpoch;
  [[nodiscard]] bool valid() const { return id != protocol::kNoProducerId; }
  bool operator==(const ProducerIdentity&) const = default;
  void describe(StateVisitor& v) const;
};

// Sequences wrap from 2^31-1 to 0.
[[nodiscard]] Sequence advance(Sequence sequence, std::int32_t records);
// Whether a comes before b, on the shorter way round.
[[nodiscard]] bool precedes(Sequence a, Sequence b);

struct OutBatch {
  std::uint64_t number = 0;  // names the batch within the producer; grows
  CommandId command;         // of its first record
  Instant created;           // delivery.timeout.ms counts from here
  std::vector<std::uint64_t> tags;
  protocol::BatchBuilder builder;        // while it is filling
  std::optional<protocol::Batch> built;  // from the first send on
  std::int64_t reserved_bytes = 0;       // of buffer.memory
  std::int32_t attempts = 0;             // sends so far
  Instant retry_at{0};
  bool full = false;            // takes no further record
  bool sequence_reset = false;  // got a new sequence after it was first sent
  bool maybe_in_log = false;    // some attempt may have been appended

  [[nodiscard]] std::int64_t size_bytes() const;
  [[nodiscard]] bool has_sequence() const;
  [[nodiscard]] std::int32_t records() const { return static_cast<std::int32_t>(tags.size()); }
  // Gives the built batch another identity and sequence; its CRC follows.
  void stamp(const ProducerIdentity& identity, Sequence sequence);
  void describe(StateVisitor& v) const;
};

struct PartitionQueue {
  std::string topic;
  PartitionIndex partition;
  Ring<OutBatch> waiting;         // sent ones first; only the last may still be filling
  std::vector<OutBatch> on_wire;  // in the order of sending
  bool listed = false;            // in a lane's ready list, or among the strays

  // Idempotence.
  ProducerIdentity identity;  // that the sequences below belong to
  Sequence next_sequence{0};
  std::optional<Sequence> last_acked;
  std::optional<Offset> last_acked_offset;
  // A batch that may or may not be in the log was given up: the sequence after it. Nothing new is
  // sent until the batches that were sent are settled.
  std::optional<Sequence> unresolved;
  bool rewrite = false;  // gets new sequences with the next epoch

  [[nodiscard]] bool has_sent_batches() const;
  // The smallest sequence of the batches that were sent and are not settled.
  [[nodiscard]] std::optional<Sequence> first_unsettled() const;
  [[nodiscard]] bool is_next(Sequence sequence) const;
  [[nodiscard]] bool waits(std::uint64_t number) const;
  [[nodiscard]] bool holds(std::uint64_t number) const;
  std::optional<OutBatch> take_from_wire(std::uint64_t number);
  // Puts a batch that was sent back in front, in sequence order.
  void put_back(OutBatch batch);
  // Sequences of all sent, waiting batches start at 0 under the new identity.
  void restart_sequences(const ProducerIdentity& to);
  void describe(StateVisitor& v) const;
};

}  // namespace client
}  // namespace logarium
