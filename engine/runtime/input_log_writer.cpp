#include "engine/runtime/input_log_writer.hpp"

#include <array>
#include <bit>
#include <variant>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/runtime/event_hash.hpp"
#include "engine/runtime/input_log_coding.hpp"

namespace logarium::runtime {
namespace {

EntryKind kind_of(const Input& input) {
  return std::visit(
      [](const auto& in) {
        using T = std::decay_t<decltype(in)>;
        if constexpr (std::is_same_v<T, Started>) return EntryKind::kStarted;
        if constexpr (std::is_same_v<T, ShutdownRequested>) return EntryKind::kShutdownRequested;
        if constexpr (std::is_same_v<T, Accepted>) return EntryKind::kAccepted;
        if constexpr (std::is_same_v<T, Connected>) return EntryKind::kConnected;
        if constexpr (std::is_same_v<T, ConnectFailed>) return EntryKind::kConnectFailed;
        if constexpr (std::is_same_v<T, Disconnected>) return EntryKind::kDisconnected;
        if constexpr (std::is_same_v<T, Received>) return EntryKind::kReceived;
        if constexpr (std::is_same_v<T, IoDone>) return EntryKind::kIoDone;
        return EntryKind::kWake;
      },
      input);
}

// Short recordings shall have digests, too.
bool is_early_landmark(std::uint64_t input) { return input >= 16 && std::has_single_bit(input); }

bool ends_the_process(const Effects& effects) {
  for (const Action& action : effects.actions) {
    if (std::holds_alternative<Exit>(action)) return true;
  }
  return false;
}

}  // namespace

// What an entry says of a step beside its input: its effects, or how it failed.
struct InputLogWriter::Outcome {
  const Effects* effects = nullptr;
  std::uint8_t flags = 0;
  std::uint32_t notes = 0;
  std::uint64_t random = 0;
  std::uint64_t state = 0;
  std::string_view failure;
};

InputLogWriter::InputLogWriter(LogSink& sink, const InputLogOptions& options)
    : sink_(sink), options_(options) {
  ENSURE(options_.state_digest_every > 0);
}

Result<> InputLogWriter::start(const InputLogStart& start) {
  ENSURE(entries_ == 0);
  const ByteView magic = view_of(kInputLogMagic);
  bytes_ += magic.size();
  if (Result<> written = sink_.write({&magic, 1}); !written) return written;
  payload_.clear();
  payload_.push_back(std::byte{kStartEntry});
  put_start(payload_, start);
  return finish_entry({});
}

Result<> InputLogWriter::file_content(std::size_t file, std::int64_t position, ByteView piece) {
  ENSURE(entries_ > 0 && inputs_ == 0);
  ENSURE(piece.size() <= kPieceBytesMax);
  payload_.clear();
  payload_.push_back(std::byte{kFileEntry});
  put_varint(payload_, file);
  put_signed(payload_, position);
  return finish_entry(piece);
}

InputLogWriter::Outcome InputLogWriter::outcome_of(const Effects& effects, const Node& node) const {
  Outcome outcome;
  outcome.effects = &effects;
  outcome.notes = notes_hash(effects.notes);
  if (outcome.notes != 0) outcome.flags |= kHasNotes;
  outcome.random = node.random_fingerprint();
  if (outcome.random != last_random_) outcome.flags |= kHasRandom;
  const std::uint64_t number = inputs_ + 1;
  if (number % options_.state_digest_every == 0 || is_early_landmark(number) ||
      ends_the_process(effects)) {
    outcome.flags |= kHasState;
    outcome.state = state_hash(node);
  }
  return outcome;
}

void InputLogWriter::begin_input(EntryKind kind, const Now& now, const Outcome& outcome) {
  ENSURE(entries_ > 0);
  payload_.clear();
  payload_.push_back(static_cast<std::byte>(kind));
  payload_.push_back(static_cast<std::byte>(outcome.flags));
  put_signed(payload_, now.monotonic.ns - last_.monotonic.ns);
  // The two clocks advance together; their distance hardly changes.
  put_signed(payload_, (now.wall.ns - now.monotonic.ns) - (last_.wall.ns - last_.monotonic.ns));
  last_ = now;
}

void InputLogWriter::put_input(const Input& input) {
  std::visit(
      [this](const auto& in) {
        using T = std::decay_t<decltype(in)>;
        if constexpr (std::is_same_v<T, IoDone>) {
          put_signed(payload_, static_cast<std::int64_t>(in.id.value() - last_io_.value()));
          last_io_ = in.id;
          payload_.push_back(static_cast<std::byte>(in.status));
          put_signed(payload_, in.length);
          put_fixed64(payload_, io_content_hash(in));
        } else if constexpr (std::is_same_v<T, CommandInput>) {
          ENSURE(false && "a server process takes no commands");
        } else if constexpr (std::is_same_v<T, Received>) {
          ENSURE(false && "a frame is recorded as bytes");
        } else if constexpr (!std::is_same_v<T, Started> && !std::is_same_v<T, Wake> &&
                             !std::is_same_v<T, ShutdownRequested>) {
          put_varint(payload_, in.connection.value());
          if constexpr (std::is_same_v<T, Accepted>) put_varint(payload_, in.listener);
        }
      },
      input);
}

void InputLogWriter::put_outcome(const Outcome& outcome) {
  ++inputs_;
  const std::size_t actions = outcome.effects == nullptr ? 0 : outcome.effects->actions.size();
  put_varint(payload_, actions);
  for (std::size_t i = 0; i < actions; ++i) {
    const RecordedAction action = recorded(outcome.effects->actions[i]);
    payload_.push_back(static_cast<std::byte>(action.kind));
    put_fixed32(payload_, action.hash);
  }
  if ((outcome.flags & kHasNotes) != 0) put_fixed32(payload_, outcome.notes);
  if ((outcome.flags & kHasRandom) != 0) {
    put_fixed64(payload_, outcome.random);
    last_random_ = outcome.random;
  }
  if ((outcome.flags & kHasState) != 0) put_fixed64(payload_, outcome.state);
  if ((outcome.flags & kHasFailure) != 0) put_text(payload_, outcome.failure);
}

Result<> InputLogWriter::append(const Now& now, const Input& input, const Effects& effects,
                                const Node& node) {
  const Outcome outcome = outcome_of(effects, node);
  begin_input(kind_of(input), now, outcome);
  put_input(input);
  put_outcome(outcome);
  return finish_entry({});
}

void InputLogWriter::put_frame(const Now& now, ConnectionId connection,
                               std::optional<std::int16_t> injected_error, Outcome outcome) {
  if (injected_error) outcome.flags |= kHasInjected;
  begin_input(EntryKind::kReceived, now, outcome);
  put_varint(payload_, connection.value());
  if (injected_error) put_signed(payload_, *injected_error);
  put_outcome(outcome);
}

Result<> InputLogWriter::append_frame(const Now& now, ConnectionId connection, ByteView frame,
                                      const Effects& effects, const Node& node,
                                      std::optional<std::int16_t> injected_error) {
  put_frame(now, connection, injected_error, outcome_of(effects, node));
  return finish_entry(frame);
}

Result<> InputLogWriter::append_failure(const Now& now, const Input& input, std::string_view text) {
  Outcome outcome;
  outcome.flags = kHasFailure;
  outcome.failure = text;
  begin_input(kind_of(input), now, outcome);
  put_input(input);
  put_outcome(outcome);
  return finish_entry({});
}

Result<> InputLogWriter::append_frame_failure(const Now& now, ConnectionId connection,
                                              ByteView frame, std::string_view text,
                                              std::optional<std::int16_t> injected_error) {
  Outcome outcome;
  outcome.flags = kHasFailure;
  outcome.failure = text;
  put_frame(now, connection, injected_error, outcome);
  return finish_entry(frame);
}

Result<> InputLogWriter::finish_entry(ByteView tail) {
  const std::uint64_t length = payload_.size() + tail.size();
  prefix_.clear();
  put_varint(prefix_, length);
  prefix_.push_back(length_check(length));
  std::uint32_t crc = crc32c_extend(crc_seed(entries_), payload_);
  crc = crc32c_extend(crc, tail);
  put_fixed32(prefix_, crc);
  ++entries_;
  bytes_ += prefix_.size() + length;
  const std::array<ByteView, 3> parts{ByteView(prefix_), ByteView(payload_), tail};
  return sink_.write(parts);
}

}  // namespace logarium::runtime
