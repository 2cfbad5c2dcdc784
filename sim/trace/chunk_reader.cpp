#include <fmt/format.h>

#include <array>
#include <utility>
#include <variant>

#include "engine/base/varint.hpp"
#include "sim/trace/chunk.hpp"

namespace logarium::trace {
namespace {

constexpr std::size_t kNotesMax = 1 << 20;  // of one event
constexpr std::uint64_t kEventsMax = 1 << 20;

template <std::size_t i>
Note empty_note() {
  return std::variant_alternative_t<i, Note>{};
}
template <std::size_t... i>
constexpr std::array<Note (*)(), sizeof...(i)> makers(std::index_sequence<i...>) {
  return {&empty_note<i>...};
}
constexpr auto kMakers = makers(std::make_index_sequence<std::variant_size_v<Note>>{});

// Reads the bytes of one chunk; after the first thing that cannot be, it is not good() any more
// and gives zeros.
class Decoder {
 public:
  explicit Decoder(const Chunk& chunk) : in_(chunk.bytes), senders_(chunk.senders) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return at_ == in_.size(); }
  [[nodiscard]] std::size_t position() const { return at_; }

  void event(Event& out, Instant& time) {
    const std::uint64_t step = number();
    if (step > static_cast<std::uint64_t>(kNever.ns - time.ns)) return fail();
    time = time + Duration{static_cast<std::int64_t>(step)};
    out.time = time;
    std::uint8_t head = byte();
    if (head == kLostMark) {
      lost(out);
      head = byte();
    }
    if ((head & 15) >= kInputKinds) return fail();
    out.input.kind = static_cast<InputKind>(head & 15);
    std::uint64_t notes = head >> 4;
    if (notes == 15) notes += number();
    // A note takes a byte at least.
    if (notes > kNotesMax || notes > in_.size() - at_) return fail();
    out.node = node_number();
    input(out.number, out.node, out.input);
    out.notes.reserve(static_cast<std::size_t>(notes));
    for (std::uint64_t i = 0; i < notes && good_; ++i) out.notes.push_back(note());
  }

 private:
  // Reads the fields of one note in the order in which they were put.
  struct NoteDecoder {
    Decoder& in;
    std::size_t kind;
    CoderState::Fields* last = nullptr;
    std::size_t next = 0;

    // `fields` shows members of a note that is being made here, so they may be written.
    template <class T>
    void operator()(std::string_view, const T& member) {
      T& value = const_cast<T&>(member);
      if constexpr (std::is_same_v<T, PartitionRef>) {
        last = &in.state_.note(kind, in.partition(value) + 1);
      } else if constexpr (std::is_same_v<T, Uuid>) {
        value.high = in.number();
        value.low = in.number();
      } else if constexpr (std::is_same_v<T, std::uint64_t>) {
        value = in.hash();
      } else {
        if (last == nullptr) last = &in.state_.note(kind, 0);
        std::int64_t& field = (*last)[next++];
        field = static_cast<std::int64_t>(static_cast<std::uint64_t>(field) +
                                          static_cast<std::uint64_t>(in.signed_number()));
        set_plain(value, field);
      }
    }
  };

  void fail() { good_ = false; }

  std::uint64_t number() {
    std::uint64_t value = 0;
    if (!good_ || !get_varint(in_, at_, value, kVarlongBytesMax)) {
      fail();
      return 0;
    }
    return value;
  }
  std::int64_t signed_number() { return unzigzag(number()); }
  std::uint8_t byte() {
    if (!good_ || at_ == in_.size()) {
      fail();
      return 0;
    }
    return static_cast<std::uint8_t>(in_[at_++]);
  }

  std::uint32_t node_number() {
    const std::uint64_t read = number();
    if (read > 0xffffffff) fail();
    return static_cast<std::uint32_t>(read);
  }
  // An event before the one at hand, told by its distance; 0: none.
  std::uint64_t earlier(std::uint64_t event) {
    const std::uint64_t back = number();
    if (back >= event) fail();
    return back == 0 || back >= event ? 0 : event - back;
  }
  void api_and_direction(std::int16_t& api, Message::Direction& direction) {
    const std::int64_t both = signed_number();
    if (both < 0 || both > 0x7fff) return fail();
    api = static_cast<std::int16_t>(both / 2);
    direction = static_cast<Message::Direction>(both % 2);
  }

