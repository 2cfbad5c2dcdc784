#pragma once
// Log: one partition's log on one node, as a value. It decides names, positions and bytes of its
// files and issues file operations; the host performs them in order and answers with IoDone.
//
// Written and synced. An append returns its offsets at once; the log end (LEO) moves when the
// write's IoDone comes (LeoMoved). Data is on stable storage after sync() (Synced). Several
// appends may be in flight; pending_end() is where the next one goes.
//
// What it does not do: decide who leads, what the high watermark is or when to sync; the owner
// (replica manager, quorum) tells. It answers no requests. One owner, not thread-safe.
//
// Routing. Operations and timers carry Cookie{Machine::kLog, what, slot, value}. The owner routes
// IoDones and timers of its slot to on_io and on_timer and then drains next_event().
//
// Life:
//   kClosed  -- create() ---------------------------------------------> kReady
//   kClosed  -- open() --> kRecovering -- files read, tail cut --------> kReady   (Opened)
//   kReady   -- truncation beyond what memory knows --> kCutting ------> kReady   (TruncateDone)
//   kReady   -- close() --> kClosing -- all synced --------------------> kClosed  (Closed)
//   any      -- erase() --> kErasing -- files gone --------------------> kClosed  (Erased)
//   any      -- an operation fails ------------------------------------> kFailed  (Failed)

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/ring.hpp"
#include "engine/log/box.hpp"
#include "engine/log/config.hpp"
#include "engine/log/deleter.hpp"
#include "engine/log/epoch_cache.hpp"
#include "engine/log/events.hpp"
#include "engine/log/flusher.hpp"
#include "engine/log/producer_state.hpp"
#include "engine/log/readers.hpp"
#include "engine/log/recovery.hpp"
#include "engine/log/segments.hpp"
#include "engine/log/tail.hpp"

namespace logarium::log {

// Where an appended batch lies: [base, next).
struct Appended {
  Offset base, next;
};

class Log {
 public:
  enum class State : std::uint8_t {
    kClosed,
    kRecovering,
    kReady,
    kCutting,
    kClosing,
    kErasing,
    kFailed,
  };

  explicit Log(Identity identity);

  // ---- life ---------------------------------------------------------------------------------
  // Makes the directory and its first, empty segment at `start`. Ready at once; emits Opened.
  void create(StepContext& ctx, Offset start);
  // Reads what the disk holds. A clean open reads the indexes, the epoch checkpoint, the producer
  // snapshot and the end of the last segment. An unclean one scans every segment from the recovery
  // point: it cuts at the first damaged batch, removes later segments and rebuilds indexes, epoch
  // cache and producer state. An empty or missing directory gives an empty log at log_start.
  // Ends in Opened or Failed.
  void open(StepContext& ctx, const OpenOptions& options);
  // Writes indexes and the producer snapshot, syncs and closes all files; ends in Closed. Pending
  // reads end as stale. REQUIRES: ready().
  void close(StepContext& ctx);
  // Removes the directory: renamed to "<name>.<uuid>-delete" at once, removed after
  // file.delete.delay.ms; ends in Erased. Emits the note ReplicaDeleted.
  void erase(StepContext& ctx);

  void on_io(StepContext& ctx, const IoDone& done);
  void on_timer(StepContext& ctx, Cookie cookie);
  // Facts for the owner, in order. Drain after every call that takes a StepContext.
  [[nodiscard]] std::optional<Event> next_event();

  // ---- append -------------------------------------------------------------------------------
  // Appends at pending_end() in `epoch`. The batch has passed admit() and
  // check_producer(). With LogAppendTime its timestamps are replaced by the step's wall clock.
  // An epoch above the latest known one is noted in the epoch cache. REQUIRES: ready().
  Appended append_as_leader(StepContext& ctx, protocol::Batch batch, LeaderEpoch epoch);
  // Appends a batch as the leader wrote it. Empty, and nothing happens, when the batch does not
  // begin at pending_end(), or its epoch is below the latest known one. The first batch of a log
  // without batches may begin before the log start (KAFKA-6975). REQUIRES: ready().
  std::optional<Appended> append_as_follower(StepContext& ctx, const protocol::Batch& batch);
  // Duplicate or gap? Pending batches count. While the log is not ready():
  // NOT_LEADER_OR_FOLLOWER. A batch without a producer id is always SequenceOk.
  [[nodiscard]] SequenceCheck check_producer(const protocol::Batch& batch) const;
  void expire_producers(WallTime now);

