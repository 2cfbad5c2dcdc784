#pragma once
// Segment: one .log file of a log with its sparse indexes, as memory knows it. Segments: a log's
// segments in offset order; the last one is active and takes the appends. Pure state: they say
// positions, the log issues the operations.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/chunked.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/io.hpp"
#include "engine/base/time.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::log {

// A record's timestamp as a point in time; the nearest one that can be told.
[[nodiscard]] WallTime wall_of_ms(std::int64_t unix_ms);

// The batch at `position` ends with offset base + relative.
struct IndexEntry {
  std::int32_t relative = 0;
  std::int32_t position = 0;
  void describe(StateVisitor& v) const;
};
// No batch up to offset base + relative has a larger timestamp.
struct TimeEntry {
  std::int64_t timestamp_ms = 0;
  std::int32_t relative = 0;
  void describe(StateVisitor& v) const;
};
inline constexpr std::int64_t kIndexEntryBytes = 8;
inline constexpr std::int64_t kTimeEntryBytes = 12;

struct Segment {
  Offset base;
  FileId file;            // of the .log, open
  std::int64_t size = 0;  // bytes, including writes in flight
  WallTime created;       // on this node's clock, of the file or of its opening
  std::int64_t roll_jitter_ms = 0;
  std::optional<std::int64_t> first_timestamp_ms;  // of the first batch; absent when empty
  std::int64_t max_timestamp_ms = protocol::kNoTimestamp;
  Offset max_timestamp_offset;   // last offset of the first batch with that timestamp
  std::int64_t since_index = 0;  // bytes since the last index entry
  ChunkedVector<IndexEntry> index;
  ChunkedVector<TimeEntry> times;

  // Takes note of a batch at `position`, with an index entry every `interval` bytes. Does not
  // change `size`.
  void note_batch(const protocol::Batch& batch, std::int64_t position, std::int64_t interval);
  // Forgets what the indexes say at and beyond `end`, and returns the position from which the
  // remaining part is to be scanned to find the batches below `end`.
  std::int64_t cut_index(Offset end);
  // A position at or before the batch that holds `offset`. O(log n).
  [[nodiscard]] std::int64_t position_before(Offset offset) const;
  // No record before this offset has a timestamp of `timestamp_ms` or later. O(log n).
  [[nodiscard]] Offset offset_before_time(std::int64_t timestamp_ms) const;
  // The last entry of the time index, written when the segment stops being active.
  void finish_times();
  [[nodiscard]] bool index_full(std::int64_t index_bytes) const;

  // Kafka's binary files. decode_* replace the entries; false, with no entries, when the bytes are
  // not a possible index of this segment (its size must be known).
  [[nodiscard]] Bytes encode_index() const;
  [[nodiscard]] Bytes encode_times() const;
  bool decode_index(ByteView bytes);
  bool decode_times(ByteView bytes);
  void describe(StateVisitor& v) const;
};

class Segments {
 public:
  [[nodiscard]] std::size_t size() const { return list_.size(); }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] Segment& operator[](std::size_t i) { return list_[i]; }
  [[nodiscard]] const Segment& operator[](std::size_t i) const { return list_[i]; }
  [[nodiscard]] const Segment& front() const { return list_.front(); }
  [[nodiscard]] Segment& active() { return list_.back(); }
  [[nodiscard]] const Segment& active() const { return list_.back(); }
  // Index of the segment that holds `offset`; the first one for smaller offsets. O(log n).
  // REQUIRES: !empty().
  [[nodiscard]] std::size_t find(Offset offset) const;
  void add(Segment segment) { list_.push_back(std::move(segment)); }
  void remove_first(std::size_t n);
  // Keeps the first n.
  void resize(std::size_t n) { list_.resize(n); }
  // Where segment i ends: the base of the next one, or `end` for the active one.
  [[nodiscard]] Offset upper_bound(std::size_t i, Offset end) const;
  [[nodiscard]] std::int64_t size_bytes() const;
  void describe(StateVisitor& v) const;

 private:
  std::vector<Segment> list_;
};

}  // namespace logarium::log
