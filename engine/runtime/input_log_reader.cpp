#include "engine/runtime/input_log_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.hpp"
#include "engine/runtime/input_log_coding.hpp"
#include "engine/runtime/single_byte_error.hpp"

namespace logarium::runtime {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;

bool has_connection(EntryKind kind) {
  switch (kind) {
    case EntryKind::kAccepted:
    case EntryKind::kConnected:
    case EntryKind::kConnectFailed:
    case EntryKind::kDisconnected:
    case EntryKind::kReceived:
      return true;
    case EntryKind::kStarted:
    case EntryKind::kShutdownRequested:
    case EntryKind::kWake:
    case EntryKind::kIoDone:
      return false;
  }
  return false;
}

void get_actions(FieldReader& in, std::vector<RecordedAction>& actions) {
  constexpr std::size_t kActionBytes = 1 + 4;
  for (std::size_t n = in.count("effects", kActionBytes); n > 0 && !in.failed(); --n) {
    RecordedAction action;
    action.kind = in.byte("effects");
    action.hash = in.fixed32("effects");
    actions.push_back(action);
  }
}

// What one input's fields say; the numbers that are differences are left to the caller.
struct RawInput {
  std::uint8_t flags = 0;
  std::int64_t monotonic_step = 0;
  std::int64_t wall_step = 0;
  std::int64_t io_step = 0;
  InputEntry entry;
  std::size_t frame_at = 0;
};

RawInput get_input(FieldReader& in) {
  RawInput raw;
  const std::uint8_t kind = in.byte("kind");
  if (kind < static_cast<std::uint8_t>(EntryKind::kStarted) ||
      kind > static_cast<std::uint8_t>(EntryKind::kIoDone)) {
    in.fail("is unknown");
    return raw;
  }
  raw.entry.kind = static_cast<EntryKind>(kind);
  raw.flags = in.byte("flags");
  constexpr int kAllFlags = kHasNotes | kHasRandom | kHasState | kHasFailure | kHasInjected;
  if (raw.flags > kAllFlags) in.fail("are unknown");
  const bool injected = (raw.flags & kHasInjected) != 0;
  if (injected && raw.entry.kind != EntryKind::kReceived) in.fail("are of a received frame");
  raw.monotonic_step = in.signed_number("monotonic clock");
  raw.wall_step = in.signed_number("wall clock");
  if (has_connection(raw.entry.kind)) raw.entry.connection = ConnectionId(in.number("connection"));
  if (raw.entry.kind == EntryKind::kAccepted) {
    const std::uint64_t listener = in.number("listener");
    if (listener > 0xffff) in.fail("is no listener");
    raw.entry.listener = static_cast<std::uint16_t>(listener);
  }
  if (injected) {
    const std::int64_t error = in.signed_number("injected error");
    const auto code = static_cast<std::int16_t>(error);
    if (code != error || code == 0) in.fail("is no error code");
    raw.entry.injected_error = code;
  }
  if (raw.entry.kind == EntryKind::kIoDone) {
    raw.io_step = in.signed_number("io id");
    const std::uint8_t status = in.byte("io status");
    if (status > static_cast<std::uint8_t>(IoStatus::kIoError)) in.fail("is unknown");
    raw.entry.io.status = static_cast<IoStatus>(status);
    raw.entry.io.length = in.signed_number("io length");
    raw.entry.io.content = in.fixed64("io content");
  }
  get_actions(in, raw.entry.actions);
  if ((raw.flags & kHasNotes) != 0) raw.entry.notes = in.fixed32("notes");
  if ((raw.flags & kHasRandom) != 0) raw.entry.random = in.fixed64("random stream");
  if ((raw.flags & kHasState) != 0) raw.entry.state = in.fixed64("state");
  if ((raw.flags & kHasFailure) != 0) raw.entry.failure = in.text("failure");
  raw.frame_at = in.at();
  if (raw.entry.kind == EntryKind::kReceived) {
    static_cast<void>(in.rest("frame"));
  } else if (!in.failed() && in.left() > 0) {
    in.fail("more follows than belongs to the input");
  }
  return raw;
}

// Reads an entry of any kind for the names and places of its fields.
void walk(FieldReader& in, ByteView payload) {
  const auto kind = payload.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(payload[0]);
  if (kind == kStartEntry) {
    static_cast<void>(in.byte("kind"));
    static_cast<void>(get_start(in));
  } else if (kind == kFileEntry) {
    static_cast<void>(in.byte("kind"));
    static_cast<void>(in.number("file"));
    static_cast<void>(in.signed_number("file position"));
    static_cast<void>(in.rest("file content"));
  } else {
    static_cast<void>(get_input(in));
  }
}

std::int64_t wrapped_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::int64_t wrapped_difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

}  // namespace

