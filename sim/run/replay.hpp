#pragma once
// Replay of a recording (engine/runtime/input_log.hpp): each recorded server process is run again
// from what it was told, on a simulated disk, and what it does is compared with what was recorded:
// every effect, the notes, the position of the random stream, what it reads from its files, and its
// state where the recording has a digest of it. Each node is replayed on its own; the incarnations
// of one node follow each other on the disk that they share.
//
// A node's replay ends at the first difference, and goes on at a log that holds the contents of all
// files.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/config/rules.hpp"
#include "engine/runtime/input_log_reader.hpp"
#include "sim/run/replay_host.hpp"

namespace logarium::run {

// One incarnation's log, wherever it is kept.
struct RecordedLog {
  std::string path;  // below the recording: "node-1/00000002.inputs"
  std::function<Result<std::unique_ptr<runtime::LogSource>>()> open;
};
// The logs below a directory (NODE/*.inputs), by path. Error: there is no such directory, or no log
// in it.
[[nodiscard]] Result<std::vector<RecordedLog>> find_logs(const std::string& directory);

struct ReplayOptions {
  std::vector<Rule> off;    // rules that are switched off in the replay
  std::string fingerprint;  // of this program's sources
};

// How a replayed log came to its end.
enum class ReplayEnd : std::uint8_t {
  kStopped,      // the process ended itself
  kKilled,       // the log ends: the process was killed, or still runs
  kEnded,        // the log could not be written any more, and the process lived on
  kFailed,       // an ENSURE failed, then and now
  kDiffers,      // see `difference`
  kNotReplayed,  // an earlier incarnation differs, so its disk is not known
  kUnreadable,   // see `unreadable`
};

struct IncarnationReplay {
  std::string path;
  std::string node;  // as the log names it, or its folder while its start was not read
  Incarnation incarnation;
  bool same_sources = true;
  ReplayEnd end = ReplayEnd::kNotReplayed;
  std::uint64_t inputs = 0;         // replayed, with all that came of them as recorded
  std::uint64_t effects = 0;        // compared
  std::uint64_t state_digests = 0;  // compared
  std::uint64_t cut_bytes = 0;      // of an entry that was being written at the end
  std::optional<ReplayDifference> difference;
  std::string unreadable;  // why the log cannot be read
};

struct ReplayReport {
  std::vector<IncarnationReplay> incarnations;  // by path
  // Nothing differs and everything was read.
  [[nodiscard]] bool equal() const;
  [[nodiscard]] bool readable() const;
};

// The logs of one node are those in one folder; they follow each other by path.
[[nodiscard]] ReplayReport replay(const std::vector<RecordedLog>& logs,
                                  const ReplayOptions& options);

// Lines for a person; one JSON object for scripts.
[[nodiscard]] std::string to_text(const ReplayReport& report);
[[nodiscard]] std::string to_json(const ReplayReport& report);

}  // namespace logarium::run
