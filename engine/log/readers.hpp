#pragma once
// Readers: reads and timestamp lookups of a log that need the disk. Each is a Scanner over one
// segment after the other until it has what it was asked for. A read that began before the last
// truncation ends as stale.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/ring.hpp"
#include "engine/log/config.hpp"
#include "engine/log/events.hpp"
#include "engine/log/scanner.hpp"
#include "engine/log/segments.hpp"

namespace logarium::log {

// What a reader may look at during a step.
struct ReadScope {
  const Identity& identity;
  const Segments& segments;
  std::uint32_t generation = 0;
  Offset log_start, log_end;
};

struct TimestampRequest {
  std::int64_t timestamp_ms = 0;
  Offset limit;
};

class Readers {
 public:
  // Empty when no segment has bytes at or beyond the offset asked for.
  std::optional<Ticket> read(StepContext& ctx, const ReadScope& scope, const ReadRequest& request);
  // Begins in segment `first`. REQUIRES: it is not empty.
  Ticket lookup(StepContext& ctx, const ReadScope& scope, const TimestampRequest& request,
                std::size_t first);
  void on_io(StepContext& ctx, const ReadScope& scope, const IoDone& done, Ring<Event>& events);
  void cancel(Ticket ticket);
  // Ends everything as stale.
  void end_all(Ring<Event>& events);
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  void describe(StateVisitor& v) const;

 private:
  enum class Kind : std::uint8_t { kRead, kLookup };
  struct Waiting {
    Ticket ticket;
    Kind kind = Kind::kRead;
    std::uint32_t generation = 0;
    ReadRequest request;         // of a read
    TimestampRequest timestamp;  // of a lookup
    Scanner scanner;
    std::vector<protocol::Batch> batches;
    std::int64_t bytes = 0;
    bool damaged = false;  // met a batch that cannot be: it goes beyond the log's end
    std::optional<TimestampFound> found;
    void describe(StateVisitor& v) const;
  };
  Ticket add(Waiting waiting);
  void issue(StepContext& ctx, const ReadScope& scope, Waiting& waiting);
  // Takes what was read. True when the reader has what it wants.
  static bool take(Waiting& waiting, const ReadScope& scope,
                   const std::vector<Scanner::Found>& batches);
  // Goes on in the next segment; false when there is none.
  static bool next_segment(Waiting& waiting, const ReadScope& scope);
  void finish(std::size_t index, ReadStatus status, Ring<Event>& events);

  std::vector<Waiting> waiting_;
  std::uint32_t next_ticket_ = 1;
};

// The first record of the batch with timestamp and offset at or above the given ones.
[[nodiscard]] std::optional<TimestampFound> find_record(const protocol::Batch& batch,
                                                        std::int64_t timestamp_ms, Offset from);

}  // namespace logarium::log
