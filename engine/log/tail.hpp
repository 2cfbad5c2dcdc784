#pragma once
// Tail: the newest batches of a log in memory, written ones and after them those whose write is in
// flight. It answers reads in the step and knows positions and hash chains, so that most
// truncations need no reading. Bounded in bytes; empty it allocates nothing.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/chunked.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"
#include "engine/log/events.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::log {

// The hash chain after `batch`, from the chain before it: the notes' identity of a log's content.
[[nodiscard]] std::uint64_t chain_after(std::uint64_t chain, const protocol::Batch& batch);

struct TailEntry {
  protocol::Batch batch;
  std::int64_t position = 0;  // in the segment that holds the batch
  std::uint64_t write = 0;    // number of its write operation
  std::uint64_t chain = 0;    // hash chain up to and with this batch
  note::Role role = note::Role::kFollower;
  void describe(StateVisitor& v) const;
};

class Tail {
 public:
  // Empty, from `start` on, where the hash chain is `chain`.
  void reset(Offset start, std::uint64_t chain);
  // Without hashes the chain is 0. REQUIRES: batch begins where the last one ends.
  enum class Hashes : std::uint8_t { kNone, kKept };
  void push(const protocol::Batch& batch, std::int64_t position, std::uint64_t write,
            note::Role role, Hashes hashes = Hashes::kKept);
  // Write number `write` is done. Calls next_written() then tell what became readable.
  void done(std::uint64_t write);
  // The next entry, in order, whose write and all before it are done; null when there is none.
  // Valid until the tail changes.
  [[nodiscard]] const TailEntry* next_written();
  struct Keep {
    std::int64_t bytes_max = 0;
    std::int64_t unreplicated_bytes_max = 0;  // for batches above the high watermark, if it is more
    Offset high_watermark{0};
  };
  // Drops written entries from the front while more bytes are held than shall be.
  void evict(const Keep& keep);

  // First offset that is known here.
  [[nodiscard]] Offset start() const { return start_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const ChunkedVector<TailEntry, 32>& entries() const { return entries_; }
  // Index of the first entry that ends after `offset`; entries().size() when there is none.
  // REQUIRES: offset >= start().
  [[nodiscard]] std::size_t find(Offset offset) const;
  // Batches as ReadRequest asks. REQUIRES: request.from >= start().
  [[nodiscard]] std::vector<protocol::Batch> read(const ReadRequest& request) const;
  // Hash chain at a batch boundary; empty inside a batch or before start().
  [[nodiscard]] std::optional<std::uint64_t> chain_at(Offset offset) const;

  // Removes the batches that end after `end`. Where the first one lay; empty, with nothing
  // removed, when that is before start().
  struct Cut {
    Offset end;  // base of the first batch removed
    std::int64_t position = 0;
  };
  [[nodiscard]] std::optional<Cut> truncate(Offset end);
  void describe(StateVisitor& v) const;

 private:
  ChunkedVector<TailEntry, 32> entries_;
  std::size_t written_ = 0;           // entries at the front that were reported
  std::vector<std::uint64_t> early_;  // writes done before an earlier one
  std::int64_t bytes_ = 0;
  Offset start_;
  std::uint64_t start_chain_ = 0;
};

}  // namespace logarium::log
