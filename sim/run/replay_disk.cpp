#include "sim/run/replay_disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"

namespace logarium::run {

using world::FileSystem;

namespace {

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
  files_.write(file, op.position, world::first_of(op.bytes, length));
  hashes_.erase(file);
}

void ReplayDisk::perform(const FileOp& op, IoDone& done) {
  const Inode file = files_.perform(op, inode_of(op.file), done);
  if (op.kind == FileOpKind::kClose) {
    open_.erase(op.file);
  } else if (op.kind == FileOpKind::kWrite || op.kind == FileOpKind::kTruncate) {
    hashes_.erase(file);
  } else if (op.kind == FileOpKind::kOpen && file != FileSystem::kNone) {
    // A number whose inode was used before by a file that is gone.
    if (done.length == 0) hashes_.erase(file);
    open_[op.file] = file;
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
