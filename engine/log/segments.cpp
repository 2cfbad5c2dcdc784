#include "engine/log/segments.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/big_endian.hpp"

namespace logarium::log {
namespace {

// Number of leading entries for which `holds` is true; it is true for a prefix only. O(log n).
template <class Entries, class Predicate>
std::size_t prefix_length(const Entries& entries, Predicate holds) {
  std::size_t low = 0;
  std::size_t high = entries.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (holds(entries[middle])) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

WallTime wall_of_ms(std::int64_t unix_ms) {
  constexpr std::int64_t kMax = INT64_MAX / 1'000'000;
  return WallTime{std::clamp(unix_ms, -kMax, kMax) * 1'000'000};
}

void IndexEntry::describe(StateVisitor& v) const {
  visit(v, "relative", relative);
  visit(v, "position", position);
}

void TimeEntry::describe(StateVisitor& v) const {
  visit(v, "timestamp", timestamp_ms);
  visit(v, "relative", relative);
}

void Segment::note_batch(const protocol::Batch& batch, std::int64_t position,
                         std::int64_t interval) {
  if (!first_timestamp_ms) first_timestamp_ms = batch.max_timestamp;
  if (batch.max_timestamp > max_timestamp_ms) {
    max_timestamp_ms = batch.max_timestamp;
    max_timestamp_offset = batch.last_offset();
  }
  if (since_index > interval) {
    index.push_back({static_cast<std::int32_t>(batch.last_offset() - base),
                     static_cast<std::int32_t>(position)});
    finish_times();
    since_index = 0;
  }
  since_index += static_cast<std::int64_t>(batch.size_bytes());
}

void Segment::finish_times() {
  if (max_timestamp_ms < 0) return;
  if (!times.empty() && max_timestamp_ms <= times.back().timestamp_ms) return;
  times.push_back({max_timestamp_ms, static_cast<std::int32_t>(max_timestamp_offset - base)});
}

std::int64_t Segment::cut_index(Offset end) {
  const std::int64_t relative_end = end - base;
  index.truncate(prefix_length(
      index, [relative_end](const IndexEntry& e) { return e.relative < relative_end; }));
  times.truncate(prefix_length(
      times, [relative_end](const TimeEntry& e) { return e.relative < relative_end; }));
  since_index = 0;
  if (max_timestamp_ms >= 0 && max_timestamp_offset >= end) {
    max_timestamp_ms = times.empty() ? protocol::kNoTimestamp : times.back().timestamp_ms;
    max_timestamp_offset = times.empty() ? base : base + times.back().relative;
  }
  if (end <= base) first_timestamp_ms.reset();
  return index.empty() ? 0 : index.back().position;
}

std::int64_t Segment::position_before(Offset offset) const {
  const std::int64_t relative = offset - base;
  // An entry names the last offset of its batch: the last entry at or below `offset` begins at or
  // before the batch that holds it.
  const std::size_t n =
      prefix_length(index, [relative](const IndexEntry& e) { return e.relative <= relative; });
  return n == 0 ? 0 : index[n - 1].position;
}

Offset Segment::offset_before_time(std::int64_t timestamp_ms) const {
  const std::size_t n = prefix_length(
      times, [timestamp_ms](const TimeEntry& e) { return e.timestamp_ms < timestamp_ms; });
  return n == 0 ? base : base + times[n - 1].relative;
}

bool Segment::index_full(std::int64_t index_bytes) const {
  const auto entries = static_cast<std::int64_t>(index.size());
  const auto time_entries = static_cast<std::int64_t>(times.size());
  return entries >= index_bytes / kIndexEntryBytes ||
         time_entries >= index_bytes / kTimeEntryBytes - 1;
}

Bytes Segment::encode_index() const {
  std::vector<std::byte> out;
  out.reserve(index.size() * kIndexEntryBytes);
  for (const IndexEntry& e : index) {
    put_big_endian(out, e.relative);
    put_big_endian(out, e.position);
  }
  return Bytes(std::move(out));
}

Bytes Segment::encode_times() const {
  std::vector<std::byte> out;
  out.reserve(times.size() * kTimeEntryBytes);
  for (const TimeEntry& e : times) {
    put_big_endian(out, e.timestamp_ms);
    put_big_endian(out, e.relative);
  }
  return Bytes(std::move(out));
}

bool Segment::decode_index(ByteView bytes) {
  index.clear();
  if (bytes.size() % kIndexEntryBytes != 0) return false;
  for (std::size_t at = 0; at < bytes.size(); at += kIndexEntryBytes) {
    const IndexEntry e{get_big_endian<std::int32_t>(bytes, at),
                       get_big_endian<std::int32_t>(bytes, at + 4)};
    const bool possible = e.relative >= 0 && e.position > 0 && e.position < size &&
                          (index.empty() || (e.relative > index.back().relative &&
                                             e.position > index.back().position));
    if (!possible) {
      index.clear();
      return false;
    }
    index.push_back(e);
  }
  return true;
}

bool Segment::decode_times(ByteView bytes) {
  times.clear();
  if (bytes.size() % kTimeEntryBytes != 0) return false;
  for (std::size_t at = 0; at < bytes.size(); at += kTimeEntryBytes) {
    const TimeEntry e{get_big_endian<std::int64_t>(bytes, at),
                      get_big_endian<std::int32_t>(bytes, at + 8)};
    const bool possible = e.timestamp_ms >= 0 && e.relative >= 0 &&
                          (times.empty() || (e.timestamp_ms > times.back().timestamp_ms &&
                                             e.relative > times.back().relative));
    if (!possible) {
      times.clear();
      return false;
    }
    times.push_back(e);
  }
  if (!times.empty()) {
    max_timestamp_ms = times.back().timestamp_ms;
    max_timestamp_offset = base + times.back().relative;
  }
  return true;
}

void Segment::describe(StateVisitor& v) const {
  visit(v, "base", base);
  visit(v, "file", file);
  visit(v, "size", size);
  visit(v, "created", created);
  visit(v, "roll jitter", roll_jitter_ms);
  visit(v, "first timestamp", first_timestamp_ms);
  visit(v, "max timestamp", max_timestamp_ms);
  visit(v, "max timestamp offset", max_timestamp_offset);
  visit(v, "since index", since_index);
  visit(v, "index", index);
  visit(v, "times", times);
}

std::size_t Segments::find(Offset offset) const {
  ENSURE(!list_.empty());
  const std::size_t n =
      prefix_length(list_, [offset](const Segment& s) { return s.base <= offset; });
  return n == 0 ? 0 : n - 1;
}

void Segments::remove_first(std::size_t n) {
  ENSURE(n <= list_.size());
  list_.erase(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(n));
}

Offset Segments::upper_bound(std::size_t i, Offset end) const {
  return i + 1 < list_.size() ? list_[i + 1].base : end;
}

std::int64_t Segments::size_bytes() const {
  std::int64_t sum = 0;
  for (const Segment& s : list_) sum += s.size;
  return sum;
}

void Segments::describe(StateVisitor& v) const { visit(v, "segments", list_); }

}  // namespace logarium::log