  // ---- read ---------------------------------------------------------------------------------
  // From memory at once when the batches are in the tail, else by Read operations; one answer
  // holds batches of one segment. An empty answer means: nothing between `from` and `limit`.
  ReadResult read(StepContext& ctx, const ReadRequest& request);
  // The first record with timestamp >= timestamp_ms at an offset in [log start, limit).
  LookupResult offset_for_timestamp(StepContext& ctx, std::int64_t timestamp_ms, Offset limit);
  // The first record that carries the largest timestamp below `limit` (ListOffsets -3, KIP-734).
  LookupResult max_timestamp(StepContext& ctx, Offset limit);
  // The ticket's answer is not wanted any more; no event follows.
  void cancel(Ticket ticket);

  // ---- offsets ------------------------------------------------------------------------------
  [[nodiscard]] Offset log_start() const { return log_start_; }
  // LEO: the end of what is written.
  [[nodiscard]] Offset log_end() const { return log_end_; }
  // The end including writes in flight.
  [[nodiscard]] Offset pending_end() const { return pending_end_; }
  [[nodiscard]] Offset synced_end() const { return flusher_.synced_end(); }
  // For recovery-point-offset-checkpoint: everything below is synced.
  [[nodiscard]] Offset recovery_point() const { return flusher_.synced_end(); }
  [[nodiscard]] Offset high_watermark() const { return high_watermark_; }
  // Equals the high watermark while there are no transactions.
  [[nodiscard]] Offset last_stable_offset() const { return high_watermark_; }
  // Base offset of the segment that holds `offset`; tells a delayed fetch that its offset lies on
  // an older segment.
  [[nodiscard]] Offset segment_base(Offset offset) const;
  [[nodiscard]] std::int64_t size_bytes() const { return segments_.size_bytes(); }
  // Bytes of the batches in [from, to), counted no further than `enough`; empty when `from` is no
  // longer in memory.
  [[nodiscard]] std::optional<std::int64_t> bytes_between(Offset from, Offset to,
                                                          std::int64_t enough) const;
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool ready() const { return state_ == State::kReady; }
  [[nodiscard]] const Identity& identity() const { return identity_; }
  // Hash chain at log_end(): fold(fold(fold(chain, base), epoch), content) over the batches. It
  // starts anew from 0 at an open that does not scan the log from offset 0, and at a truncation
  // below the in-memory tail.
  [[nodiscard]] std::uint64_t chain() const { return tail_.chain_at(log_end_).value_or(0); }

  // Takes the offset clamped to [log start, log end]; true, with a note, when the HW changed. May
  // lower it: whether that is right is the caller's rule.
  struct HighWatermarkUpdate {
    Offset offset;
    LeaderEpoch leader_epoch;
    note::Role role = note::Role::kFollower;
  };
  bool set_high_watermark(StepContext& ctx, const HighWatermarkUpdate& update);
  // Raises the log start. False when `start` lies beyond the high watermark (OFFSET_OUT_OF_RANGE);
  // true and no effect when it is not above the log start. Segments go with the next retention.
  bool advance_log_start(StepContext& ctx, Offset start, note::StartCause cause);

  // ---- epochs -------------------------------------------------------------------------------
  // A new leader epoch starts at pending_end(), before any of its records exists. Persisted. Also
  // allowed in kCutting.
  void assign_epoch_start(StepContext& ctx, LeaderEpoch epoch);
  [[nodiscard]] const EpochCache& epochs() const { return epochs_; }
  [[nodiscard]] std::optional<LeaderEpoch> latest_epoch() const;
  // As EpochCache::end_offset_for with this log's end.
  [[nodiscard]] std::optional<EpochEnd> end_offset_for(LeaderEpoch epoch) const;

