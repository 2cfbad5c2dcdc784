// Summaries as bytes. One list of fields serves both ways, so that encoder and decoder cannot
// differ. Rows of numbers are told by their differences, and runs of zeros by their length.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/varint.hpp"
#include "sim/trace/chunk.hpp"
#include "sim/trace/summary.hpp"

namespace logarium::trace {
namespace {

constexpr std::size_t kGroupEvents = 1 << 16;
constexpr std::uint64_t kHighlightsMax = std::uint64_t{1} << 32;

class SummaryEncoder {
 public:
  void number(std::uint64_t& value) { put_varint(bytes, value); }
  void signed_number(std::int64_t& value) { put_varint(bytes, zigzag(value)); }
  // As many numbers as the list has.
  template <class T>
  void row(std::vector<T>& values) {
    std::uint64_t size = values.size();
    number(size);
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < values.size();) {
      const auto value = static_cast<std::uint64_t>(values[i]);
      put_varint(bytes, zigzag(static_cast<std::int64_t>(value - last)));
      std::size_t next = i + 1;
      if (value == last) {
        while (next < values.size() && static_cast<std::uint64_t>(values[next]) == last) ++next;
        put_varint(bytes, next - i);
      }
      last = value;
      i = next;
    }
  }
  void events(std::vector<Event>& events) {
    std::uint64_t size = events.size();
    number(size);
    for (std::size_t at = 0; at < events.size(); at += kGroupEvents) {
      group(std::span(events).subspan(at, std::min(kGroupEvents, events.size() - at)));
    }
  }
  [[nodiscard]] bool good() const { return true; }

  std::vector<std::byte> bytes;

 private:
  void group(std::span<Event> events) {
    ChunkWriter writer;
    std::vector<std::uint64_t> numbers;
    for (const Event& event : events) {
      writer.add(numbers.size() + 1, event.time, event.node, event.input, event.notes);
      numbers.push_back(event.number);
    }
    Chunk chunk = writer.take();
    row(numbers);
    signed_number(chunk.from.ns);
    signed_number(chunk.to.ns);
    put_varint(bytes, chunk.bytes.size());
    bytes.insert(bytes.end(), chunk.bytes.begin(), chunk.bytes.end());
  }
};

class SummaryDecoder {
 public:
  explicit SummaryDecoder(ByteView in) : in_(in) {}

  void number(std::uint64_t& value) {
    value = 0;
    if (!good_ || !get_varint(in_, at_, value, kVarlongBytesMax)) {
      good_ = false;
      value = 0;
    }
  }
  void signed_number(std::int64_t& value) {
    std::uint64_t read = 0;
    number(read);
    value = unzigzag(read);
  }
  template <class T>
  void row(std::vector<T>& values) {
    std::uint64_t size = 0;
    number(size);
    if (size > kRowMax) good_ = false;
    if (!good_) return;
    std::uint64_t last = 0;
    while (good_ && values.size() < size) {
      std::int64_t step = 0;
      signed_number(step);
      last += static_cast<std::uint64_t>(step);
      std::uint64_t times = 1;
      if (step == 0) number(times);
      if (times == 0 || times > size - values.size() ||
          static_cast<std::uint64_t>(static_cast<T>(last)) != last) {
        good_ = false;
      }
      if (good_) values.insert(values.end(), static_cast<std::size_t>(times), static_cast<T>(last));
    }
  }
  void events(std::vector<Event>& events) {
    std::uint64_t size = 0;
    number(size);
    if (size > kHighlightsMax) good_ = false;
    while (good_ && events.size() < size) group(events, size - events.size());
  }
  void fail() { good_ = false; }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return at_ == in_.size(); }

 private:
  static constexpr std::uint64_t kRowMax = kGroupEvents;

  void group(std::vector<Event>& out, std::uint64_t most) {
    std::vector<std::uint64_t> numbers;
    row(numbers);
    Chunk chunk;
    chunk.first = 1;
    chunk.events = numbers.size();
    signed_number(chunk.from.ns);
    signed_number(chunk.to.ns);
    std::uint64_t size = 0;
    number(size);
    if (!good_ || numbers.empty() || numbers.size() > most || size > in_.size() - at_ ||
        chunk.from.ns < 0) {
      return fail();
    }
    const ByteView bytes = in_.subspan(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    chunk.bytes.assign(bytes.begin(), bytes.end());
    Result<std::vector<Event>> read = read_chunk(chunk);
    if (!read) return fail();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::uint64_t last = out.empty() ? 0 : out.back().number;
      if (numbers[i] <= last) return fail();
      out.push_back(std::move(read.value()[i]));
      out.back().number = numbers[i];
    }
  }

  ByteView in_;
  std::size_t at_ = 0;
  bool good_ = true;
};

// All bins' values of one reading, least or greatest.
template <class C>
void column(C& c, std::vector<ReadingsBin>& bins, std::size_t which, bool high) {
  std::vector<std::int64_t> values;
  for (const ReadingsBin& bin : bins) values.push_back((high ? bin.high : bin.low)[which]);
  const std::size_t size = values.size();
  if constexpr (std::is_same_v<C, SummaryDecoder>) values.clear();
  c.row(values);
  if constexpr (std::is_same_v<C, SummaryDecoder>) {
    if (values.size() != size) return c.fail();
    for (std::size_t i = 0; i < size; ++i) (high ? bins[i].high : bins[i].low)[which] = values[i];
  }
}

template <class C>
void code(C& c, Summary& summary) {
  c.number(summary.events);
  c.signed_number(summary.end.ns);
  c.signed_number(summary.bin_ns);
  c.number(summary.bin_events);
  c.events(summary.highlights);
  for (auto* bins : {&summary.events_by_time, &summary.events_by_order}) {
    for (std::vector<std::uint32_t>& one : *bins) c.row(one);
  }
  std::uint64_t bins = summary.readings.size();
  c.number(bins);
  if (bins > Summary::kBinsMax) bins = 0;
  summary.readings.resize(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < kReadings && c.good(); ++i) {
    column(c, summary.readings, i, false);
    column(c, summary.readings, i, true);
  }
}

}  // namespace

std::vector<std::byte> encode_summary(const Summary& summary) {
  Summary copy = summary;
  SummaryEncoder encoder;
  code(encoder, copy);
  return std::move(encoder.bytes);
}

Result<Summary> decode_summary(ByteView bytes, std::size_t nodes) {
  Summary out;
  out.events_by_time.resize(nodes);
  out.events_by_order.resize(nodes);
  SummaryDecoder decoder(bytes);
  code(decoder, out);
  bool good = decoder.good() && decoder.at_end() && out.bin_ns > 0 && out.bin_events > 0;
  for (const Event& event : out.highlights) good = good && event.node < nodes;
  if (!good) return Error{"damaged: its index"};
  return out;
}

}  // namespace logarium::trace
