#include "engine/log/scanner.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::log {

Scanner::Scanner(const Segment& segment, std::int64_t position, std::int64_t chunk, Crc crc)
    : base_(segment.base),
      file_(segment.file),
      size_(segment.size),
      position_(position),
      chunk_(chunk),
      crc_(crc) {
  ENSURE(chunk > 0);
}

FileOp Scanner::next_read(Cookie cookie) {
  ENSURE(!finished());
  asked_ = std::min(std::max(chunk_, want_), size_ - position_);
  want_ = 0;
  FileOp op;
  op.kind = FileOpKind::kRead;
  op.cookie = cookie;
  op.file = file_;
  op.position = position_;
  op.length = asked_;
  return op;
}

bool Scanner::plausible(const protocol::BatchHeader& header) const {
  if (header.base_offset < base_ || header.last_offset_delta < 0) return false;
  // No overflow: both sides are not negative.
  const std::int64_t relative = header.base_offset.value() - base_.value();
  return relative >= next_relative_ && relative <= INT32_MAX - header.last_offset_delta;
}

std::vector<Scanner::Found> Scanner::feed(const Bytes& data) {
  std::vector<Found> found;
  const auto read = static_cast<std::int64_t>(data.size());
  // The file is shorter than it was said to be: what is missing is damage.
  const bool cut_short = read < asked_;
  const std::int64_t known_end = cut_short ? position_ + read : size_;
  std::size_t at = 0;
  while (at < data.size()) {
    const auto left = static_cast<std::int64_t>(data.size() - at);
    const auto parsed = protocol::parse_batch_header(data.view().subspan(at));
    if (!parsed.ok()) {
      const bool cut_header = left < static_cast<std::int64_t>(protocol::kBatchHeaderBytes);
      damaged_ = !cut_header || position_ + left >= known_end;
      break;
    }
    const auto size = static_cast<std::int64_t>(parsed.value().batch_bytes);
    if (!plausible(parsed.value().header) || size > known_end - position_) {
      damaged_ = true;
      break;
    }
    if (size > left) {
      want_ = size;
      break;
    }
    const std::size_t header = protocol::kBatchHeaderBytes;
    protocol::Batch batch(parsed.value().header,
                          data.slice(at + header, static_cast<std::size_t>(size) - header));
    if (crc_ == Crc::kVerify && !batch.crc_matches()) {
      damaged_ = true;
      break;
    }
    next_relative_ = batch.next_offset() - base_;
    found.push_back({std::move(batch), position_});
    position_ += size;
    at += static_cast<std::size_t>(size);
  }
  if (cut_short && want_ == 0) damaged_ = true;
  if (read == 0) damaged_ = true;
  return found;
}

void Scanner::describe(StateVisitor& v) const {
  visit(v, "base", base_);
  visit(v, "file", file_);
  visit(v, "size", size_);
  visit(v, "position", position_);
  visit(v, "want", want_);
  visit(v, "asked", asked_);
  visit(v, "next relative", next_relative_);
  visit(v, "damaged", damaged_);
}

}  // namespace logarium::log