  // ---- cut, flush, retention ------------------------------------------------------------------
  // Removes everything at and above `offset`, pending appends too; a batch that holds `offset` goes
  // as a whole. LEO, HW and epoch cache change at once; positions and producer state are found in
  // memory or, in state kCutting, by reading, and then the end may turn out lower still. Always
  // followed by TruncateDone (also when there was nothing to remove); the owner saves the recovery
  // point checkpoint then, before it appends. REQUIRES: ready().
  void truncate_to(StepContext& ctx, Offset offset, note::TruncateCause cause);
  // Removes everything and goes on at `offset`, which becomes log start, LEO and HW. Followed by
  // TruncateDone. REQUIRES: ready() or kCutting.
  void truncate_fully_and_start_at(StepContext& ctx, Offset offset, note::TruncateCause cause);
  // Makes everything appended so far durable; ends in Synced{end} with end >= pending_end() of
  // now, unless it is truncated before. Nothing happens when that is under way or done already.
  void sync(StepContext& ctx);
  // Deletes old segments by retention.ms, retention.bytes and log start; returns how many. Bounded
  // by the high watermark (rule kRetentionBelowHighWatermark).
  std::size_t delete_old_segments(StepContext& ctx, WallTime now);
  // Starts a new segment unless the active one is empty.
  void roll(StepContext& ctx);
  // A changed topic config.
  void set_config(ConfigRef config) { identity_.config = std::move(config); }

  [[nodiscard]] const ProducerState& producers() const { return producers_; }
  [[nodiscard]] const Segments& segments() const { return segments_; }
  // The newest batches, those in flight included.
  [[nodiscard]] const Tail& tail() const { return tail_; }
  void describe(StateVisitor& v) const;

 private:
  void become_ready(StepContext& ctx, RecoveredLog found);
  void finish_cut(StepContext& ctx, RecoveredLog found);
  void recovery_io(StepContext& ctx, const IoDone& done);
  void emit_opened(StepContext& ctx);
  void make_directory(StepContext& ctx);
  void fail(StepContext& ctx, const IoDone& done);
  Appended append(StepContext& ctx, const protocol::Batch& batch, note::Role role);
  [[nodiscard]] bool must_roll(StepContext& ctx, const protocol::Batch& batch) const;
  void add_segment(StepContext& ctx, Offset base);
  void finish_active(StepContext& ctx);
  void written(StepContext& ctx, std::uint64_t write);
  void trim_tail();
  void flush_if_due(StepContext& ctx);
  void report_end(Offset end);
  void persist_epochs(StepContext& ctx);
  void persist_snapshot(StepContext& ctx);
  void drop_snapshots_above(StepContext& ctx, Offset end);
  void start_over(StepContext& ctx, Offset offset);
  void lower_end(StepContext& ctx, Offset end, note::TruncateCause cause);
  void cut_active(StepContext& ctx, const Tail::Cut& cut);
  bool restore_producers(Offset end);
  void cut_by_reading(StepContext& ctx, Offset end);
  void delete_first_segment(StepContext& ctx, note::DeleteCause cause);
  [[nodiscard]] std::optional<note::DeleteCause> expired(std::size_t index, WallTime now,
                                                         std::int64_t excess) const;
  [[nodiscard]] ReadScope scope() const;
  [[nodiscard]] LookupResult lookup(StepContext& ctx, const TimestampRequest& request);
  [[nodiscard]] Deleter::Cookies delete_cookies() const;

  Identity identity_;
  State state_ = State::kClosed;
  Offset log_start_, log_end_, pending_end_, high_watermark_;
  std::uint32_t generation_ = 0;  // of truncation; reads of an older one are stale
  std::uint64_t next_write_ = 1;
  Segments segments_;
  Tail tail_;
  EpochCache epochs_;
  ProducerState producers_;
  std::vector<Offset> snapshots_;  // producer snapshot files, ascending
  Flusher flusher_;
  Deleter deleter_;
  Readers readers_;
  Box<Recovery> recovery_;   // in kRecovering and kCutting only
  std::string doomed_path_;  // in kErasing: what the directory is called now
  Ring<Event> events_;
};

}  // namespace logarium::log
