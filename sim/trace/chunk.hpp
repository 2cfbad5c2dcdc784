#pragma once
// Chunk: a few thousand consecutive events as bytes, about 20 of them per event. A chunk is read
// without any other.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "sim/trace/coder.hpp"
#include "sim/trace/event.hpp"

namespace logarium::trace {

inline constexpr std::size_t kChunkEvents = 4096;
// Stands in place of a kind of input when messages were lost before the event.
inline constexpr std::size_t kLostMark = 15;

struct Chunk {
  std::uint64_t first = 0;  // number of its first event
  std::uint64_t events = 0;
  Instant from, to;  // true times of its first and last event
  std::vector<std::byte> bytes;
  // The view before its first event (view.hpp); empty in most chunks.
  std::vector<std::byte> keyframe;
  // False: as format 2 had it, without the senders of messages.
  bool senders = true;
};

// Over what a chunk holds, to tell damage.
[[nodiscard]] std::uint64_t chunk_hash(const Chunk& chunk);

class ChunkWriter {
 public:
  // REQUIRES: numbers without gaps, times that never fall.
  void add(std::uint64_t number, Instant time, std::uint32_t node, const InputRecord& input,
           const std::vector<Note>& notes, const std::vector<Lost>& lost = {});
  [[nodiscard]] bool full() const { return chunk_.events >= kChunkEvents; }
  [[nodiscard]] bool empty() const { return chunk_.events == 0; }
  // The chunk so far; the next event begins another.
  [[nodiscard]] Chunk take();

 private:
  struct NoteEncoder;
  // Where so many more bytes may be put.
  [[nodiscard]] std::byte* room(std::size_t bytes);
  void put_byte(std::size_t value);
  void put(std::uint64_t value);
  void put_signed(std::int64_t value);
  void input(std::uint64_t number, std::uint32_t node, const InputRecord& input);
  void lost(std::uint64_t number, Instant time, const std::vector<Lost>& lost);
  void note(const Note& note);
  std::uint64_t partition(const PartitionRef& ref);
  void hash(std::uint64_t value);

  static constexpr std::size_t kRoomMin = 4096;

  Chunk chunk_;
  std::size_t used_ = 0;  // of chunk_.bytes, which has room for more
  CoderState state_;
  std::unordered_map<PartitionRef, std::uint64_t, PartitionHash> partition_numbers_;
  std::optional<PartitionRef> last_partition_;  // notes come in runs about one
  std::uint64_t last_partition_number_ = 0;
  FlatMap<std::uint64_t> hash_numbers_;
};

// The events of a chunk. Damaged or foreign bytes give an error, never anything else.
[[nodiscard]] Result<std::vector<Event>> read_chunk(const Chunk& chunk);

}  // namespace logarium::trace