  // A message that the event itself sent may be lost at once; its distance is 0.
  void lost(Event& out) {
    const std::uint64_t count = number();
    if (count > in_.size() - at_) return fail();
    for (std::uint64_t i = 0; i < count && good_; ++i) {
      Lost one;
      const std::uint64_t back = number();
      if (back >= out.number) return fail();
      one.sent = out.number - back;
      one.from = node_number();
      one.to = node_number();
      one.time = Instant{static_cast<std::int64_t>(static_cast<std::uint64_t>(out.time.ns) -
                                                   static_cast<std::uint64_t>(signed_number()))};
      api_and_direction(one.api_key, one.direction);
      one.correlation = static_cast<std::int32_t>(signed_number());
      out.lost.push_back(one);
    }
  }

  void input(std::uint64_t event, std::uint32_t node, InputRecord& out) {
    if (out.kind == InputKind::kHost || out.kind == InputKind::kWake ||
        out.kind == InputKind::kShutdownRequested) {
      return;
    }
    std::int16_t api = 0;
    if (out.kind == InputKind::kReceived) {
      api_and_direction(out.api_key, out.direction);
      api = static_cast<std::int16_t>(out.api_key * 2 + static_cast<std::int16_t>(out.direction));
    } else if (out.kind == InputKind::kIoDone) {
      const std::uint64_t both = number();
      const auto last_kind = static_cast<std::uint64_t>(FileOpKind::kList);
      const auto last_status = static_cast<std::uint64_t>(IoStatus::kIoError);
      if (both / 8 > last_kind || both % 8 > last_status) return fail();
      out.operation = static_cast<FileOpKind>(both / 8);
      out.status = static_cast<IoStatus>(both % 8);
    }
    CoderState::NodeLast& last = state_.last(node, static_cast<std::size_t>(out.kind), api);
    last.number += static_cast<std::uint64_t>(signed_number());
    out.number = last.number;
    if (out.kind == InputKind::kReceived) {
      last.correlation = static_cast<std::int32_t>(static_cast<std::uint32_t>(last.correlation) +
                                                   static_cast<std::uint32_t>(signed_number()));
      out.correlation = last.correlation;
      if (senders_) out.sent = earlier(event);
      if (out.sent != 0) out.sender = node_number();
    }
  }

  Note note() {
    const std::size_t kind = byte();
    if (kind >= kMakers.size()) {
      fail();
      return {};
    }
    Note out = kMakers[kind]();
    std::visit([&](const auto& one) { one.fields(NoteDecoder{*this, kind}); }, out);
    return out;
  }

  std::uint64_t partition(PartitionRef& out) {
    const std::uint64_t which = number();
    if (which < state_.partitions.size()) {
      out = state_.partitions[static_cast<std::size_t>(which)];
      return which;
    }
    if (which > state_.partitions.size()) fail();
    out.topic.high = number();
    out.topic.low = number();
    out.partition = PartitionIndex(static_cast<std::int32_t>(signed_number()));
    if (good_) state_.partitions.push_back(out);
    return which;
  }

  std::uint64_t hash() {
    const std::uint64_t ago = number();
    if (ago > state_.hashes.size()) {
      fail();
      return 0;
    }
    if (ago > 0) return state_.hashes[state_.hashes.size() - static_cast<std::size_t>(ago)];
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 8) value |= std::uint64_t{byte()} << shift;
    state_.hashes.push_back(value);
    return value;
  }

  ByteView in_;
  bool senders_;
  std::size_t at_ = 0;
  bool good_ = true;
  CoderState state_;
};

}  // namespace

Result<std::vector<Event>> read_chunk(const Chunk& chunk) {
  if (chunk.events > kEventsMax || chunk.events > chunk.bytes.size()) {
    return Error{
        fmt::format("a chunk of {} bytes cannot hold {} events", chunk.bytes.size(), chunk.events)};
  }
  std::vector<Event> events(static_cast<std::size_t>(chunk.events));
  Decoder decoder(chunk);
  Instant time = chunk.from;
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].number = chunk.first + i;
    decoder.event(events[i], time);
    if (!decoder.good()) {
      return Error{fmt::format("event {} is damaged at byte {} of its chunk", chunk.first + i,
                               decoder.position())};
    }
  }
  if (!decoder.at_end()) return Error{"a chunk has bytes after its last event"};
  if (time != chunk.to) return Error{"a chunk does not end at the time that it names"};
  return events;
}

}  // namespace logarium::trace
