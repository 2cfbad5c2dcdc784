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
  std::uint32_t sender = 0;  // node, where `sent` is not 0
  std::uint64_t sent = 0;    // the event that sent a received message; 0: not known
  FileOpKind operation = FileOpKind::kOpen;
  IoStatus status = IoStatus::kOk;
  bool operator==(const InputRecord&) const = default;
};
// Null is the host's own.
// `sender` and `sent` are of the message, where the input is one.
[[nodiscard]] InputRecord record_of(const Input* input, std::uint32_t sender = 0,
                                    std::uint64_t sent = 0);

// A message that will never arrive, for its connection ended or a fault took it.
struct Lost {
  std::uint32_t from = 0, to = 0;  // nodes
  std::uint64_t sent = 0;          // event
  Instant time;                    // when that was sure
  std::int16_t api_key = 0;
  Message::Direction direction = Message::Direction::kRequest;
  std::int32_t correlation = 0;
  bool operator==(const Lost&) const = default;
};

struct Event {
  std::uint64_t number = 0;  // from 1, without gaps
  Instant time;              // true time since the world began
  std::uint32_t node = 0;    // index into the run's nodes
  InputRecord input;
  std::vector<Note> notes;
  std::vector<Lost> lost;  // since the event before
};

}  // namespace logarium::trace
