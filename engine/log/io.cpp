#include "engine/log/io.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "engine/log/paths.hpp"

namespace logarium::log {
namespace {

std::string_view verb(FileOpKind kind) {
  switch (kind) {
    case FileOpKind::kOpen:
      return "open";
    case FileOpKind::kClose:
      return "close";
    case FileOpKind::kWrite:
      return "write";
    case FileOpKind::kRead:
      return "read";
    case FileOpKind::kTruncate:
      return "truncate";
    case FileOpKind::kSync:
    case FileOpKind::kSyncDir:
      return "sync";
    case FileOpKind::kRename:
      return "rename";
    case FileOpKind::kRemove:
      return "remove";
    case FileOpKind::kMakeDir:
      return "make";
    case FileOpKind::kList:
      return "list";
  }
  return "use";
}

std::string_view reason(IoStatus status) {
  switch (status) {
    case IoStatus::kOk:
      return "no error";
    case IoStatus::kNotFound:
      return "it does not exist";
    case IoStatus::kNoSpace:
      return "the disk is full";
    case IoStatus::kIoError:
      return "input/output error";
  }
  return "unknown error";
}

}  // namespace

std::string failure_text(const std::string& path, const IoDone& done) {
  std::string text = "cannot ";
  text.append(verb(done.kind)).append(" a file of ").append(path).append(": ");
  return text.append(reason(done.status));
}

FileId open_file(StepContext& ctx, Cookie cookie, std::string path) {
  FileOp op;
  op.kind = FileOpKind::kOpen;
  op.cookie = cookie;
  op.file = ctx.new_file();
  op.path = std::move(path);
  const FileId file = op.file;
  ctx.issue(std::move(op));
  return file;
}

void close_file(StepContext& ctx, Cookie cookie, FileId file) {
  FileOp op;
  op.kind = FileOpKind::kClose;
  op.cookie = cookie;
  op.file = file;
  ctx.issue(std::move(op));
}

void remove_path(StepContext& ctx, Cookie cookie, std::string path) {
  FileOp op;
  op.kind = FileOpKind::kRemove;
  op.cookie = cookie;
  op.path = std::move(path);
  ctx.issue(std::move(op));
}

void write_whole(StepContext& ctx, Cookie cookie, std::string path, Bytes content) {
  FileOp op;
  op.cookie = cookie;
  op.file = open_file(ctx, cookie, std::move(path));
  op.kind = FileOpKind::kTruncate;
  ctx.issue(op);
  if (!content.empty()) {
    op.kind = FileOpKind::kWrite;
    op.bytes = FileBytes::of(std::move(content));
    ctx.issue(op);
    op.bytes = {};
  }
  op.kind = FileOpKind::kSync;
  ctx.issue(op);
  op.kind = FileOpKind::kClose;
  ctx.issue(op);
}

void write_indexes(StepContext& ctx, const Identity& identity, const Segment& segment) {
  const Cookie step = cookie_of(identity.slot, What::kStep);
  write_whole(ctx, step, file_path(identity.directory, segment.base, kIndexSuffix),
              segment.encode_index());
  write_whole(ctx, step, file_path(identity.directory, segment.base, kTimeIndexSuffix),
              segment.encode_times());
}

void remove_segment_files(StepContext& ctx, const Identity& identity, const Segment& segment) {
  const Cookie tolerant = cookie_of(identity.slot, What::kTolerant);
  close_file(ctx, tolerant, segment.file);
  constexpr std::array<std::string_view, 3> kSuffixes{kLogSuffix, kIndexSuffix, kTimeIndexSuffix};
  for (const std::string_view suffix : kSuffixes) {
    remove_path(ctx, tolerant, file_path(identity.directory, segment.base, suffix));
  }
}

}  // namespace logarium::log