Result<> InputLogReader::fill(std::size_t size) {
  if (buffered() >= size) return Ok{};
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
  const std::size_t had = buffer_.size();
  buffer_.resize(std::max(size, kBufferBytes));
  const Result<std::size_t> got = source_.read(std::span(buffer_).subspan(had));
  buffer_.resize(had + (got ? got.value() : 0));
  if (!got) return got.error();
  return Ok{};
}

LogDamage InputLogReader::damage(std::string field, std::string text) const {
  return {entries_ == 0 ? 0 : inputs_ + 1, std::move(field), std::move(text)};
}

// Takes the payload piece by piece, so that a damaged length costs no more than what is there.
Result<std::size_t> InputLogReader::read_payload(std::vector<std::byte>& payload,
                                                 std::size_t length) {
  while (payload.size() < length) {
    const std::size_t step = std::min(length - payload.size(), kBufferBytes);
    if (const Result<> filled = fill(step); !filled) return filled.error();
    const std::size_t take = std::min(step, buffered());
    if (take == 0) break;
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    payload.insert(payload.end(), from, from + static_cast<std::ptrdiff_t>(take));
    at_ += take;
  }
  return payload.size();
}

InputLogReader::Found InputLogReader::read_entry() {
  constexpr std::size_t kPrefixMax = kLengthBytesMax + kCheckBytes;
  if (const Result<> filled = fill(kPrefixMax); !filled) return NotALog{filled.error().message};
  const ByteView prefix = ByteView(buffer_).subspan(at_);
  if (prefix.empty()) return LogEnd{};
  std::size_t at = 0;
  std::uint64_t length = 0;
  const bool whole = get_varint(prefix, at, length, kLengthBytesMax);
  if (!whole && prefix.size() >= kLengthBytesMax) return damage("length", "is no number");
  if (!whole || at + kCheckBytes > prefix.size()) return LogEnd{prefix.size()};
  if (prefix[at] != length_check(length) || length > kEntryBytesMax) {
    return damage("length", fmt::format("{} does not fit its check", length));
  }
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    stored |= static_cast<std::uint32_t>(prefix[at + 1 + i]) << (8 * i);
  }
  at_ += at + kCheckBytes;
  std::vector<std::byte> payload;
  const Result<std::size_t> got = read_payload(payload, length);
  if (!got) return NotALog{got.error().message};
  if (payload.size() < length) return LogEnd{at + kCheckBytes + payload.size()};
  const std::uint32_t crc = crc32c_extend(crc_seed(entries_), payload);
  if (crc != stored) return locate(std::move(payload), stored);
  return Bytes(std::move(payload));
}

