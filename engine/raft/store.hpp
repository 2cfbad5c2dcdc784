#pragma once
// Store: what a quorum member holds: the metadata log, its snapshots and its high watermark, and
// how far its owner was told. It knows nothing of roles and talks to nobody.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "engine/base/node.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/log/log.hpp"
#include "engine/raft/event.hpp"
#include "engine/raft/identity.hpp"
#include "engine/raft/snapshots.hpp"

namespace logarium::raft {

class Store {
 public:
  Store(std::string directory, const BrokerConfig& config, const Rules& rules);

  // ---- what it tells the quorum -------------------------------------------------------------
  struct Opened {};
  // The answer to a read() that was pending.
  struct ReadDone {
    log::Ticket ticket;
    log::ReadStatus status = log::ReadStatus::kOk;
    protocol::Records batches;
  };
  // The answer to read_snapshot().
  struct SnapshotPiece {
    std::uint64_t number = 0;
    Bytes content;
  };
  // install() is complete, or the file was no snapshot (Kafka: the fetch begins anew).
  struct Installed {};
  struct NotInstalled {};
  struct Failed {
    std::string reason;
  };
  using Signal = std::variant<Opened, ReadDone, SnapshotPiece, Installed, NotInstalled, Failed>;
  [[nodiscard]] std::optional<Signal> next_signal();
  // Committed and SnapshotLoaded, for the owner.
  [[nodiscard]] std::optional<Event> next_event();

  // Reads snapshots and log; Opened (after SnapshotLoaded, when there is one) or Failed follows.
  // REQUIRES: the directory exists.
  void open(StepContext& ctx);
  // IoDones and timers of the log and the snapshots.
  void on_io(StepContext& ctx, const IoDone& done);
  void on_timer(StepContext& ctx, Cookie cookie);

  // ---- the log ------------------------------------------------------------------------------
  // Opened and not in the middle of a truncation or of installing a snapshot.
  [[nodiscard]] bool ready() const;
  // Everything appended is written.
  [[nodiscard]] bool settled() const { return log_.pending_end() == log_.log_end(); }
  [[nodiscard]] const log::Log& log() const { return log_; }
  [[nodiscard]] Offset log_start() const { return log_.log_start(); }
  [[nodiscard]] Offset log_end() const { return log_.log_end(); }
  [[nodiscard]] Offset synced_end() const { return log_.synced_end(); }
  // Where the log ends, writes in flight included, and in which epoch.
  [[nodiscard]] LogPosition end() const;
  void sync(StepContext& ctx) { log_.sync(ctx); }
  // Appends at end().offset and syncs. REQUIRES: ready().
  void append_as_leader(StepContext& ctx, const protocol::Batch& batch, QuorumEpoch epoch);
  // False: the batch does not follow on the log, nothing happened. REQUIRES: ready().
  [[nodiscard]] bool append_as_follower(StepContext& ctx, const protocol::Batch& batch);

  // Whether a replica that has everything below `fetch_offset`, the last of it in `last_epoch`,
  // may go on from there.
  struct Valid {};
  // It may not: its last common point lies at or before this one.
  struct Diverging {
    LogPosition end;
  };
  // It must have this snapshot first.
  struct NeedsSnapshot {
    LogPosition id;
  };
  using Verdict = std::variant<Valid, Diverging, NeedsSnapshot>;
  [[nodiscard]] Verdict validate(Offset fetch_offset, QuorumEpoch last_epoch) const;
  // Written batches from `from` on.
  log::ReadResult read(StepContext& ctx, Offset from, std::int64_t max_bytes);
  void cancel(log::Ticket ticket) { log_.cancel(ticket); }
  // Where to cut so that the log agrees with a leader whose answer was Diverging{leader_end}.
  [[nodiscard]] Offset truncation_point(const LogPosition& leader_end) const;
  // REQUIRES: ready().
  void truncate_to(StepContext& ctx, Offset offset);

  // ---- what is committed --------------------------------------------------------------------
  [[nodiscard]] std::optional<Offset> high_watermark() const { return high_watermark_; }
  [[nodiscard]] Offset committed_end() const { return next_; }
  // Raises the high watermark to `to`, at most to log_end(); false when that is no raise.
  bool raise_high_watermark(StepContext& ctx, Offset to, QuorumEpoch epoch, note::Role role);

  // ---- snapshots ----------------------------------------------------------------------------
  [[nodiscard]] const Snapshots& snapshots() const { return snapshots_; }
  void write_snapshot(StepContext& ctx, Offset end, const std::vector<Bytes>& records);
  // Takes the place of everything the log holds. Installed or NotInstalled follows.
  void install(StepContext& ctx, const LogPosition& id, Bytes file);
  std::uint64_t read_snapshot(StepContext& ctx, const LogPosition& id, std::int64_t position,
                              std::int64_t length) {
    return snapshots_.read(ctx, id, position, length);
  }

  void describe(StateVisitor& v) const;

 private:
  // kNew -> kListing -> kOpeningLog -> (kCutting) -> (kLoading) -> kRunning
  // kRunning -> kInstalling (file) -> kCutting (log) -> kRunning
  enum class Phase : std::uint8_t {
    kNew,
    kListing,
    kOpeningLog,
    kCutting,
    kLoading,
    kRunning,
    kInstalling,
    kFailed,
  };

  void drain(StepContext& ctx);
  void on_log(StepContext& ctx, log::Event event);
  void on_snapshot(StepContext& ctx, Snapshots::Event event);
  void log_opened(StepContext& ctx);
  void load_or_run(StepContext& ctx);
  void start_running(StepContext& ctx);
  void take_over(StepContext& ctx, const LogPosition& id, protocol::Records batches);
  void stored(StepContext& ctx, const Snapshots::Stored& snapshot);
  void publish(StepContext& ctx);
  void give_out(const protocol::Records& batches);
  void clean(StepContext& ctx);
  void fail(std::string reason);

  std::string directory_;
  std::int64_t retention_bytes_;
  Duration retention_;
  Phase phase_ = Phase::kNew;
  log::Log log_;
  Snapshots snapshots_;
  std::optional<Offset> high_watermark_;
  Offset next_;                            // first offset not given out
  std::optional<log::Ticket> publishing_;  // the read for giving out
  // Being installed: given out when the log is cut.
  struct Installing {
    LogPosition id;
    protocol::Records batches;
  };
  std::optional<Installing> installing_;
  std::deque<Signal> signals_;
  std::deque<Event> events_;
};

}  // namespace logarium::raft
