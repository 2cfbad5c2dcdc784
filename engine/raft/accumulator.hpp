#pragma once
// Accumulator: collects what a leader is to append until the linger time is over or a batch is
// full, so that many small changes share one write and one sync (controller.quorum.append.linger).

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::raft {

class Accumulator {
 public:
  static constexpr std::int64_t kBatchBytesMax = 8 * 1024 * 1024;
  // Batches that may wait; more are refused. They wait for the linger time only.
  static constexpr std::size_t kBatchesMax = 64;

  // Adds records that belong together; they never part. Result: how many records are now waiting,
  // the added ones included; empty when the records exceed kBatchBytesMax or too much waits.
  std::optional<std::int64_t> add(std::vector<Bytes> records);

  [[nodiscard]] bool empty() const { return waiting_ == 0; }
  // A batch is full: drain without waiting for the linger time.
  [[nodiscard]] bool full() const { return batches_.size() > 1; }
  // Takes everything as batches, the first one at `base`.
  [[nodiscard]] std::vector<protocol::Batch> drain(Offset base, LeaderEpoch epoch,
                                                   std::int64_t unix_ms);
  void describe(StateVisitor& v) const;

 private:
  struct Collected {
    std::vector<Bytes> records;
    std::int64_t bytes = 0;
    void describe(StateVisitor& v) const;
  };
  std::vector<Collected> batches_;
  std::int64_t waiting_ = 0;  // records
};

}  // namespace logarium::raft
