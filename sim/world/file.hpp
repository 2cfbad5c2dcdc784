#pragma once
// File: the content of one simulated file, twice: as the page cache has it and as stable storage
// has it. Content is held as the handles that were written (extents), never as copied bytes;
// extents stand in full chunks that copies share.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/bytes.hpp"
#include "engine/base/chunked.hpp"
#include "engine/base/random.hpp"

namespace logarium::world {

struct Extent {
  std::int64_t position = 0;
  FileBytes bytes;
  [[nodiscard]] std::int64_t end() const { return position + bytes.size(); }
};

// The first `length` bytes, sharing the body. REQUIRES: 0 <= length <= bytes.size().
[[nodiscard]] inline FileBytes first_of(const FileBytes& bytes, std::int64_t length) {
  FileBytes part = bytes;
  if (length <= part.head_size) {
    part.head_size = static_cast<std::uint8_t>(length);
    part.body = {};
  } else {
    part.body = bytes.body.slice(0, static_cast<std::size_t>(length - part.head_size));
  }
  return part;
}

class File {
 public:
  [[nodiscard]] std::int64_t size() const { return size_; }
  // Bytes that a power loss may take: everything written or cut since the last sync.
  [[nodiscard]] std::int64_t unsynced_bytes() const;
  [[nodiscard]] bool clean() const { return synced_ == nullptr && synced_size_ == size_; }

  // Writes into the page cache; a gap before `position` reads as zeros.
  void write(std::int64_t position, FileBytes bytes);
  // Longer than the file: grows with zeros.
  void truncate(std::int64_t length);
  void sync();
  // At most `length` bytes from `position`; fewer, or none, at the end.
  [[nodiscard]] Bytes read(std::int64_t position, std::int64_t length) const;

  struct Loss {
    std::int64_t bytes = 0;
  };
  // Back to the synced content. With `torn`, a seeded part of what was not synced may survive: cut
  // at any byte, or with its last bytes zero.
  Loss lose_power(Random& random, std::int64_t torn_ppm);
  // Flips one bit. REQUIRES: position < size().
  void flip_bit(std::int64_t position, unsigned bit);

 private:
  static constexpr std::size_t kChunk = 64;
  using Extents = ChunkedVector<Extent, kChunk>;
  struct Synced {
    Extents extents;
    std::int64_t size = 0;
  };

  // Index of the extent that holds `position`, or the number of extents.
  [[nodiscard]] std::size_t find(std::int64_t position) const;
  // Before content below synced_size_ changes: keeps what stable storage has.
  void keep_synced();
  void cut(std::int64_t length);
  void append(FileBytes bytes);

  Extents extents_;  // without gaps, from position 0
  std::int64_t size_ = 0;
  // Stable storage has the first synced_size_ bytes of extents_, unless synced_ says otherwise.
  std::int64_t synced_size_ = 0;
  std::shared_ptr<const Synced> synced_;
  std::int64_t touched_from_ = 0;  // lowest byte changed since the sync; used when synced_ is set
};

}  // namespace logarium::world
