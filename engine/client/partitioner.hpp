#pragma once
// Which partition a record goes to: explicit, else by the key's murmur2 hash over all partitions
// of the topic, else sticky (KIP-480, KIP-794) or in turn.

#include <cstdint>
#include <optional>

#include "engine/base/bytes.hpp"
#include "engine/base/random.hpp"
#include "engine/client/metadata.hpp"

namespace logarium::client {

// Kafka's 32-bit murmur2 with its seed; murmur2("foobar") = -790332482.
[[nodiscard]] std::int32_t murmur2(ByteView bytes);
// REQUIRES: partitions > 0.
[[nodiscard]] PartitionIndex partition_of_key(ByteView key, std::int32_t partitions);

// The choice for records without a key, per topic.
class KeylessPartitioner {
 public:
  enum class Kind : std::uint8_t { kSticky, kRoundRobin };

  KeylessPartitioner() = default;
  explicit KeylessPartitioner(Kind kind) : kind_(kind) {}

  // The partition of the next record. Prefers partitions with a leader.
  // REQUIRES: the topic has partitions.
  [[nodiscard]] PartitionIndex pick(Random& random, const TopicInfo& topic);
  // `bytes` went to the sticky partition. A switch is due after switch_bytes when the batch is
  // complete, and at twice of that in any case.
  enum class BatchState : std::uint8_t { kFilling, kComplete };
  void appended(std::int64_t bytes, std::int64_t switch_bytes, BatchState state);
  void describe(StateVisitor& v) const;

 private:
  [[nodiscard]] static PartitionIndex draw(Random& random, const TopicInfo& topic);

  Kind kind_ = Kind::kSticky;
  std::optional<PartitionIndex> sticky_;
  std::int64_t produced_bytes_ = 0;
  std::int32_t next_ = -1;  // round-robin; -1 before the random start
};

}  // namespace logarium::client