LogDamage InputLogReader::locate(std::vector<std::byte> payload, std::uint32_t stored) const {
  const std::uint32_t crc = crc32c_extend(crc_seed(entries_), payload);
  const std::uint32_t difference = crc ^ stored;
  for (int byte = 0; byte < 4; ++byte) {
    if ((difference & ~(0xffU << (8 * byte))) == 0) {
      return damage("checksum", "is not that of the entry");
    }
  }
  const auto error = single_byte_error(difference, payload.size());
  if (!error) return damage("entry", "more than one byte is not as it was written");
  const std::byte is = payload[error->position];
  const std::byte was = is ^ static_cast<std::byte>(error->difference);
  payload[error->position] = was;
  FieldReader fields(payload);
  walk(fields, payload);
  return damage(
      std::string(fields.field_at(error->position)),
      fmt::format("byte {} of {} of the entry is 0x{:02x}; 0x{:02x} was written", error->position,
                  payload.size(), static_cast<unsigned>(is), static_cast<unsigned>(was)));
}

InputLogReader::Start InputLogReader::start() {
  if (const Result<> filled = fill(kInputLogMagic.size()); !filled) {
    return NotALog{filled.error().message};
  }
  const std::size_t there = std::min(buffered(), kInputLogMagic.size());
  const std::string_view magic = text_of(ByteView(buffer_).first(there));
  if (magic != kInputLogMagic.substr(0, there)) {
    return NotALog{fmt::format("is no input log of format {}", kInputLogMagic.substr(6))};
  }
  at_ = there;
  if (there < kInputLogMagic.size()) return LogEnd{there};
  Found found = read_entry();
  if (auto* end = std::get_if<LogEnd>(&found)) return *end;
  if (auto* damaged = std::get_if<LogDamage>(&found)) return std::move(*damaged);
  if (auto* bad = std::get_if<NotALog>(&found)) return std::move(*bad);
  const Bytes payload = std::get<Bytes>(found);
  FieldReader in(payload.view());
  if (in.byte("kind") != kStartEntry) return damage("kind", "the first entry is no start");
  InputLogStart start = get_start(in);
  if (in.failed()) {
    return damage(std::string(in.field_at(in.at())), in.error().message);
  }
  ++entries_;
  return start;
}

InputLogReader::Step InputLogReader::next() {
  Found found = read_entry();
  if (auto* end = std::get_if<LogEnd>(&found)) return *end;
  if (auto* damaged = std::get_if<LogDamage>(&found)) return std::move(*damaged);
  if (auto* bad = std::get_if<NotALog>(&found)) return std::move(*bad);
  return decode(std::get<Bytes>(found));
}

InputLogReader::Step InputLogReader::decode(const Bytes& payload) {
  FieldReader in(payload.view());
  const bool file = !payload.empty() && payload.view()[0] == std::byte{kFileEntry};
  if (file && inputs_ == 0) {
    static_cast<void>(in.byte("kind"));
    FilePiece piece;
    piece.file = in.number("file");
    piece.position = in.signed_number("file position");
    if (in.failed()) return damage(std::string(in.field_at(in.at())), in.error().message);
    piece.content = payload.slice(in.at(), in.left());
    ++entries_;
    return piece;
  }
  RawInput raw = get_input(in);
  if (in.failed()) return damage(std::string(in.field_at(in.at())), in.error().message);
  const std::int64_t distance =
      wrapped_sum(wrapped_difference(last_.wall.ns, last_.monotonic.ns), raw.wall_step);
  last_.monotonic.ns = wrapped_sum(last_.monotonic.ns, raw.monotonic_step);
  last_.wall.ns = wrapped_sum(last_.monotonic.ns, distance);
  raw.entry.now = last_;
  if (raw.entry.kind == EntryKind::kIoDone) {
    last_io_ = IoId(last_io_.value() + static_cast<std::uint64_t>(raw.io_step));
    raw.entry.io.id = last_io_;
  }
  if ((raw.flags & kHasRandom) != 0) last_random_ = raw.entry.random;
  raw.entry.random = last_random_;
  if (raw.entry.kind == EntryKind::kReceived) {
    raw.entry.frame = payload.slice(raw.frame_at, payload.size() - raw.frame_at);
  }
  ++entries_;
  ++inputs_;
  return std::move(raw.entry);
}

}  // namespace logarium::runtime
