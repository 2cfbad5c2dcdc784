#include "engine/log/log.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/checkpoint.hpp"
#include "engine/log/io.hpp"
#include "engine/log/paths.hpp"

namespace logarium::log {

Log::Log(Identity identity) : identity_(std::move(identity)) {
  ENSURE(identity_.config != nullptr);
}

std::optional<Event> Log::next_event() {
  if (events_.empty()) return std::nullopt;
  return events_.pop_front();
}

ReadScope Log::scope() const { return {identity_, segments_, generation_, log_start_, log_end()}; }

Deleter::Cookies Log::delete_cookies() const {
  return {cookie_of(identity_.slot, What::kDeleteTimer),
          cookie_of(identity_.slot, What::kTolerant)};
}

// ---- opening ------------------------------------------------------------------------------------

void Log::create(StepContext& ctx, Offset start) {
  ENSURE(state_ == State::kClosed);
  log_start_ = log_end_ = pending_end_ = high_watermark_ = start;
  tail_.reset(start, 0);
  flusher_.reset(start);
  make_directory(ctx);
  add_segment(ctx, start);
  emit_opened(ctx);
}

void Log::make_directory(StepContext& ctx) {
  const Cookie step = cookie_of(identity_.slot, What::kStep);
  FileOp make;
  make.kind = FileOpKind::kMakeDir;
  make.cookie = step;
  make.path = identity_.directory;
  ctx.issue(std::move(make));
  const std::string text = encode_partition_metadata(identity_.partition.topic);
  replace_file(
      ctx, {join_path(identity_.directory, kPartitionMetadata), Bytes::copy_of(text), step, step});
  FileOp sync;
  sync.kind = FileOpKind::kSyncDir;
  sync.cookie = step;
  sync.path = parent_of(identity_.directory);
  ctx.issue(std::move(sync));
}

void Log::open(StepContext& ctx, const OpenOptions& options) {
  ENSURE(state_ == State::kClosed);
  state_ = State::kRecovering;
  recovery_.put(Recovery::of_open(options, ++generation_));
  recovery_->start(ctx, identity_);
}

void Log::recovery_io(StepContext& ctx, const IoDone& done) {
  if (!recovery_) return;
  recovery_->on_io(ctx, identity_, done);
  if (recovery_->failed()) {
    events_.push_back(Failed{recovery_->failure()});
    state_ = State::kFailed;
    recovery_.reset();
  } else if (recovery_->finished()) {
    RecoveredLog found = recovery_->take();
    if (state_ == State::kRecovering) {
      become_ready(ctx, std::move(found));
    } else {
      finish_cut(ctx, std::move(found));
    }
  }
}

void Log::become_ready(StepContext& ctx, RecoveredLog found) {
  const OpenOptions options = recovery_->options();
  recovery_.reset();
  if (found.segments.empty()) {
    state_ = State::kClosed;
    return create(ctx, options.log_start);
  }
  segments_ = std::move(found.segments);
  epochs_ = std::move(found.epochs);
  producers_ = std::move(found.producers);
  snapshots_ = std::move(found.snapshots);
  log_end_ = pending_end_ = found.log_end;
  log_start_ = std::max(options.log_start, segments_.front().base);
  tail_.reset(log_end_, found.chain);
  flusher_.reset(found.synced_end);
  flusher_.touch_directory();
  if (log_start_ > log_end_) {
    // The log ends before its start: what is left belongs to no reader any more.
    start_over(ctx, log_start_);
  } else {
    const bool cut_end = epochs_.truncate_from_end(log_end_);
    const bool cut_start = epochs_.truncate_from_start(log_start_);
    if (cut_end || cut_start || !options.clean) persist_epochs(ctx);
  }
  high_watermark_ = std::clamp(options.high_watermark, log_start_, log_end_);
  emit_opened(ctx);
}

void Log::emit_opened(StepContext& ctx) {
  state_ = State::kReady;
  ctx.note(
      note::ReplicaOpened{identity_.partition, log_start_, log_end_, high_watermark_, chain()});
  ctx.note(note::Synced{identity_.partition, flusher_.synced_end()});
  events_.push_back(Opened{log_start_, log_end_, high_watermark_});
}

// ---- closing and erasing ------------------------------------------------------------------------

void Log::close(StepContext& ctx) {
  ENSURE(ready());
  readers_.end_all(events_);
  ctx.timers().cancel(flusher_.timer());
  deleter_.cancel(ctx);
  finish_active(ctx);
  const Cookie step = cookie_of(identity_.slot, What::kStep);
  for (std::size_t i = 0; i < segments_.size(); ++i) close_file(ctx, step, segments_[i].file);
  FileOp last;
  last.kind = FileOpKind::kSyncDir;
  last.cookie = cookie_of(identity_.slot, What::kClosed);
  last.path = identity_.directory;
  ctx.issue(std::move(last));
  state_ = State::kClosing;
}

void Log::erase(StepContext& ctx) {
  const bool has_files = state_ != State::kClosed && state_ != State::kFailed;
  readers_.end_all(events_);
  recovery_.reset();
  ++generation_;
  ctx.timers().cancel(flusher_.timer());
  deleter_.cancel(ctx);
  const Cookie tolerant = cookie_of(identity_.slot, What::kTolerant);
  for (std::size_t i = 0; has_files && i < segments_.size(); ++i) {
    close_file(ctx, tolerant, segments_[i].file);
  }
  doomed_path_ = identity_.directory + "." + to_string(ctx.random().uuid()) + "-delete";
  FileOp rename;
  rename.kind = FileOpKind::kRename;
  rename.cookie = cookie_of(identity_.slot, What::kTolerant);
  rename.path = identity_.directory;
  rename.to = doomed_path_;
  ctx.issue(std::move(rename));
  FileOp sync;
  sync.kind = FileOpKind::kSyncDir;
  sync.cookie = tolerant;
  sync.path = parent_of(identity_.directory);
  ctx.issue(std::move(sync));
  ctx.note(note::ReplicaDeleted{identity_.partition});
  ctx.arm(milliseconds(identity_.config->file_delete_delay_ms),
          cookie_of(identity_.slot, What::kEraseTimer));
  segments_ = {};
  tail_.reset(log_end_, 0);
  state_ = State::kErasing;
}

// ---- events of the host -------------------------------------------------------------------------

void Log::on_io(StepContext& ctx, const IoDone& done) {
  const auto what = static_cast<What>(done.cookie.what);
  if (state_ == State::kFailed || what == What::kTolerant) return;
  if (what == What::kErased) {
    state_ = State::kClosed;
    events_.push_back(Erased{});
    return;
  }
  if (state_ == State::kErasing || state_ == State::kClosed) return;
  if (what == What::kRecovery) return recovery_io(ctx, done);
  if (done.status != IoStatus::kOk) return fail(ctx, done);
  switch (what) {
    case What::kWrite:
      return written(ctx, done.cookie.value);
    case What::kSync:
      if (flusher_.done(done.cookie.value)) {
        ctx.note(note::Synced{identity_.partition, flusher_.synced_end()});
        events_.push_back(Synced{flusher_.synced_end()});
      }
      return;
    case What::kRead:
      return readers_.on_io(ctx, scope(), done, events_);
    case What::kClosed:
      state_ = State::kClosed;
      events_.push_back(Closed{});
      return;
    case What::kStep:
    case What::kTolerant:
    case What::kRecovery:
    case What::kErased:
    case What::kFlushTimer:
    case What::kDeleteTimer:
    case What::kEraseTimer:
      return;
  }
}

void Log::on_timer(StepContext& ctx, Cookie cookie) {
  switch (static_cast<What>(cookie.what)) {
    case What::kFlushTimer:
      flusher_.timer() = {};
      if (state_ == State::kReady || state_ == State::kCutting) sync(ctx);
      return;
    case What::kDeleteTimer:
      return deleter_.on_timer(ctx, delete_cookies());
    case What::kEraseTimer:
      return remove_path(ctx, cookie_of(identity_.slot, What::kErased), doomed_path_);
    case What::kStep:
    case What::kTolerant:
    case What::kWrite:
    case What::kSync:
    case What::kRead:
    case What::kRecovery:
    case What::kClosed:
    case What::kErased:
      return;
  }
}

void Log::fail(StepContext& ctx, const IoDone& done) {
  state_ = State::kFailed;
  readers_.end_all(events_);
  recovery_.reset();
  ctx.timers().cancel(flusher_.timer());
  deleter_.cancel(ctx);
  events_.push_back(Failed{failure_text(identity_.directory, done)});
}

void Log::describe(StateVisitor& v) const {
  visit(v, "slot", identity_.slot);
  visit(v, "partition", identity_.partition);
  visit(v, "directory", identity_.directory);
  visit(v, "state", state_);
  visit(v, "log start", log_start_);
  visit(v, "log end", log_end_);
  visit(v, "pending end", pending_end_);
  visit(v, "high watermark", high_watermark_);
  visit(v, "generation", generation_);
  visit(v, "next write", next_write_);
  visit(v, "segments", segments_);
  visit(v, "tail", tail_);
  visit(v, "epochs", epochs_);
  visit(v, "producers", producers_);
  visit(v, "snapshots", snapshots_);
  visit(v, "flusher", flusher_);
  visit(v, "deleter", deleter_);
  visit(v, "readers", readers_);
  if (recovery_) visit(v, "recovery", *recovery_);
}

}  // namespace logarium::log
