#include "engine/raft/snapshots.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/raft/cookies.hpp"

namespace logarium::raft {
namespace {

constexpr std::string_view kSuffix = ".checkpoint";
constexpr std::string_view kPartSuffix = ".checkpoint.part";
constexpr std::size_t kOffsetDigits = 20;
constexpr std::size_t kEpochDigits = 10;

template <class Number>
bool parse_digits(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string Snapshots::name_of(const LogPosition& id) {
  return fmt::format("{:020}-{:010}{}", id.offset.value(), id.epoch.value(), kSuffix);
}

std::optional<LogPosition> Snapshots::parse_name(const std::string& name) {
  const std::string_view text = name;
  if (text.size() != kOffsetDigits + 1 + kEpochDigits + kSuffix.size()) return std::nullopt;
  if (!text.ends_with(kSuffix) || text[kOffsetDigits] != '-') return std::nullopt;
  std::int64_t offset = 0;
  std::int32_t epoch = 0;
  if (!parse_digits(text.substr(0, kOffsetDigits), offset) ||
      !parse_digits(text.substr(kOffsetDigits + 1, kEpochDigits), epoch) || offset < 0 ||
      epoch < 0) {
    return std::nullopt;
  }
  return LogPosition{QuorumEpoch(epoch), Offset(offset)};
}

std::optional<Snapshots::Event> Snapshots::next_event() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void Snapshots::issue(StepContext& ctx, FileOp op, Op what, std::uint64_t value) {
  op.cookie = cookie_of(What::kSnapshotIo, value, static_cast<std::uint32_t>(what));
  ctx.issue(std::move(op));
}

void Snapshots::open(StepContext& ctx) {
  listing_ = true;
  FileOp list;
  list.kind = FileOpKind::kList;
  list.path = directory_;
  issue(ctx, std::move(list), Op::kList);
}

void Snapshots::listed(StepContext& ctx, const IoDone& done) {
  for (const std::string& name : done.names) {
    if (name.ends_with(kPartSuffix)) {
      FileOp remove;
      remove.kind = FileOpKind::kRemove;
      remove.path = directory_ + "/" + name;
      issue(ctx, std::move(remove), Op::kOther);
    }
    if (const auto id = parse_name(name)) {
      ++opening_;
      open_entry(ctx, *id);
    }
  }
  finish_listing();
}

void Snapshots::open_entry(StepContext& ctx, const LogPosition& id) {
  Entry entry;
  entry.id = id;
  entry.file = ctx.new_file();
  entry.since = ctx.wall();
  FileOp open;
  open.kind = FileOpKind::kOpen;
  open.file = entry.file;
  open.path = path_of(id);
  entries_[id.offset] = entry;
  issue(ctx, std::move(open), Op::kOpen, static_cast<std::uint64_t>(id.offset.value()));
}

void Snapshots::finish_listing() {
  if (!listing_ || opening_ > 0) return;
  listing_ = false;
  events_.emplace_back(Listed{});
}

void Snapshots::write(StepContext& ctx, const LogPosition& id, Bytes content) {
  ENSURE(!writing());
  const FileId file = ctx.new_file();
  FileOp op;
  op.file = file;
  op.kind = FileOpKind::kOpen;
  op.path = path_of(id) + ".part";
  issue(ctx, op, Op::kWrite);
  op.path.clear();
  op.kind = FileOpKind::kTruncate;
  issue(ctx, op, Op::kWrite);
  op.kind = FileOpKind::kWrite;
  op.bytes = FileBytes::of(content);
  issue(ctx, op, Op::kWrite);
  op.bytes = {};
  op.kind = FileOpKind::kSync;
  issue(ctx, op, Op::kWrite);
  op.kind = FileOpKind::kClose;
  issue(ctx, op, Op::kWrite);
  constexpr std::uint32_t kOperations = 5;
  writing_ = Writing{id, std::move(content), kOperations};
}

void Snapshots::write_progress(StepContext& ctx) {
  ENSURE(writing_.has_value());
  if (--writing_->outstanding > 0) return;
  if (!writing_->publishing) {
    writing_->publishing = true;
    writing_->outstanding = 2;
    FileOp op;
    op.kind = FileOpKind::kRename;
    op.path = path_of(writing_->id) + ".part";
    op.to = path_of(writing_->id);
    issue(ctx, op, Op::kPublish);
    op = {};
    op.kind = FileOpKind::kSyncDir;
    op.path = directory_;
    issue(ctx, op, Op::kPublish);
    return;
  }
  Writing written = *std::exchange(writing_, std::nullopt);
  open_entry(ctx, written.id);
  entries_[written.id.offset].bytes = static_cast<std::int64_t>(written.content.size());
  events_.emplace_back(Stored{written.id, std::move(written.content)});
}

void Snapshots::load(StepContext& ctx, const LogPosition& id) {
  const Entry* entry = find(id);
  ENSURE(entry != nullptr);
  FileOp read;
  read.kind = FileOpKind::kRead;
  read.file = entry->file;
  read.length = entry->bytes;
  issue(ctx, std::move(read), Op::kLoad, static_cast<std::uint64_t>(id.offset.value()));
}

std::uint64_t Snapshots::read(StepContext& ctx, const LogPosition& id, std::int64_t position,
                              std::int64_t length) {
  const Entry* entry = find(id);
  ENSURE(entry != nullptr);
  FileOp op;
  op.kind = FileOpKind::kRead;
  op.file = entry->file;
  op.position = position;
  op.length = length;
  issue(ctx, std::move(op), Op::kPiece, next_piece_);
  return next_piece_++;
}

void Snapshots::remove_before(StepContext& ctx, Offset end) {
  while (!entries_.empty() && entries_.begin()->first < end) {
    const Entry& entry = entries_.begin()->second;
    FileOp op;
    op.kind = FileOpKind::kClose;
    op.file = entry.file;
    issue(ctx, op, Op::kOther);
    op = {};
    op.kind = FileOpKind::kRemove;
    op.path = path_of(entry.id);
    issue(ctx, op, Op::kOther);
    entries_.erase(entries_.begin());
  }
}

void Snapshots::on_io(StepContext& ctx, const IoDone& done) {
  const auto what = static_cast<Op>(done.cookie.slot);
  if (done.status != IoStatus::kOk && what != Op::kOther) {
    events_.emplace_back(Failed{directory_ + ": the disk failed under a snapshot"});
    return;
  }
  switch (what) {
    case Op::kList:
      listed(ctx, done);
      return;
    case Op::kOpen: {
      const auto at = entries_.find(Offset(static_cast<std::int64_t>(done.cookie.value)));
      if (at != entries_.end()) at->second.bytes = done.length;
      if (opening_ > 0) --opening_;
      finish_listing();
      return;
    }
    case Op::kWrite:
    case Op::kPublish:
      write_progress(ctx);
      return;
    case Op::kLoad: {
      const auto at = entries_.find(Offset(static_cast<std::int64_t>(done.cookie.value)));
      if (at != entries_.end()) events_.emplace_back(Loaded{at->second.id, done.data});
      return;
    }
    case Op::kPiece:
      events_.emplace_back(Piece{done.cookie.value, done.data});
      return;
    case Op::kOther:
      return;
  }
}

const Snapshots::Entry* Snapshots::find(const LogPosition& id) const {
  const auto at = entries_.find(id.offset);
  return at != entries_.end() && at->second.id == id ? &at->second : nullptr;
}

std::optional<LogPosition> Snapshots::earliest() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.begin()->second.id;
}

std::optional<LogPosition> Snapshots::latest() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.rbegin()->second.id;
}

void Snapshots::Entry::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "file", file);
  visit(v, "bytes", bytes);
  visit(v, "since", since);
}

void Snapshots::Writing::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "content", content);
  visit(v, "outstanding", outstanding);
  visit(v, "publishing", publishing);
}

void Snapshots::describe(StateVisitor& v) const {
  visit(v, "entries", entries_);
  visit(v, "opening", opening_);
  visit(v, "listing", listing_);
  visit(v, "writing", writing_);
  visit(v, "next piece", next_piece_);
  visit(v, "events", events_.size());
}

}  // namespace logarium::raft
