// Log: appends, rolls, syncs, and the offsets that follow from them.

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/log/checkpoint.hpp"
#include "engine/log/io.hpp"
#include "engine/log/log.hpp"
#include "engine/log/paths.hpp"

namespace logarium::log {
namespace {

// Longer delays of flush.ms mean "never".
constexpr std::int64_t kFlushMsMax = INT64_MAX / 4'000'000;

}  // namespace

// ---- appending ----------------------------------------------------------------------------------

Appended Log::append_as_leader(StepContext& ctx, protocol::Batch batch, LeaderEpoch epoch) {
  ENSURE(ready());
  ENSURE(batch.readable());
  batch.restamp(pending_end_, epoch);
  if (identity_.config->log_append_time) batch.restamp_append_time(ctx.wall().unix_ms());
  return append(ctx, batch, note::Role::kLeader);
}

std::optional<Appended> Log::append_as_follower(StepContext& ctx, const protocol::Batch& batch) {
  ENSURE(ready());
  if (!batch.readable() || batch.last_offset_delta < 0) return std::nullopt;
  const bool empty = segments_.size() == 1 && segments_.active().size == 0;
  const bool straddles = batch.base_offset < pending_end_ && batch.next_offset() > pending_end_;
  if (empty && straddles && batch.base_offset >= Offset(0)) {
    // The leader's log starts inside this batch (KAFKA-6975): the segment begins with the batch.
    remove_segment_files(ctx, identity_, segments_.active());
    segments_.resize(0);
    add_segment(ctx, batch.base_offset);
    tail_.reset(batch.base_offset, 0);
    return append(ctx, batch, note::Role::kFollower);
  }
  if (batch.base_offset != pending_end_) return std::nullopt;
  return append(ctx, batch, note::Role::kFollower);
}

Appended Log::append(StepContext& ctx, const protocol::Batch& batch, note::Role role) {
  if (must_roll(ctx, batch)) {
    finish_active(ctx);
    add_segment(ctx, pending_end_);
    ctx.note(note::SegmentRolled{identity_.partition, pending_end_});
  }
  const LeaderEpoch epoch = batch.partition_leader_epoch;
  if (epoch >= LeaderEpoch(0) && epochs_.assign(epoch, batch.base_offset)) {
    ctx.note(note::EpochStarted{identity_.partition, epoch, batch.base_offset});
    persist_epochs(ctx);
  }
  Segment& segment = segments_.active();
  const std::int64_t position = segment.size;
  segment.note_batch(batch, position, identity_.config->index_interval_bytes);
  segment.size += static_cast<std::int64_t>(batch.size_bytes());
  const std::uint64_t write = next_write_++;
  const bool hashed = identity_.config->hash_chain;
  tail_.push(batch, position, write, role, hashed ? Tail::Hashes::kKept : Tail::Hashes::kNone);
  producers_.append(batch);
  pending_end_ = batch.next_offset();
  FileOp op;
  op.kind = FileOpKind::kWrite;
  op.cookie = cookie_of(identity_.slot, What::kWrite, write);
  op.file = segment.file;
  op.position = position;
  op.bytes = batch.to_file();
  if (hashed) op.body_hash = batch.content();
  ctx.issue(std::move(op));
  return {batch.base_offset, pending_end_};
}

void Log::written(StepContext& ctx, std::uint64_t write) {
  tail_.done(write);
  bool moved = false;
  while (const TailEntry* entry = tail_.next_written()) {
    const protocol::Batch& batch = entry->batch;
    log_end_ = batch.next_offset();
    ctx.note(note::Appended{identity_.partition, batch.base_offset, log_end_,
                            batch.partition_leader_epoch, entry->role,
                            identity_.config->hash_chain ? batch.content() : 0, entry->chain});
    moved = true;
  }
  if (!moved) return;
  report_end(log_end_);
  trim_tail();
  flush_if_due(ctx);
}

void Log::trim_tail() {
  const Config& config = *identity_.config;
  tail_.evict({config.tail_bytes, config.tail_unreplicated_bytes, high_watermark_});
}

// Several writes that end in one step are one fact for the owner.
void Log::report_end(Offset end) {
  if (!events_.empty()) {
    if (auto* last = std::get_if<LeoMoved>(&events_.back())) {
      last->end = end;
      return;
    }
  }
  events_.push_back(LeoMoved{end});
}

SequenceCheck Log::check_producer(const protocol::Batch& batch) const {
  if (!ready()) return protocol::ErrorCode::kNotLeaderOrFollower;
  return producers_.check(batch, identity_.rules);
}

void Log::expire_producers(WallTime now) {
  producers_.expire(now.unix_ms(), identity_.config->producer_id_expiration_ms);
}

// ---- segments -----------------------------------------------------------------------------------

bool Log::must_roll(StepContext& ctx, const protocol::Batch& batch) const {
  const Segment& active = segments_.active();
  if (active.size == 0) return false;
  const Config& config = *identity_.config;
  const auto size = static_cast<std::int64_t>(batch.size_bytes());
  if (active.size + size > config.segment_bytes) return true;
  // Positions and relative offsets of the index are 32 bits wide.
  if (active.size + size > INT32_MAX || batch.last_offset() - active.base > INT32_MAX) return true;
  if (active.index_full(config.segment_index_bytes)) return true;
  const bool stamped = active.first_timestamp_ms && *active.first_timestamp_ms >= 0;
  const std::int64_t from = stamped ? *active.first_timestamp_ms : active.created.unix_ms();
  const std::int64_t to = stamped ? batch.max_timestamp : ctx.wall().unix_ms();
  return to > from && to - from > config.segment_ms - active.roll_jitter_ms;
}

void Log::add_segment(StepContext& ctx, Offset base) {
  const Config& config = *identity_.config;
  Segment segment;
  segment.base = base;
  segment.max_timestamp_offset = base;
  segment.created = ctx.wall();
  if (config.segment_jitter_ms > 0) {
    const std::int64_t bound = std::min(config.segment_jitter_ms, config.segment_ms);
    segment.roll_jitter_ms = bound > 0 ? ctx.random().between(0, bound - 1) : 0;
  }
  segment.file = open_file(ctx, cookie_of(identity_.slot, What::kStep),
                           file_path(identity_.directory, base, kLogSuffix));
  segments_.add(std::move(segment));
  flusher_.touch_directory();
}

// The active segment takes no more appends: its indexes and the producers go to disk.
void Log::finish_active(StepContext& ctx) {
  segments_.active().finish_times();
  write_indexes(ctx, identity_, segments_.active());
  persist_snapshot(ctx);
  sync(ctx);
}

void Log::roll(StepContext& ctx) {
  if (!ready() || segments_.active().size == 0) return;
  finish_active(ctx);
  add_segment(ctx, pending_end_);
  ctx.note(note::SegmentRolled{identity_.partition, pending_end_});
}

void Log::persist_snapshot(StepContext& ctx) {
  write_whole(ctx, cookie_of(identity_.slot, What::kStep),
              file_path(identity_.directory, pending_end_, kSnapshotSuffix), producers_.encode());
  if (snapshots_.empty() || snapshots_.back() != pending_end_) snapshots_.push_back(pending_end_);
  flusher_.touch_directory();
}

void Log::persist_epochs(StepContext& ctx) {
  const Cookie step = cookie_of(identity_.slot, What::kStep);
  replace_file(ctx, {join_path(identity_.directory, kEpochCheckpoint),
                     Bytes::copy_of(epochs_.encode()), step, step});
}

// ---- syncing ------------------------------------------------------------------------------------

void Log::sync(StepContext& ctx) {
  if (segments_.empty() || flusher_.covers(pending_end_)) return;
  const std::size_t first = segments_.find(flusher_.dirty_from());
  const std::uint64_t number = flusher_.begin(pending_end_);
  FileOp op;
  op.cookie = cookie_of(identity_.slot, What::kStep);
  if (flusher_.take_directory_dirty() && identity_.rules.on(Rule::kSyncNewFilesIntoDirectory)) {
    op.kind = FileOpKind::kSyncDir;
    op.path = identity_.directory;
    ctx.issue(op);
    op.path.clear();
  }
  op.kind = FileOpKind::kSync;
  for (std::size_t i = first; i < segments_.size(); ++i) {
    const bool last = i + 1 == segments_.size();
    if (last) op.cookie = cookie_of(identity_.slot, What::kSync, number);
    op.file = segments_[i].file;
    ctx.issue(op);
  }
}

void Log::flush_if_due(StepContext& ctx) {
  const Config& config = *identity_.config;
  if (log_end_ - flusher_.synced_end() >= config.flush_messages) return sync(ctx);
  if (config.flush_ms > kFlushMsMax || ctx.timers().armed(flusher_.timer())) return;
  flusher_.timer() =
      ctx.arm(milliseconds(config.flush_ms), cookie_of(identity_.slot, What::kFlushTimer));
}

// ---- offsets ------------------------------------------------------------------------------------

Offset Log::segment_base(Offset offset) const {
  return segments_.empty() ? log_start_ : segments_[segments_.find(offset)].base;
}

bool Log::set_high_watermark(StepContext& ctx, const HighWatermarkUpdate& update) {
  const bool bounded =
      update.role == note::Role::kLeader || identity_.rules.on(Rule::kClampFollowerHighWatermark);
  const Offset most = bounded ? log_end_ : std::max(log_end_, update.offset);
  const Offset clamped = std::clamp(update.offset, log_start_, most);
  if (clamped == high_watermark_) return false;
  high_watermark_ = clamped;
  ctx.note(note::HighWatermarkMoved{identity_.partition, clamped, update.leader_epoch, update.role,
                                    tail_.chain_at(clamped).value_or(0)});
  if (identity_.config->tail_unreplicated_bytes > 0) trim_tail();
  return true;
}

void Log::assign_epoch_start(StepContext& ctx, LeaderEpoch epoch) {
  ENSURE(ready() || state_ == State::kCutting);
  if (!epochs_.assign(epoch, pending_end_)) return;
  ctx.note(note::EpochStarted{identity_.partition, epoch, pending_end_});
  persist_epochs(ctx);
}

std::optional<LeaderEpoch> Log::latest_epoch() const {
  const auto latest = epochs_.latest();
  if (!latest) return std::nullopt;
  return latest->epoch;
}

std::optional<EpochEnd> Log::end_offset_for(LeaderEpoch epoch) const {
  return epochs_.end_offset_for(epoch, log_end_);
}

}  // namespace logarium::log
