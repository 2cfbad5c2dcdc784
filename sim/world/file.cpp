#include "sim/world/file.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

constexpr std::int64_t kZeroTailMax = 4096;  // a page

// The bytes [from, from + length) of a write.
FileBytes part_of(const FileBytes& bytes, std::int64_t from, std::int64_t length) {
  if (from == 0 && length == bytes.size()) return bytes;
  FileBytes part;
  const auto head = static_cast<std::int64_t>(bytes.head_size);
  const std::int64_t head_from = std::min(from, head);
  const std::int64_t head_end = std::min(from + length, head);
  part.head_size = static_cast<std::uint8_t>(head_end - head_from);
  if (part.head_size > 0)
    std::memcpy(part.head.data(), bytes.head.data() + head_from, part.head_size);
  const std::int64_t body_from = std::max<std::int64_t>(from - head, 0);
  const std::int64_t body_end = std::max<std::int64_t>(from + length - head, 0);
  part.body = bytes.body.slice(static_cast<std::size_t>(body_from),
                               static_cast<std::size_t>(body_end - body_from));
  return part;
}

FileBytes zeros(std::int64_t length) {
  return FileBytes::of(Bytes(std::vector<std::byte>(static_cast<std::size_t>(length))));
}

// Appends the bytes [from, to) of the file that lie in this extent.
void copy_out(const Extent& extent, std::int64_t from, std::int64_t to,
              std::vector<std::byte>& out) {
  const FileBytes part = part_of(extent.bytes, from - extent.position, to - from);
  const ByteView head = part.head_view();
  const ByteView body = part.body.view();
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
}

}  // namespace

std::int64_t File::unsynced_bytes() const {
  if (synced_ == nullptr) return size_ - synced_size_;
  return std::max<std::int64_t>(size_ - touched_from_, 0);
}

std::size_t File::find(std::int64_t position) const {
  std::size_t low = 0;
  std::size_t high = extents_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (extents_[middle].end() <= position) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void File::append(FileBytes bytes) {
  const std::int64_t length = bytes.size();
  if (length == 0) return;
  extents_.push_back({size_, std::move(bytes)});
  size_ += length;
}

void File::keep_synced() {
  if (synced_ != nullptr) return;
  Synced synced{extents_, size_};
  // What was written since the sync is not on stable storage.
  const std::size_t keep = find(synced_size_);
  if (keep < extents_.size()) {
    const Extent last = extents_[keep];
    synced.extents.truncate(keep);
    if (last.position < synced_size_) {
      synced.extents.push_back(
          {last.position, part_of(last.bytes, 0, synced_size_ - last.position)});
    }
  }
  synced.size = synced_size_;
  touched_from_ = synced_size_;
  synced_ = std::make_shared<const Synced>(std::move(synced));
}

void File::cut(std::int64_t length) {
  const std::size_t keep = find(length);
  if (keep < extents_.size()) {
    const Extent last = extents_[keep];
    extents_.truncate(keep);
    if (last.position < length) {
      extents_.push_back({last.position, part_of(last.bytes, 0, length - last.position)});
    }
  }
  size_ = length;
}

void File::write(std::int64_t position, FileBytes bytes) {
  ENSURE(position >= 0);
  const std::int64_t length = bytes.size();
  if (position == size_ && position >= synced_size_) {
    append(std::move(bytes));
    return;
  }
  if (length == 0) return;
  if (position < synced_size_) keep_synced();
  if (synced_ != nullptr) touched_from_ = std::min(touched_from_, position);
  if (position > size_) append(zeros(position - size_));
  // What lies behind the written range is put back after it.
  std::vector<FileBytes> behind;
  const std::int64_t end = position + length;
  for (std::size_t i = find(end); end < size_ && i < extents_.size(); ++i) {
    const Extent& extent = extents_[i];
    const std::int64_t from = std::max(end, extent.position);
    behind.push_back(part_of(extent.bytes, from - extent.position, extent.end() - from));
  }
  cut(position);
  append(std::move(bytes));
  for (FileBytes& rest : behind) append(std::move(rest));
}

void File::truncate(std::int64_t length) {
  ENSURE(length >= 0);
  if (length < synced_size_) keep_synced();
  if (synced_ != nullptr) touched_from_ = std::min(touched_from_, length);
  if (length < size_) {
    cut(length);
  } else if (length > size_) {
    append(zeros(length - size_));
  }
}

void File::sync() {
  synced_ = nullptr;
  synced_size_ = size_;
  touched_from_ = 0;
}

Bytes File::read(std::int64_t position, std::int64_t length) const {
  ENSURE(position >= 0);
  const std::int64_t end = std::min(size_, position + std::max<std::int64_t>(length, 0));
  if (position >= end) return {};
  std::size_t at = find(position);
  const Extent& first = extents_[at];
  if (first.bytes.head_size == 0 && end <= first.end()) {
    return first.bytes.body.slice(static_cast<std::size_t>(position - first.position),
                                  static_cast<std::size_t>(end - position));
  }
  std::vector<std::byte> out;
  out.reserve(static_cast<std::size_t>(end - position));
  for (; position < end; ++at) {
    const Extent& extent = extents_[at];
    const std::int64_t to = std::min(end, extent.end());
    copy_out(extent, position, to, out);
    position = to;
  }
  return Bytes(std::move(out));
}

File::Loss File::lose_power(Random& random, std::int64_t torn_ppm) {
  if (clean()) return {};
  const std::int64_t low = synced_ != nullptr ? touched_from_ : synced_size_;
  const std::int64_t before = size_;
  Loss loss{unsynced_bytes()};
  if (before > low && random.chance_ppm(torn_ppm)) {
    // Part of the newer content reached the disk: cut anywhere, perhaps with a page of zeros.
    const std::int64_t keep = random.between(low, before);
    loss.bytes = before - keep;
    cut(keep);
    const std::int64_t zero = std::min({before - keep, keep - low, kZeroTailMax});
    if (zero > 0 && random.below(4) == 0) {
      cut(keep - zero);
      append(zeros(zero));
      loss.bytes += zero;
    }
  } else if (synced_ != nullptr) {
    extents_ = synced_->extents;
    size_ = synced_->size;
  } else {
    cut(synced_size_);
  }
  sync();
  return loss;
}

void File::flip_bit(std::int64_t position, unsigned bit) {
  ENSURE(position < size_);
  const std::size_t at = find(position);
  Extent extent = extents_[at];
  const auto offset = static_cast<std::size_t>(position - extent.position);
  const std::byte mask{static_cast<unsigned char>(1U << bit)};
  if (offset < extent.bytes.head_size) {
    extent.bytes.head[offset] ^= mask;
  } else {
    const ByteView body = extent.bytes.body.view();
    std::vector<std::byte> changed(body.begin(), body.end());
    changed[offset - extent.bytes.head_size] ^= mask;
    extent.bytes.body = Bytes(std::move(changed));
  }
  extents_.replace(at, std::move(extent));
}

}  // namespace logarium::world
