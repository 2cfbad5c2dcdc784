// Log: everything that removes batches from its end.

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/log/io.hpp"
#include "engine/log/log.hpp"
#include "engine/log/paths.hpp"

namespace logarium::log {
namespace {

note::StartCause start_cause(note::TruncateCause cause) {
  switch (cause) {
    case note::TruncateCause::kSnapshot:
      return note::StartCause::kSnapshot;
    case note::TruncateCause::kRecovery:
      return note::StartCause::kRecovery;
    case note::TruncateCause::kDivergingEpoch:
    case note::TruncateCause::kHighWatermark:
    case note::TruncateCause::kOutOfRange:
      return note::StartCause::kLeader;
  }
  return note::StartCause::kLeader;
}

}  // namespace

void Log::truncate_to(StepContext& ctx, Offset offset, note::TruncateCause cause) {
  ENSURE(ready());
  if (offset >= pending_end_) {
    // An epoch that began here without any record may be unknown to the leader: it goes, or the
    // follower would be told of the same divergence for ever.
    if (epochs_.truncate_from_end(pending_end_)) persist_epochs(ctx);
    events_.push_back(TruncateDone{log_end_});
    return;
  }
  if (offset < segments_.front().base) return truncate_fully_and_start_at(ctx, offset, cause);
  ++generation_;
  const auto cut = tail_.truncate(offset);
  const Offset end = cut ? cut->end : offset;
  if (!cut) tail_.reset(end, 0);
  while (segments_.size() > 1 && segments_.active().base > end) {
    const Segment& last = segments_.active();
    remove_segment_files(ctx, identity_, last);
    ctx.note(note::SegmentDeleted{identity_.partition, last.base, pending_end_,
                                  note::DeleteCause::kTruncation,
                                  wall_of_ms(last.max_timestamp_ms)});
    segments_.resize(segments_.size() - 1);
    flusher_.touch_directory();
  }
  lower_end(ctx, end, cause);
  if (!cut || !restore_producers(end)) return cut_by_reading(ctx, end);
  cut_active(ctx, *cut);
  events_.push_back(TruncateDone{log_end_});
}

// What is at or above `end` is gone as far as offsets go; files follow.
void Log::lower_end(StepContext& ctx, Offset end, note::TruncateCause cause) {
  const Offset from = log_end_;
  pending_end_ = end;
  log_end_ = std::min(log_end_, end);
  if (log_end_ < from) {
    ctx.note(note::Truncated{identity_.partition, from, log_end_, cause,
                             tail_.chain_at(log_end_).value_or(0)});
  }
  if (log_start_ > log_end_) {
    log_start_ = log_end_;
    ctx.note(note::LogStartMoved{identity_.partition, log_start_, start_cause(cause)});
  }
  if (epochs_.truncate_from_end(end)) persist_epochs(ctx);
  flusher_.truncate(end);
  drop_snapshots_above(ctx, end);
  // Below the high watermark: legal for a follower of an unclean leader, an alarm otherwise.
  const LeaderEpoch epoch = latest_epoch().value_or(LeaderEpoch(0));
  if (high_watermark_ > log_end_) {
    set_high_watermark(ctx, {log_end_, epoch, note::Role::kFollower});
  }
}

void Log::cut_active(StepContext& ctx, const Tail::Cut& cut) {
  Segment& active = segments_.active();
  ENSURE(active.base <= cut.end);
  active.cut_index(cut.end);
  active.size = cut.position;
  for (const TailEntry& entry : tail_.entries()) {
    if (entry.batch.base_offset < active.base) continue;
    if (entry.batch.max_timestamp <= active.max_timestamp_ms) continue;
    active.max_timestamp_ms = entry.batch.max_timestamp;
    active.max_timestamp_offset = entry.batch.last_offset();
  }
  FileOp op;
  op.kind = FileOpKind::kTruncate;
  op.cookie = cookie_of(identity_.slot, What::kStep);
  op.file = active.file;
  op.length = cut.position;
  ctx.issue(std::move(op));
}

// The producer state as it was at `end`, from memory; false when that takes reading.
bool Log::restore_producers(Offset end) {
  if (!producers_.reaches(end)) return true;
  if (tail_.start() > segments_.front().base) return false;
  producers_.clear();
  for (const TailEntry& entry : tail_.entries()) producers_.append(entry.batch);
  return true;
}

void Log::cut_by_reading(StepContext& ctx, Offset end) {
  state_ = State::kCutting;
  RecoveredLog known;
  known.segments = segments_;
  known.producers = producers_;
  known.snapshots = snapshots_;
  recovery_.put(Recovery::of_cut(std::move(known), end, generation_));
  recovery_->start(ctx, identity_);
  if (recovery_->finished()) finish_cut(ctx, recovery_->take());
}

void Log::finish_cut(StepContext& ctx, RecoveredLog found) {
  recovery_.reset();
  segments_ = std::move(found.segments);
  producers_ = std::move(found.producers);
  snapshots_ = std::move(found.snapshots);
  if (found.log_end < pending_end_) {
    // The cut fell inside a batch. An epoch that began at the cut begins at the end now.
    const auto latest = epochs_.latest();
    if (!tail_.truncate(found.log_end)) tail_.reset(found.log_end, 0);
    lower_end(ctx, found.log_end, note::TruncateCause::kDivergingEpoch);
    if (latest && latest->start > found.log_end) assign_epoch_start(ctx, latest->epoch);
  }
  state_ = State::kReady;
  events_.push_back(TruncateDone{log_end_});
}

void Log::truncate_fully_and_start_at(StepContext& ctx, Offset offset, note::TruncateCause cause) {
  ENSURE(ready() || state_ == State::kCutting);
  const Offset from = log_end_;
  const Offset old_start = log_start_;
  const Offset old_watermark = high_watermark_;
  const LeaderEpoch epoch = latest_epoch().value_or(LeaderEpoch(0));
  start_over(ctx, offset);
  state_ = State::kReady;
  ctx.note(note::Truncated{identity_.partition, from, offset, cause, 0});
  if (old_start != offset) {
    ctx.note(note::LogStartMoved{identity_.partition, offset, start_cause(cause)});
  }
  if (old_watermark != offset) {
    ctx.note(
        note::HighWatermarkMoved{identity_.partition, offset, epoch, note::Role::kFollower, 0});
  }
  ctx.note(note::Synced{identity_.partition, offset});
  events_.push_back(TruncateDone{log_end_});
}

void Log::start_over(StepContext& ctx, Offset offset) {
  recovery_.reset();
  ++generation_;
  // The newest first: what a power failure leaves is then still the beginning of the log.
  for (std::size_t i = segments_.size(); i-- > 0;) {
    remove_segment_files(ctx, identity_, segments_[i]);
  }
  segments_ = {};
  drop_snapshots_above(ctx, Offset(-1));
  epochs_.clear();
  persist_epochs(ctx);
  producers_.clear();
  tail_.reset(offset, 0);
  flusher_.reset(offset);
  log_start_ = log_end_ = pending_end_ = high_watermark_ = offset;
  add_segment(ctx, offset);
}

void Log::drop_snapshots_above(StepContext& ctx, Offset end) {
  while (!snapshots_.empty() && snapshots_.back() > end) {
    remove_path(ctx, cookie_of(identity_.slot, What::kTolerant),
                file_path(identity_.directory, snapshots_.back(), kSnapshotSuffix));
    snapshots_.pop_back();
    // A removed snapshot must not come back after a power failure.
    flusher_.touch_directory();
  }
}

}  // namespace logarium::log
