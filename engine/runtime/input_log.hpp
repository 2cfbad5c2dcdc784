#pragma once
// The input log: everything that one incarnation of a server process was told, and hashes of what
// it did about it, so that the incarnation can be run again (sim/run/replay.hpp). Server processes
// only: they take no commands, and what they are started with can be written down.
//
// The file: 8 bytes of magic and format version, then entries, each
//
//   length of the payload (varint) | check of the length (1 byte) | CRC-32C (4 bytes) | payload
//
// The CRC covers the entry's number and its payload, so that a lost entry shows. The first entry is
// the start (InputLogStart); then the contents of files, when the log carries them; then one entry
// per input, numbered from 1. A log that was cut anywhere holds all its whole entries. Numbers are
// varints, clocks differences to the entry before. What a node read from its files is not there:
// the replay writes what the node wrote and compares the hash of what it reads back.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/effect.hpp"
#include "engine/base/input.hpp"
#include "engine/base/time.hpp"
#include "engine/server/setup.hpp"

namespace logarium::runtime {

// "LGRMIN" and two digits of the format's version.
inline constexpr std::string_view kInputLogMagic = "LGRMIN01";
// Largest payload that is read: a frame of Kafka's largest size and what stands around it.
inline constexpr std::size_t kEntryBytesMax = std::size_t{256} * 1024 * 1024;

// A file or directory below the node's data directory at its start.
struct RecordedFile {
  std::string path;  // relative, parts divided by '/'; a directory ends in '/'
  std::int64_t size = 0;
  std::uint64_t hash = 0;  // hash_bytes of the content; of a directory 0
  bool operator==(const RecordedFile&) const = default;
};

// Where the contents of the files at the start are.
enum class FileContents : std::uint8_t {
  kPrevious,  // the recorded previous incarnation left them
  kStored,    // in entries after the start: there is no recording of what came before
};

struct InputLogStart {
  std::string fingerprint;  // of the sources that recorded
  std::string name;         // what people call the node: "node-1"
  Incarnation incarnation;
  std::uint64_t seed = 0;
  // Identity, roles, addresses, all configs with their values, rules; `empty_image` is not kept.
  std::shared_ptr<const server::ServerSetup> setup;
  FileContents contents = FileContents::kPrevious;
  std::vector<RecordedFile> files;  // ascending paths
};

// What an input was. The numbers stand in files.
enum class EntryKind : std::uint8_t {
  kStarted = 1,
  kShutdownRequested = 2,
  kAccepted = 3,
  kConnected = 4,
  kConnectFailed = 5,
  kDisconnected = 6,
  kReceived = 7,
  kWake = 8,
  kIoDone = 9,
};

// One effect of a step: which kind, and a hash of all it says.
struct RecordedAction {
  std::uint8_t kind = 0;  // index into Action
  std::uint32_t hash = 0;
  bool operator==(const RecordedAction&) const = default;
};

// The answer to a file operation, without what was read.
struct RecordedIo {
  IoId id;
  IoStatus status = IoStatus::kOk;
  std::int64_t length = 0;
  std::uint64_t content = 0;  // io_content_hash
  bool operator==(const RecordedIo&) const = default;
};

struct InputEntry {
  EntryKind kind = EntryKind::kWake;
  Now now;
  ConnectionId connection;                     // of what happens to a connection
  std::uint16_t listener = 0;                  // kAccepted: at which it came
  Bytes frame;                                 // kReceived: as it came, without its length bytes
  std::optional<std::int16_t> injected_error;  // kReceived: of Received; by simulated hosts only
  RecordedIo io;                               // kIoDone
  std::vector<RecordedAction> actions;
  std::uint32_t notes = 0;             // hash of the step's notes; 0: none
  std::uint64_t random = 0;            // position of the node's random stream after the step
  std::optional<std::uint64_t> state;  // digest of the node's state after the step; at intervals
  // The step ended in a failed ENSURE with this text, and the process with it.
  std::optional<std::string> failure;
};

// A 64-bit hash in 32 bits.
[[nodiscard]] constexpr std::uint32_t short_hash(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}
// Of one action, as an entry keeps it.
[[nodiscard]] RecordedAction recorded(const Action& action);
// Of a step's notes; 0 when there are none.
[[nodiscard]] std::uint32_t notes_hash(std::span<const Note> notes);
// "Send", "FileOp", ...; "?" for a number that is no action's.
[[nodiscard]] std::string_view action_name(std::uint8_t kind);
// "Wake", "Received", ...
[[nodiscard]] std::string_view entry_name(EntryKind kind);

// The log of an incarnation that lived on when its log could not be written any more: what it left
// on its disk is not known from it.
inline constexpr std::string_view kEndedLogExtension = ".ended.inputs";
inline constexpr std::string_view kLogExtension = ".inputs";
// Where the log of an incarnation stands below the directory of a recording:
// "node-1/00000002.inputs".
[[nodiscard]] std::string input_log_path(const std::string& name, Incarnation incarnation);

}  // namespace logarium::runtime
