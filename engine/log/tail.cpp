#include "engine/log/tail.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::log {
namespace {

// A batch of which its sequence shall keep nothing once it is dropped.
constexpr std::size_t kLongBatch = std::size_t{16} * 1024;

}  // namespace

std::uint64_t chain_after(std::uint64_t chain, const protocol::Batch& batch) {
  const auto base = static_cast<std::uint64_t>(batch.base_offset.value());
  const auto epoch = static_cast<std::uint64_t>(batch.partition_leader_epoch.value());
  return fold(fold(fold(chain, base), epoch), batch.content());
}

void TailEntry::describe(StateVisitor& v) const {
  visit(v, "base", batch.base_offset);
  visit(v, "next", batch.next_offset());
  visit(v, "identity", batch.identity());
  visit(v, "position", position);
  visit(v, "write", write);
  visit(v, "chain", chain);
  visit(v, "role", role);
}

void Tail::reset(Offset start, std::uint64_t chain) {
  entries_.clear();
  written_ = 0;
  early_.clear();
  bytes_ = 0;
  start_ = start;
  start_chain_ = chain;
}

void Tail::push(const protocol::Batch& batch, std::int64_t position, std::uint64_t write,
                note::Role role, Hashes hashes) {
  ENSURE(entries_.empty() || batch.base_offset == entries_.back().batch.next_offset());
  const std::uint64_t before = entries_.empty() ? start_chain_ : entries_.back().chain;
  const std::uint64_t chain = hashes == Hashes::kKept ? chain_after(before, batch) : 0;
  entries_.push_back({batch, position, write, chain, role});
  bytes_ += static_cast<std::int64_t>(batch.size_bytes());
}

void Tail::done(std::uint64_t write) {
  // Numbers increase; one that is not found was truncated meanwhile.
  std::size_t low = written_;
  if (low < entries_.size() && entries_[low].write == write) {
    early_.push_back(write);
    return;
  }
  std::size_t high = entries_.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (entries_[middle].write < write) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < entries_.size() && entries_[low].write == write) early_.push_back(write);
}

const TailEntry* Tail::next_written() {
  if (early_.empty() || written_ == entries_.size()) return nullptr;
  const TailEntry& next = entries_[written_];
  const auto it = std::find(early_.begin(), early_.end(), next.write);
  if (it == early_.end()) return nullptr;
  early_.erase(it);
  ++written_;
  return &next;
}

void Tail::evict(const Keep& keep) {
  const std::int64_t unreplicated_max = std::max(keep.bytes_max, keep.unreplicated_bytes_max);
  std::size_t n = 0;
  while (bytes_ > keep.bytes_max && n < written_) {
    const TailEntry& entry = entries_[n];
    const bool replicated = entry.batch.next_offset() <= keep.high_watermark;
    if (!replicated && bytes_ <= unreplicated_max) break;
    bytes_ -= static_cast<std::int64_t>(entry.batch.size_bytes());
    start_ = entry.batch.next_offset();
    start_chain_ = entry.chain;
    // The sequence lets go of whole chunks; the bytes of long batches shall not wait for that.
    if (entry.batch.size_bytes() >= kLongBatch) entries_.replace(n, TailEntry{});
    ++n;
  }
  entries_.drop_front(n);
  written_ -= n;
}

std::size_t Tail::find(Offset offset) const {
  // Readers stand near the end: from there back in growing steps, then between the last two.
  std::size_t low = 0;
  std::size_t high = entries_.size();
  for (std::size_t stride = 1; high > 0; stride *= 2) {
    const std::size_t probe = high > stride ? high - stride : 0;
    if (entries_[probe].batch.next_offset() <= offset) {
      low = probe + 1;
      break;
    }
    high = probe;
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (entries_[middle].batch.next_offset() <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::vector<protocol::Batch> Tail::read(const ReadRequest& request) const {
  ENSURE(request.from >= start_);
  std::vector<protocol::Batch> batches;
  std::int64_t bytes = 0;
  for (std::size_t i = find(request.from); i < written_; ++i) {
    const protocol::Batch& batch = entries_[i].batch;
    if (batch.next_offset() > request.limit) break;
    bytes += static_cast<std::int64_t>(batch.size_bytes());
    const bool forced = batches.empty() && request.minimum == ReadRequest::Minimum::kOneBatch;
    if (bytes > request.max_bytes && !forced) break;
    batches.push_back(batch);
  }
  return batches;
}

std::optional<std::uint64_t> Tail::chain_at(Offset offset) const {
  if (offset < start_) return std::nullopt;
  if (!entries_.empty() && entries_.back().batch.next_offset() == offset) {
    return entries_.back().chain;
  }
  const std::size_t i = find(offset);
  if (i < entries_.size() && entries_[i].batch.base_offset < offset) return std::nullopt;
  return i == 0 ? start_chain_ : entries_[i - 1].chain;
}

std::optional<Tail::Cut> Tail::truncate(Offset end) {
  // The first batch that ends after `end` goes, unless it lies before what is known here.
  if (end < start_) return std::nullopt;
  const std::size_t keep = find(end);
  if (keep == entries_.size()) return std::nullopt;
  const Cut cut{entries_[keep].batch.base_offset, entries_[keep].position};
  for (std::size_t i = keep; i < entries_.size(); ++i) {
    bytes_ -= static_cast<std::int64_t>(entries_[i].batch.size_bytes());
  }
  const std::uint64_t first_gone = entries_[keep].write;
  std::erase_if(early_, [first_gone](std::uint64_t write) { return write >= first_gone; });
  entries_.truncate(keep);
  written_ = std::min(written_, keep);
  return cut;
}

void Tail::describe(StateVisitor& v) const {
  visit(v, "start", start_);
  visit(v, "start chain", start_chain_);
  visit(v, "written", written_);
  visit(v, "entries", entries_);
}

}  // namespace logarium::log
