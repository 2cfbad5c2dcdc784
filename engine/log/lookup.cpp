// Log: reads and lookups, from memory or handed to the Readers.

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/log/log.hpp"

namespace logarium::log {

ReadResult Log::read(StepContext& ctx, const ReadRequest& request) {
  ENSURE(ready() || state_ == State::kCutting);
  if (request.from < log_start_ || request.from > log_end_) return ReadOutOfRange{};
  ReadRequest bounded = request;
  bounded.limit = std::min(request.limit, log_end_);
  if (bounded.from >= bounded.limit) return ReadData{};
  if (bounded.from >= tail_.start()) return ReadData{tail_.read(bounded)};
  const auto ticket = readers_.read(ctx, scope(), bounded);
  if (!ticket) return ReadData{};
  return ReadPending{*ticket};
}

std::optional<std::int64_t> Log::bytes_between(Offset from, Offset to, std::int64_t enough) const {
  if (from < tail_.start()) return std::nullopt;
  std::int64_t bytes = 0;
  const auto& entries = tail_.entries();
  for (std::size_t i = tail_.find(from); i < entries.size() && bytes < enough; ++i) {
    if (entries[i].batch.next_offset() > to) break;
    bytes += static_cast<std::int64_t>(entries[i].batch.size_bytes());
  }
  return bytes;
}

void Log::cancel(Ticket ticket) { readers_.cancel(ticket); }

LookupResult Log::offset_for_timestamp(StepContext& ctx, std::int64_t timestamp_ms, Offset limit) {
  return lookup(ctx, {timestamp_ms, limit});
}

LookupResult Log::max_timestamp(StepContext& ctx, Offset limit) {
  std::int64_t largest = protocol::kNoTimestamp;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    largest = std::max(largest, segments_[i].max_timestamp_ms);
  }
  if (largest < 0) return TimestampNotFound{};
  return lookup(ctx, {largest, limit});
}

LookupResult Log::lookup(StepContext& ctx, const TimestampRequest& request) {
  ENSURE(ready() || state_ == State::kCutting);
  TimestampRequest bounded = request;
  bounded.limit = std::min(request.limit, log_end_);
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = segments_[i];
    const bool may_hold = segment.size > 0 && segment.max_timestamp_ms >= bounded.timestamp_ms &&
                          segments_.upper_bound(i, pending_end_) > log_start_;
    if (!may_hold) continue;
    const Offset from = std::max(segment.offset_before_time(bounded.timestamp_ms), log_start_);
    if (from >= bounded.limit) return TimestampNotFound{};
    if (from < tail_.start()) {
      return ReadPending{readers_.lookup(ctx, scope(), bounded, i)};
    }
    for (std::size_t k = tail_.find(from); k < tail_.entries().size(); ++k) {
      const protocol::Batch& batch = tail_.entries()[k].batch;
      if (batch.base_offset >= bounded.limit) break;
      if (batch.max_timestamp < bounded.timestamp_ms) continue;
      const auto found = find_record(batch, bounded.timestamp_ms, log_start_);
      if (found && found->offset < bounded.limit) return *found;
    }
    return TimestampNotFound{};
  }
  return TimestampNotFound{};
}

}  // namespace logarium::log
