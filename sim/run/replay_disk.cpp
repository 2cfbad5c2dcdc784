#include "sim/run/replay_disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"

namespace logarium::run {

using world::FileSystem;

namespace {

// The first `length` bytes.
FileBytes prefix_of(const FileBytes& bytes, std::int64_t length) {
  FileBytes prefix = bytes;
  if (length <= bytes.head_size) {
    prefix.head_size = static_cast<std::uint8_t>(length);
    prefix.body = {};
  } else {
    prefix.body = bytes.body.slice(0, static_cast<std::size_t>(length - bytes.head_size));
  }
  return prefix;
}

bool from_the_environment(IoStatus status) {
  return status == IoStatus::kNoSpace || status == IoStatus::kIoError;
}

}  // namespace

FileSystem::Inode ReplayDisk::inode_of(FileId file) const {
  const auto found = open_.find(file);
  return found == open_.end() ? FileSystem::kNone : found->second;
}

Result<IoDone> ReplayDisk::answer(const runtime::RecordedIo& recorded) {
  const auto at = std::find_if(issued_.begin(), issued_.end(),
                               [&](const FileOp& op) { return op.id == recorded.id; });
  if (at == issued_.end()) {
    return Error{fmt::format("no file operation {} waits for an answer", recorded.id.value())};
  }
  const FileOp op = std::move(*at);
  issued_.erase(at);
  IoDone done;
  done.id = op.id;
  done.cookie = op.cookie;
  done.kind = op.kind;
  if (from_the_environment(recorded.status)) {
    done.status = recorded.status;
    done.length = recorded.length;
    perform_failed(op, recorded);
  } else {
    perform(op, done);
  }
  return done;
}

void ReplayDisk::perform_failed(const FileOp& op, const runtime::RecordedIo& recorded) {
  const Inode file = inode_of(op.file);
  if (op.kind != FileOpKind::kWrite || file == FileSystem::kNone) return;
  const std::int64_t length = std::clamp<std::int64_t>(recorded.length, 0, op.bytes.size());
  if (length == 0) return;
  files_.write(file, op.position, prefix_of(op.bytes, length));
  hashes_.erase(file);
}

void ReplayDisk::perform(const FileOp& op, IoDone& done) {
  switch (op.kind) {
    case FileOpKind::kOpen: {
      Inode file = FileSystem::kNone;
      done.status = files_.open(op.path, file);
      if (done.status != IoStatus::kOk) return;
      // A number whose inode was used before by a file that is gone.
      if (files_.file(file).size() == 0) hashes_.erase(file);
      open_[op.file] = file;
      done.length = files_.file(file).size();
      return;
    }
    case FileOpKind::kSyncDir:
      done.status = files_.sync_dir(op.path);
      return;
    case FileOpKind::kRename:
      done.status = files_.rename(op.path, op.to);
      return;
    case FileOpKind::kRemove:
      done.status = files_.remove(op.path);
      return;
    case FileOpKind::kMakeDir:
      done.status = files_.make_dir(op.path);
      return;
    case FileOpKind::kList:
      done.status = files_.list(op.path, done.names);
      return;
    case FileOpKind::kClose:
    case FileOpKind::kWrite:
    case FileOpKind::kRead:
    case FileOpKind::kTruncate:
    case FileOpKind::kSync:
      perform_on_file(op, done);
      return;
  }
}

void ReplayDisk::perform_on_file(const FileOp& op, IoDone& done) {
  const Inode file = inode_of(op.file);
  if (file == FileSystem::kNone) {
    done.status = IoStatus::kNotFound;
  } else if (op.kind == FileOpKind::kClose) {
    files_.release(file);
    open_.erase(op.file);
  } else if (op.kind == FileOpKind::kWrite) {
    done.length = op.bytes.size();
    files_.write(file, op.position, op.bytes);
    hashes_.erase(file);
  } else if (op.kind == FileOpKind::kRead) {
    done.data = files_.file(file).read(op.position, op.length);
    done.length = static_cast<std::int64_t>(done.data.size());
  } else if (op.kind == FileOpKind::kTruncate) {
    files_.truncate(file, op.length);
    hashes_.erase(file);
  } else {
    files_.sync(file);
  }
}

std::uint64_t ReplayDisk::hash_of(Inode file) {
  const auto known = hashes_.find(file);
  if (known != hashes_.end()) return known->second;
  const world::File& content = files_.file(file);
  const std::uint64_t hash = hash_bytes(content.read(0, content.size()).view());
  hashes_.emplace(file, hash);
  return hash;
}

bool ReplayDisk::matches(Inode file, const runtime::RecordedFile& recorded) {
  return files_.file(file).size() == recorded.size && hash_of(file) == recorded.hash;
}

void ReplayDisk::store(const std::string& path, std::int64_t position, Bytes content) {
  Inode file = FileSystem::kNone;
  if (position < 0 || files_.open(path, file) != IoStatus::kOk) return;
  files_.write(file, position, FileBytes::of(std::move(content)));
  files_.release(file);
  hashes_.erase(file);
}

std::vector<std::string> ReplayDisk::differences(const std::vector<runtime::RecordedFile>& files) {
  std::vector<std::string> out;
  for (const runtime::RecordedFile& recorded : files) {
    if (recorded.path.ends_with('/')) continue;
    const Inode file = files_.find(recorded.path);
    if (file == FileSystem::kNone || files_.is_directory(file)) {
      out.push_back(fmt::format("{}: not here, {} bytes recorded", recorded.path, recorded.size));
    } else if (files_.file(file).size() != recorded.size) {
      out.push_back(fmt::format("{}: {} bytes here, {} recorded", recorded.path,
                                files_.file(file).size(), recorded.size));
    } else if (hash_of(file) != recorded.hash) {
      out.push_back(fmt::format("{}: other content than was recorded in its {} bytes",
                                recorded.path, recorded.size));
    }
  }
  return out;
}

}  // namespace logarium::run
