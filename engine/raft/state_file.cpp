#include "engine/raft/state_file.hpp"

#include <utility>

#include "engine/raft/cookies.hpp"

namespace logarium::raft {

void StateFile::issue(StepContext& ctx, FileOp op) {
  op.cookie = cookie_of(What::kStateIo);
  ctx.issue(std::move(op));
  ++outstanding_;
}

void StateFile::load(StepContext& ctx) {
  ENSURE(phase_ == Phase::kIdle);
  phase_ = Phase::kOpen;
  file_ = ctx.new_file();
  FileOp open;
  open.kind = FileOpKind::kOpen;
  open.file = file_;
  open.path = path();
  issue(ctx, std::move(open));
}

void StateFile::store(StepContext& ctx, const ElectionState& state) {
  ENSURE(phase_ != Phase::kOpen && phase_ != Phase::kRead);
  if (phase_ == Phase::kIdle) {
    write(ctx, state);
  } else {
    next_ = state;
  }
}

void StateFile::write(StepContext& ctx, const ElectionState& state) {
  phase_ = Phase::kWrite;
  file_ = ctx.new_file();
  FileOp op;
  op.file = file_;
  op.kind = FileOpKind::kOpen;
  op.path = path() + ".tmp";
  issue(ctx, op);
  op.path.clear();
  op.kind = FileOpKind::kTruncate;
  issue(ctx, op);
  op.kind = FileOpKind::kWrite;
  op.bytes = FileBytes::of(Bytes::copy_of(state.to_text()));
  issue(ctx, op);
  op.bytes = {};
  op.kind = FileOpKind::kSync;
  issue(ctx, op);
  op.kind = FileOpKind::kClose;
  issue(ctx, op);
}

// Only after every operation on the temporary file went well: a torn one must never get the name.
void StateFile::rename(StepContext& ctx) {
  phase_ = Phase::kRename;
  FileOp op;
  op.kind = FileOpKind::kRename;
  op.path = path() + ".tmp";
  op.to = path();
  issue(ctx, op);
  op = {};
  op.kind = FileOpKind::kSyncDir;
  op.path = directory_;
  issue(ctx, op);
}

StateFile::Progress StateFile::on_io(StepContext& ctx, const IoDone& done) {
  ENSURE(outstanding_ > 0);
  --outstanding_;
  if (!error_.empty()) return Progress::kNothing;
  if (done.status != IoStatus::kOk) return fail(path() + ": the disk failed");
  if (phase_ == Phase::kOpen) {
    if (done.length == 0) {
      phase_ = Phase::kIdle;
      return Progress::kLoaded;
    }
    phase_ = Phase::kRead;
    FileOp read;
    read.kind = FileOpKind::kRead;
    read.file = file_;
    read.length = done.length;
    issue(ctx, read);
    return Progress::kNothing;
  }
  if (phase_ == Phase::kRead) return read_done(done);
  if (outstanding_ > 0) return Progress::kNothing;
  if (phase_ == Phase::kWrite) {
    rename(ctx);
    return Progress::kNothing;
  }
  phase_ = Phase::kIdle;
  if (!next_) return Progress::kStored;
  const ElectionState next = *std::exchange(next_, std::nullopt);
  write(ctx, next);
  return Progress::kNothing;
}

StateFile::Progress StateFile::read_done(const IoDone& done) {
  const auto state = ElectionState::parse(text_of(done.data.view()));
  if (!state) return fail(state.error().message);
  loaded_ = state.value();
  phase_ = Phase::kIdle;
  return Progress::kLoaded;
}

StateFile::Progress StateFile::fail(std::string why) {
  error_ = std::move(why);
  return Progress::kFailed;
}

void StateFile::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "outstanding", outstanding_);
  visit(v, "loaded", loaded_);
  visit(v, "next", next_);
  visit(v, "error", error_);
}

}  // namespace logarium::raft
