#pragma once
// Directory: the file part of Kafka's LogManager: what a log directory holds besides partitions.
//   meta.properties                  directory id, node id, cluster id
//   recovery-point-offset-checkpoint, log-start-offset-checkpoint,
//   replication-offset-checkpoint    (high watermarks): text, written to .tmp, synced, renamed
//   .kafka_cleanshutdown             written last at a clean stop, removed as soon as it was read
//
// It loads all of that at start, with the list of partition directories, and writes checkpoints
// when told. When to write is the owner's decision, and opening the logs is too. Its operations
// carry Cookie{Machine::kLog, what, kDirectorySlot, value}.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/ring.hpp"
#include "engine/config/rules.hpp"
#include "engine/log/checkpoint.hpp"
#include "engine/log/config.hpp"

namespace logarium::log {

struct DirectoryIdentity {
  std::string root;  // path of the directory; "" is the node's data directory itself
  Uuid cluster;
  NodeId node;
  Rules rules;
};

enum class Checkpoint : std::uint8_t { kRecoveryPoint, kLogStart, kHighWatermark };
inline constexpr std::size_t kCheckpointCount = 3;

// A partition directory found at start.
struct FoundPartition {
  std::string path;           // with the root, for Identity::directory
  TopicPartition partition;   // from its name
  std::optional<Uuid> topic;  // from partition.metadata; absent when missing or unreadable
};

// Emitted once after start().
struct DirectoryLoaded {
  Uuid directory;                          // its id: from meta.properties, or new
  bool clean = false;                      // the last process stopped cleanly
  std::optional<BrokerEpoch> clean_epoch;  // the broker epoch the marker carries (KIP-966)
  std::vector<FoundPartition> partitions;  // in the order of their names
};
// A save() or a marker is durable.
struct CheckpointSaved {
  Checkpoint kind = Checkpoint::kRecoveryPoint;
};
struct CleanMarkerWritten {};
// The directory cannot be used: an operation failed, or meta.properties names another node.
struct DirectoryFailed {
  std::string message;
};
using DirectoryEvent =
    std::variant<DirectoryLoaded, CheckpointSaved, CleanMarkerWritten, DirectoryFailed>;

class Directory {
 public:
  explicit Directory(DirectoryIdentity identity);

  // Lists and reads the directory; makes meta.properties when it is missing. Leftovers of erased
  // logs ("*-delete") are removed. Ends in DirectoryLoaded or DirectoryFailed.
  void start(StepContext& ctx);
  void on_io(StepContext& ctx, const IoDone& done);
  [[nodiscard]] std::optional<DirectoryEvent> next_event();

  // As loaded or saved last; absent: not in the file.
  [[nodiscard]] std::optional<Offset> offset(Checkpoint kind, const TopicPartition& p) const;
  // What open() of this partition's log needs.
  [[nodiscard]] Offset offset_or_zero(Checkpoint kind, const TopicPartition& p) const {
    return offset(kind, p).value_or(Offset(0));
  }
  // Writes a checkpoint with exactly these entries; does nothing when they are the same as last
  // time. Ends in CheckpointSaved when it wrote. Returns whether it wrote.
  bool save(StepContext& ctx, Checkpoint kind, OffsetMap entries);
  // The same with the content of the file, for an owner that keeps it up by itself; always writes.
  // offset() goes on telling what was loaded.
  void save_text(StepContext& ctx, Checkpoint kind, Bytes content);
  // The last act of a clean stop, after all logs are closed and all checkpoints are saved.
  // REQUIRES: all logs of this start were loaded (KAFKA-13773).
  void write_clean_marker(StepContext& ctx, std::optional<BrokerEpoch> epoch);

  [[nodiscard]] Uuid id() const { return id_; }
  [[nodiscard]] bool failed() const { return phase_ == Phase::kFailed; }
  // Path of a partition's directory, for Identity::directory of a new log.
  [[nodiscard]] std::string partition_path(const TopicPartition& p) const;
  void describe(StateVisitor& v) const;

 private:
  enum class Phase : std::uint8_t { kNew, kListing, kLoading, kLoaded, kFailed };
  // A small file being read: opened, then read with the length that open gave.
  struct Loading {
    FileId file;
    std::string path;
    std::uint32_t what = 0;  // index of a checkpoint, or of a partition, by `kind`
    std::uint8_t kind = 0;
    void describe(StateVisitor& v) const;
  };
  void listed(StepContext& ctx, const std::vector<std::string>& names);
  void load(StepContext& ctx, const std::string& path, std::uint8_t kind, std::uint32_t what);
  void opened(StepContext& ctx, const IoDone& done);
  void loaded(StepContext& ctx, const IoDone& done);
  void finish_loading(StepContext& ctx);
  void accept_meta(std::string_view text);
  void fail(std::string message);
  [[nodiscard]] std::string path(std::string_view name) const;

  DirectoryIdentity identity_;
  Phase phase_ = Phase::kNew;
  Uuid id_;
  bool meta_found_ = false;
  DirectoryLoaded result_;
  std::vector<Loading> loading_;
  std::uint32_t outstanding_ = 0;
  std::array<OffsetMap, kCheckpointCount> saved_;
  Ring<DirectoryEvent> events_;
};

}  // namespace logarium::log
