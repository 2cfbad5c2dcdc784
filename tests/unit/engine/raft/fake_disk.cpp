#include "tests/unit/engine/raft/fake_disk.hpp"

#include <algorithm>

namespace logarium::raft::test {
namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}
bool lies_in(const std::string& path, const std::string& directory) {
  return path.starts_with(directory + "/");
}

}  // namespace

IoDone FakeDisk::perform(const FileOp& op) {
  IoDone done;
  done.id = op.id;
  done.cookie = op.cookie;
  done.kind = op.kind;
  switch (op.kind) {
    case FileOpKind::kOpen:
      open(op, done);
      break;
    case FileOpKind::kClose:
      open_.erase(op.file);
      break;
    case FileOpKind::kWrite:
    case FileOpKind::kRead:
    case FileOpKind::kTruncate:
    case FileOpKind::kSync:
      if (open_.contains(op.file)) {
        perform_on(inodes_[open_.at(op.file)], op, done);
      } else {
        done.status = IoStatus::kIoError;
      }
      break;
    case FileOpKind::kSyncDir:
      sync_dir(op.path);
      break;
    case FileOpKind::kRename:
      done.status = rename(op.path, op.to);
      break;
    case FileOpKind::kRemove:
      remove(op.path);
      break;
    case FileOpKind::kMakeDir:
      directories_.insert(op.path);
      break;
    case FileOpKind::kList:
      list(op.path, done);
      break;
  }
  return done;
}

void FakeDisk::open(const FileOp& op, IoDone& done) {
  if (!directories_.contains(parent_of(op.path))) {
    done.status = IoStatus::kNotFound;
    return;
  }
  auto at = entries_.find(op.path);
  if (at == entries_.end()) {
    inodes_.emplace_back();
    at = entries_.emplace(op.path, static_cast<std::uint32_t>(inodes_.size() - 1)).first;
  }
  open_[op.file] = at->second;
  done.length = static_cast<std::int64_t>(inodes_[at->second].cached.size());
}

void FakeDisk::perform_on(Inode& inode, const FileOp& op, IoDone& done) {
  if (op.kind == FileOpKind::kWrite) {
    const auto at = static_cast<std::size_t>(op.position);
    const auto size = static_cast<std::size_t>(op.bytes.size());
    if (inode.cached.size() < at + size) inode.cached.resize(at + size);
    const auto to = inode.cached.begin() + op.position;
    std::copy(op.bytes.head_view().begin(), op.bytes.head_view().end(), to);
    std::copy(op.bytes.body.view().begin(), op.bytes.body.view().end(), to + op.bytes.head_size);
    inode.dirty_from = std::min(inode.dirty_from, at);
    done.length = op.bytes.size();
  } else if (op.kind == FileOpKind::kRead) {
    const auto size = static_cast<std::int64_t>(inode.cached.size());
    const std::int64_t from = std::min(op.position, size);
    done.length = std::min(op.position + op.length, size) - from;
    done.data = Bytes::copy_of(
        ByteView(inode.cached)
            .subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(done.length)));
  } else if (op.kind == FileOpKind::kTruncate) {
    const auto length = static_cast<std::size_t>(op.length);
    inode.dirty_from = std::min({inode.dirty_from, length, inode.cached.size()});
    inode.cached.resize(length);
  } else {
    const std::size_t same = std::min(inode.dirty_from, inode.synced.size());
    inode.synced.resize(inode.cached.size());
    std::copy(inode.cached.begin() + static_cast<std::ptrdiff_t>(same), inode.cached.end(),
              inode.synced.begin() + static_cast<std::ptrdiff_t>(same));
    inode.dirty_from = inode.cached.size();
  }
}

IoStatus FakeDisk::rename(const std::string& from, const std::string& to) {
  const auto at = entries_.find(from);
  if (at == entries_.end()) return IoStatus::kNotFound;
  const std::uint32_t inode = at->second;
  entries_.erase(at);
  entries_[to] = inode;
  return IoStatus::kOk;
}

void FakeDisk::remove(const std::string& path) {
  std::erase_if(entries_, [&](const auto& entry) {
    return entry.first == path || lies_in(entry.first, path);
  });
  std::erase_if(directories_,
                [&](const std::string& name) { return name == path || lies_in(name, path); });
}

void FakeDisk::sync_dir(const std::string& directory) {
  std::erase_if(durable_, [&](const auto& entry) { return parent_of(entry.first) == directory; });
  for (const auto& entry : entries_) {
    if (parent_of(entry.first) == directory) durable_.insert(entry);
  }
}

void FakeDisk::list(const std::string& directory, IoDone& done) const {
  if (!directories_.contains(directory)) {
    done.status = IoStatus::kNotFound;
    return;
  }
  for (const auto& [path, inode] : entries_) {
    if (parent_of(path) == directory) {
      done.names.push_back(directory.empty() ? path : path.substr(directory.size() + 1));
    }
  }
  for (const std::string& name : directories_) {
    if (!name.empty() && parent_of(name) == directory) {
      done.names.push_back(name.substr(directory.empty() ? 0 : directory.size() + 1) + "/");
    }
  }
  std::sort(done.names.begin(), done.names.end());
}

void FakeDisk::power_loss(Random& random) {
  open_.clear();
  entries_ = durable_;
  for (Inode& inode : inodes_) {
    const std::size_t kept = inode.synced.size();
    const bool appended = inode.dirty_from >= kept && inode.cached.size() > kept;
    const std::size_t torn = appended ? random.below(inode.cached.size() - kept + 1) : 0;
    std::vector<std::byte> now = inode.synced;
    if (torn > 0) {
      now.insert(now.end(), inode.cached.begin() + static_cast<std::ptrdiff_t>(kept),
                 inode.cached.begin() + static_cast<std::ptrdiff_t>(kept + torn));
    }
    inode.cached = now;
    inode.synced = std::move(now);
    inode.dirty_from = inode.cached.size();
  }
}

std::string FakeDisk::text_of_file(const std::string& path) const {
  const auto at = entries_.find(path);
  if (at == entries_.end()) return {};
  return std::string(text_of(inodes_[at->second].cached));
}

}  // namespace logarium::raft::test
