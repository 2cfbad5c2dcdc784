#pragma once
// Events with every kind of note and input and random fields, for tests of the run file.

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/random.hpp"
#include "sim/trace/chunk.hpp"

namespace logarium::trace::test {

struct RandomFields {
  Random& random;
  template <class T>
  void operator()(std::string_view, const T& member) {
    T& value = const_cast<T&>(member);
    if constexpr (std::is_same_v<T, PartitionRef>) {
      value = {Uuid{random.below(3), 7},
               PartitionIndex(static_cast<std::int32_t>(random.below(4)))};
    } else if constexpr (std::is_same_v<T, Uuid>) {
      value = Uuid{random.next(), random.next()};
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      value = random.below(2) == 0 ? random.below(5) : random.next();
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(random.below(3));
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(random.next());
    } else if constexpr (requires { value.ns; }) {
      value.ns = static_cast<std::int64_t>(random.next());
    } else {
      value = T(static_cast<typename T::rep>(random.next()));
    }
  }
};

template <std::size_t... i>
std::vector<Note> one_of_each(std::index_sequence<i...>) {
  return {Note(std::in_place_index<i>)...};
}

inline std::vector<Event> random_events(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  const auto kinds = one_of_each(std::make_index_sequence<std::variant_size_v<Note>>{});
  std::vector<Event> out(count);
  std::int64_t time = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Event& event = out[i];
    time += static_cast<std::int64_t>(random.below(3) * random.below(1'000'000));
    event.number = i + 1;
    event.time = Instant{time};
    event.node = static_cast<std::uint32_t>(random.below(9));
    event.input.kind = static_cast<InputKind>(random.below(kInputKinds));
    const bool plain = event.input.kind == InputKind::kHost ||
                       event.input.kind == InputKind::kWake ||
                       event.input.kind == InputKind::kShutdownRequested;
    if (!plain) event.input.number = random.next();
    if (event.input.kind == InputKind::kReceived) {
      event.input.api_key = static_cast<std::int16_t>(random.below(90));
      event.input.direction = static_cast<Message::Direction>(random.below(2));
      event.input.correlation = static_cast<std::int32_t>(random.next());
      event.input.sent = random.below(i + 1);
      if (event.input.sent != 0) event.input.sender = static_cast<std::uint32_t>(random.below(9));
    } else if (event.input.kind == InputKind::kIoDone) {
      event.input.operation = static_cast<FileOpKind>(random.below(11));
      event.input.status = static_cast<IoStatus>(random.below(4));
    }
    if (random.below(10) == 0) {
      for (std::uint64_t n = random.below(3); n < 3; ++n) {
        event.lost.push_back({static_cast<std::uint32_t>(random.below(9)),
                              static_cast<std::uint32_t>(random.below(9)),
                              1 + random.below(event.number), Instant{time - 5 * (time % 7)},
                              static_cast<std::int16_t>(random.below(90)),
                              static_cast<Message::Direction>(random.below(2)),
                              static_cast<std::int32_t>(random.next())});
      }
    }
    const std::size_t notes = random.below(20) == 0 ? 40 : random.below(4);
    for (std::size_t n = 0; n < notes; ++n) {
      Note note = kinds[random.below(kinds.size())];
      std::visit([&](const auto& one) { one.fields(RandomFields{random}); }, note);
      event.notes.push_back(note);
    }
  }
  return out;
}

inline std::vector<Chunk> chunks_of(const std::vector<Event>& events) {
  std::vector<Chunk> out;
  ChunkWriter writer;
  for (const Event& event : events) {
    writer.add(event.number, event.time, event.node, event.input, event.notes, event.lost);
    if (writer.full()) out.push_back(writer.take());
  }
  if (!writer.empty()) out.push_back(writer.take());
  return out;
}

inline bool same(const Event& a, const Event& b) {
  if (a.number != b.number || a.time != b.time || a.node != b.node) return false;
  if (!(a.input == b.input) || a.lost != b.lost || a.notes.size() != b.notes.size()) return false;
  for (std::size_t i = 0; i < a.notes.size(); ++i) {
    if (logarium::to_string(a.notes[i]) != logarium::to_string(b.notes[i])) return false;
    if (note_hash(a.notes[i]) != note_hash(b.notes[i])) return false;
  }
  return true;
}

}  // namespace logarium::trace::test
