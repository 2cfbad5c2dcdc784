#include <utility>
#include <variant>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/varint.hpp"
#include "sim/trace/chunk.hpp"

namespace logarium::trace {

// Puts the fields of one note; its partition comes first where it has one.
struct ChunkWriter::NoteEncoder {
  ChunkWriter& writer;
  std::size_t kind;
  CoderState::Fields* last = nullptr;
  std::size_t next = 0;

  void operator()(std::string_view, const PartitionRef& value) {
    ENSURE(last == nullptr);
    last = &writer.state_.note(kind, writer.partition(value) + 1);
  }
  void operator()(std::string_view, const Uuid& value) {
    writer.put(value.high);
    writer.put(value.low);
  }
  void operator()(std::string_view, const std::uint64_t& value) { writer.hash(value); }
  template <class T>
  void operator()(std::string_view, const T& value) {
    if (last == nullptr) last = &writer.state_.note(kind, 0);
    ENSURE(next < kNoteFieldsMax);
    const std::int64_t number = plain(value);
    // Modulo 2^64: notes that a fault made hold any numbers.
    writer.put_signed(static_cast<std::int64_t>(static_cast<std::uint64_t>(number) -
                                                static_cast<std::uint64_t>((*last)[next])));
    (*last)[next++] = number;
  }
};

std::byte* ChunkWriter::room(std::size_t bytes) {
  if (chunk_.bytes.size() - used_ < bytes) chunk_.bytes.resize(2 * chunk_.bytes.size() + kRoomMin);
  return chunk_.bytes.data() + used_;
}

void ChunkWriter::put_byte(std::size_t value) {
  *room(1) = static_cast<std::byte>(value);
  ++used_;
}

void ChunkWriter::put(std::uint64_t value) {
  std::byte* const begin = room(kVarlongBytesMax);
  std::byte* to = begin;
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<std::byte>(value | 0x80);
  *to++ = static_cast<std::byte>(value);
  used_ += static_cast<std::size_t>(to - begin);
}

void ChunkWriter::put_signed(std::int64_t value) { put(zigzag(value)); }

std::uint64_t ChunkWriter::partition(const PartitionRef& ref) {
  if (last_partition_ == ref) {
    put(last_partition_number_);
    return last_partition_number_;
  }
  const auto [at, added] = partition_numbers_.emplace(ref, partition_numbers_.size());
  last_partition_ = ref;
  last_partition_number_ = at->second;
  put(at->second);
  if (added) {
    put(ref.topic.high);
    put(ref.topic.low);
    put_signed(ref.partition.value());
  }
  return at->second;
}

// 0 and the hash at its first use; then how many hashes ago that was.
void ChunkWriter::hash(std::uint64_t value) {
  const std::uint64_t next = hash_numbers_.size();
  const auto [number, fresh] = hash_numbers_.get(value);
  if (!fresh) return put(next - number);
  number = next;
  put(0);
  for (int shift = 0; shift < 64; shift += 8) put_byte(value >> shift & 0xff);
}

void ChunkWriter::input(std::uint64_t number, std::uint32_t node, const InputRecord& input) {
  if (input.kind == InputKind::kHost || input.kind == InputKind::kWake ||
      input.kind == InputKind::kShutdownRequested) {
    return;
  }
  std::int16_t api = 0;
  if (input.kind == InputKind::kReceived) {
    const auto direction = static_cast<std::int16_t>(input.direction);
    api = static_cast<std::int16_t>(input.api_key * 2 + direction);
    put_signed(api);
  } else if (input.kind == InputKind::kIoDone) {
    put(static_cast<std::uint64_t>(input.operation) * 8 + static_cast<std::uint64_t>(input.status));
  }
  CoderState::NodeLast& last = state_.last(node, static_cast<std::size_t>(input.kind), api);
  put_signed(static_cast<std::int64_t>(input.number - last.number));
  last.number = input.number;
  if (input.kind == InputKind::kReceived) {
    put_signed(std::int64_t{input.correlation} - last.correlation);
    last.correlation = input.correlation;
    // Every event is sent before it arrives, so 0 says that nothing is known.
    put(input.sent == 0 ? 0 : number - input.sent);
    if (input.sent != 0) put(input.sender);
  }
}

void ChunkWriter::lost(std::uint64_t number, Instant time, const std::vector<Lost>& lost) {
  put_byte(kLostMark);
  put(lost.size());
  for (const Lost& one : lost) {
    put(number - one.sent);
    put(one.from);
    put(one.to);
    put_signed((time - one.time).ns);
    put_signed(one.api_key * 2 + static_cast<std::int16_t>(one.direction));
    put_signed(one.correlation);
  }
}

void ChunkWriter::note(const Note& note) {
  put_byte(note.index());
  std::visit([&](const auto& one) { one.fields(NoteEncoder{*this, note.index()}); }, note);
}

void ChunkWriter::add(std::uint64_t number, Instant time, std::uint32_t node,
                      const InputRecord& input_record, const std::vector<Note>& notes,
                      const std::vector<Lost>& lost_before) {
  if (chunk_.events == 0) {
    chunk_.first = number;
    chunk_.from = chunk_.to = time;
  }
  ENSURE(number == chunk_.first + chunk_.events);
  ENSURE(time >= chunk_.to);
  ++chunk_.events;
  put(static_cast<std::uint64_t>((time - chunk_.to).ns));
  chunk_.to = time;
  if (!lost_before.empty()) lost(number, time, lost_before);
  // The kind below, the number of notes above; 15 stands for 15 and more, which follow.
  const std::size_t few = notes.size() < 15 ? notes.size() : 15;
  put_byte(static_cast<std::size_t>(input_record.kind) | few << 4);
  if (few == 15) put(notes.size() - 15);
  put(node);
  input(number, node, input_record);
  for (const Note& one : notes) note(one);
}

std::uint64_t chunk_hash(const Chunk& chunk) {
  const std::uint64_t hash = hash_bytes(chunk.bytes);
  return chunk.keyframe.empty() ? hash : fold(hash, hash_bytes(chunk.keyframe));
}

Chunk ChunkWriter::take() {
  chunk_.bytes.resize(used_);
  Chunk out = std::exchange(chunk_, {});
  chunk_.bytes.resize(used_ + used_ / 8);
  used_ = 0;
  state_.clear();
  partition_numbers_.clear();
  last_partition_.reset();
  hash_numbers_.clear();
  return out;
}

}  // namespace logarium::trace
