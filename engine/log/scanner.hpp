#pragma once
// Scanner: walks over the batches of one segment file by Read operations in chunks. It stops at
// bytes that are no batch; what that means is the caller's business (torn tail, bit rot).

#include <cstdint>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/io.hpp"
#include "engine/log/segments.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::log {

class Scanner {
 public:
  enum class Crc : std::uint8_t { kTrust, kVerify };
  struct Found {
    protocol::Batch batch;
    std::int64_t position = 0;
  };

  Scanner() = default;
  Scanner(const Segment& segment, std::int64_t position, std::int64_t chunk, Crc crc);

  // At the end of the segment, or stopped at damage.
  [[nodiscard]] bool finished() const { return damaged_ || position_ >= size_; }
  // Bytes at position() are no batch of this segment.
  [[nodiscard]] bool damaged() const { return damaged_; }
  // Where the next batch begins.
  [[nodiscard]] std::int64_t position() const { return position_; }
  [[nodiscard]] Offset segment_base() const { return base_; }
  // REQUIRES: !finished(). One read at a time.
  [[nodiscard]] FileOp next_read(Cookie cookie);
  // The whole batches in what was read, in order; they share its storage.
  [[nodiscard]] std::vector<Found> feed(const Bytes& data);
  void describe(StateVisitor& v) const;

 private:
  [[nodiscard]] bool plausible(const protocol::BatchHeader& header) const;

  Offset base_;
  FileId file_;
  std::int64_t size_ = 0;
  std::int64_t position_ = 0;
  std::int64_t chunk_ = 0;
  std::int64_t want_ = 0;           // bytes that the batch at position_ needs, when a read cut it
  std::int64_t asked_ = 0;          // of the read under way
  std::int64_t next_relative_ = 0;  // offsets must not be below base_ + this
  Crc crc_ = Crc::kTrust;
  bool damaged_ = false;
};

}  // namespace logarium::log
