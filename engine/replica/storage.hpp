#pragma once
// Storage: the log directory of a broker: opening what is on the disk at start, making and erasing
// replicas, the checkpoints, and the orderly close. The logs of live replicas belong to their
// partitions; logs that are being erased stay here until their files are gone.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/ring.hpp"
#include "engine/log/directory.hpp"
#include "engine/log/log.hpp"
#include "engine/replica/checkpoint_text.hpp"
#include "engine/replica/env.hpp"

namespace logarium::replica {

class Storage {
 public:
  // ---- events for the manager
  struct Loaded {
    bool clean = false;
    std::int32_t replicas = 0;
    Uuid directory;
    std::optional<BrokerEpoch> previous_broker_epoch;
  };
  struct Failed {
    std::string reason;
  };
  struct Closed {};
  using Event = std::variant<Loaded, Failed, Closed>;

  explicit Storage(log::DirectoryIdentity identity);

  void start(Env& env);
  // A file operation of the directory, or of a log that is being erased.
  void on_directory_io(Env& env, const IoDone& done);
  bool on_grave_io(Env& env, const IoDone& done);
  bool on_grave_timer(Env& env, Cookie cookie);
  // What a live log told: opened, closed or failed.
  void on_log_event(Env& env, Slot slot, const log::Event& event);

  // Makes an empty replica of the partition.
  void create(Env& env, const TopicInfoRef& topic, PartitionIndex index);
  // Takes the replica out of the replicas and erases its files.
  void erase(Env& env, Slot slot);

  // What the next checkpoints have to look at.
  void mark_high_watermark(Slot slot) { mark(slot, kHighWatermark); }
  void mark_offsets(Slot slot) { mark(slot, kOffsets); }
  void checkpoint_high_watermarks(Env& env);
  // Recovery points and log starts.
  void checkpoint_offsets(Env& env);

  // Syncs and closes every log, then saves the checkpoints, then writes the marker.
  void close(Env& env);
  [[nodiscard]] bool closing() const { return phase_ >= Phase::kClosingLogs; }
  [[nodiscard]] bool running() const { return phase_ == Phase::kRunning; }
  [[nodiscard]] bool failed() const { return phase_ == Phase::kFailed; }

  [[nodiscard]] std::optional<Event> next_event();
  void describe(StateVisitor& v) const;

 private:
  enum class Phase : std::uint8_t {
    kNew,
    kLoading,  // the directory
    kOpening,  // the logs in it
    kRunning,
    kClosingLogs,
    kSavingCheckpoints,
    kWritingMarker,
    kClosed,
    kFailed,
  };
  void drain(Env& env);
  void loaded(Env& env, const log::DirectoryLoaded& found);
  void open(Env& env, const log::FoundPartition& found, bool clean);
  void bury(Env& env, log::Log log);
  void opened();
  void forget_beyond(Env& env, Slot slot, Offset end);
  void close_ready(Env& env);
  void log_closed(Env& env);
  void save_all(Env& env);
  void fail(Env& env, std::string reason);
  // Brings the checkpoints' lines of the marked partitions up to date.
  void refresh(const Env& env);
  void save(Env& env, log::Checkpoint kind);
  using Mark = std::uint8_t;
  static constexpr Mark kHighWatermark = 1;
  static constexpr Mark kOffsets = 2;
  void mark(Slot slot, Mark what);

  log::Directory directory_;
  Phase phase_ = Phase::kNew;
  Loaded result_;
  std::int32_t opening_ = 0;
  std::int32_t to_close_ = 0;
  std::int32_t saving_ = 0;  // checkpoints on their way to the disk
  std::vector<Mark> marks_;  // by slot
  Ring<Slot> marked_;
  std::array<CheckpointText, log::kCheckpointCount> texts_;
  std::map<Slot, log::Log> graves_;
  Ring<Event> events_;
};

// What a log goes by until metadata tells its topic's configs.
[[nodiscard]] log::ConfigRef default_log_config(const Setup& setup);

}  // namespace logarium::replica
