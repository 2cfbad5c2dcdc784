#include "engine/client/partitioner.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium::client {

std::int32_t murmur2(ByteView bytes) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  constexpr int kShift = 24;
  const auto byte = [bytes](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::uint32_t h = kSeed ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t k = byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
    k *= kMultiplier;
    k ^= k >> kShift;
    k *= kMultiplier;
    h *= kMultiplier;
    h ^= k;
  }
  const std::size_t rest = bytes.size() - at;
  if (rest >= 3) h ^= byte(at + 2) << 16;
  if (rest >= 2) h ^= byte(at + 1) << 8;
  if (rest >= 1) {
    h ^= byte(at);
    h *= kMultiplier;
  }
  h ^= h >> 13;
  h *= kMultiplier;
  h ^= h >> 15;
  return static_cast<std::int32_t>(h);
}

PartitionIndex partition_of_key(ByteView key, std::int32_t partitions) {
  ENSURE(partitions > 0);
  return PartitionIndex((murmur2(key) & 0x7fffffff) % partitions);
}

PartitionIndex KeylessPartitioner::draw(Random& random, const TopicInfo& topic) {
  ENSURE(!topic.partitions.empty());
  std::size_t led = 0;
  for (const PartitionInfo& partition : topic.partitions) led += partition.leader ? 1U : 0U;
  if (led == 0)
    return PartitionIndex(static_cast<std::int32_t>(random.below(topic.partitions.size())));
  std::size_t nth = random.below(led);
  for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
    if (!topic.partitions[i].leader) continue;
    if (nth == 0) return PartitionIndex(static_cast<std::int32_t>(i));
    --nth;
  }
  ENSURE(false);
  return PartitionIndex(0);
}

PartitionIndex KeylessPartitioner::pick(Random& random, const TopicInfo& topic) {
  ENSURE(!topic.partitions.empty());
  if (kind_ == Kind::kSticky) {
    if (!sticky_) sticky_ = draw(random, topic);
    return *sticky_;
  }
  const auto count = static_cast<std::int32_t>(topic.partitions.size());
  if (next_ < 0) next_ = static_cast<std::int32_t>(random.below(topic.partitions.size()));
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t candidate = (next_ + i) % count;
    if (!topic.partitions[static_cast<std::size_t>(candidate)].leader) continue;
    next_ = (candidate + 1) % count;
    return PartitionIndex(candidate);
  }
  next_ = (next_ + 1) % count;
  return PartitionIndex(next_);
}

void KeylessPartitioner::appended(std::int64_t bytes, std::int64_t switch_bytes, BatchState state) {
  produced_bytes_ += bytes;
  const bool due = produced_bytes_ >= switch_bytes && state == BatchState::kComplete;
  const bool forced = produced_bytes_ >= switch_bytes * 2;
  if (!due && !forced) return;
  sticky_.reset();
  produced_bytes_ = 0;
}

void KeylessPartitioner::describe(StateVisitor& v) const {
  visit(v, "sticky", sticky_);
  visit(v, "produced bytes", produced_bytes_);
  visit(v, "next", next_);
}

}  // namespace logarium::client
