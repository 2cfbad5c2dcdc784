#pragma once
// Event: what a run file keeps of one event: when, where, which kind of input, and every note. It
// is enough for the viewer, which folds notes; message fields and states come from running the
// scenario again.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/input.hpp"
#include "engine/base/note.hpp"
#include "engine/base/time.hpp"

namespace logarium::trace {

// Alternatives of Input in their order, then facts of the host's own.
enum class InputKind : std::uint8_t {
  kStarted,
  kShutdownRequested,
  kCommand,
  kAccepted,
  kConnected,
  kConnectFailed,
  kDisconnected,
  kReceived,
  kWake,
  kIoDone,
  kHost,
};
inline constexpr std::size_t kInputKinds = 11;
[[nodiscard]] std::string_view input_name(InputKind kind);

// Fields that a kind does not have are 0.
struct InputRecord {
  InputKind kind = InputKind::kHost;
  std::uint64_t number = 0;  // incarnation, command, connection or file operation
  std::int16_t api_key = 0;  // of a received message
  Message::Direction direction = Message::Direction::kRequest;
  std::int32_t correlation = 0;
  FileOpKind operation = FileOpKind::kOpen;
  IoStatus status = IoStatus::kOk;
  bool operator==(const InputRecord&) const = default;
};
// Null is the host's own.
[[nodiscard]] InputRecord record_of(const Input* input);

struct Event {
  std::uint64_t number = 0;  // from 1, without gaps
  Instant time;              // true time since the world began
  std::uint32_t node = 0;    // index into the run's nodes
  InputRecord input;
  std::vector<Note> notes;
};

}  // namespace logarium::trace
