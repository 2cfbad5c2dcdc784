#pragma once
// FakeDisk: a small disk in memory for tests of machines that issue file operations. Operations
// are performed one by one in issue order. It tells written (page cache) from synced: crash()
// keeps of each file what was synced and a random prefix of its later writes, the last possibly
// torn, and of each directory a random prefix of its unsynced changes of names.
// The simulated disk of sim/world is the real model; this one has no time.

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/io.hpp"
#include "engine/base/random.hpp"

namespace logarium::test {

class FakeDisk {
 public:
  using Content = std::vector<std::byte>;

  FakeDisk() = default;
  FakeDisk(const FakeDisk& other) { *this = other; }
  // A copy shares nothing with the original.
  FakeDisk& operator=(const FakeDisk& other);
  ~FakeDisk() = default;

  // The next operation of this kind fails with the status.
  void fail_next(FileOpKind kind, IoStatus status) { failures_[kind] = status; }
  IoDone perform(const FileOp& op);
  // Power fails: unsynced changes survive as prefixes. All files are closed.
  void crash(Random& random);
  // The process dies: the page cache survives.
  void kill() { open_.clear(); }

  [[nodiscard]] bool has(const std::string& path) const { return names_.count(path) != 0; }
  [[nodiscard]] const Content& content(const std::string& path) const {
    return names_.at(path)->cache;
  }
  void put(const std::string& path, Content bytes) {
    auto inode = std::make_shared<Inode>();
    inode->cache = inode->synced = std::move(bytes);
    names_[path] = durable_[path] = std::move(inode);
  }
  // Flips a bit under whoever has the file open.
  void flip(const std::string& path, std::size_t position, std::byte bit) {
    names_.at(path)->cache.at(position) ^= bit;
  }
  void make_dir(const std::string& path) { dirs_.insert(path); }
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (const auto& entry : names_) all.push_back(entry.first);
    return all;
  }

 private:
  struct Change {
    bool truncate = false;
    std::int64_t at = 0;
    Content bytes;
  };
  struct Inode {
    Content cache;
    Content synced;
    std::vector<Change> unsynced;
  };
  using InodeRef = std::shared_ptr<Inode>;
  // A name was bound to a file, or (null) unbound, since its directory was synced.
  struct NameChange {
    std::string directory;
    std::string path;
    InodeRef inode;
    std::string also_unbinds;  // of a rename
  };

  static std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
  }
  static void apply(Content& content, const Change& change) {
    const auto at = static_cast<std::size_t>(change.at);
    if (change.truncate) {
      content.resize(at);
      return;
    }
    if (content.size() < at + change.bytes.size()) content.resize(at + change.bytes.size());
    std::copy(change.bytes.begin(), change.bytes.end(),
              content.begin() + static_cast<std::ptrdiff_t>(at));
  }
  static void change(Inode& inode, Change change) {
    apply(inode.cache, change);
    inode.unsynced.push_back(std::move(change));
  }
  void bind(std::map<std::string, InodeRef>& names, const NameChange& change) const {
    if (!change.also_unbinds.empty()) names.erase(change.also_unbinds);
    if (change.inode) {
      names[change.path] = change.inode;
    } else {
      names.erase(change.path);
    }
  }
  void rebind(NameChange change) {
    change.directory = directory_of(change.path);
    bind(names_, change);
    name_changes_.push_back(std::move(change));
  }
  void open_file(const FileOp& op, IoDone& done);
  void use_file(const FileOp& op, IoDone& done);
  IoStatus rename(const FileOp& op);
  IoStatus remove(const FileOp& op);
  void list(const FileOp& op, IoDone& done) const;

  std::map<FileOpKind, IoStatus> failures_;
  std::map<std::string, InodeRef> names_;
  std::map<std::string, InodeRef> durable_;
  std::vector<NameChange> name_changes_;
  std::set<std::string> dirs_;
  std::map<FileId, InodeRef> open_;
};

inline FakeDisk& FakeDisk::operator=(const FakeDisk& other) {
  if (this == &other) return *this;
  std::map<const Inode*, InodeRef> copies;
  const auto copy = [&](const InodeRef& inode) {
    if (!inode) return InodeRef();
    InodeRef& made = copies[inode.get()];
    if (!made) made = std::make_shared<Inode>(*inode);
    return made;
  };
  failures_ = other.failures_;
  names_ = other.names_;
  durable_ = other.durable_;
  name_changes_ = other.name_changes_;
  dirs_ = other.dirs_;
  open_ = other.open_;
  for (auto& entry : names_) entry.second = copy(entry.second);
  for (auto& entry : durable_) entry.second = copy(entry.second);
  for (auto& entry : open_) entry.second = copy(entry.second);
  for (NameChange& n : name_changes_) n.inode = copy(n.inode);
  return *this;
}

inline IoDone FakeDisk::perform(const FileOp& op) {
  IoDone done;
  done.id = op.id;
  done.cookie = op.cookie;
  done.kind = op.kind;
  if (const auto failure = failures_.find(op.kind); failure != failures_.end()) {
    done.status = failure->second;
    failures_.erase(failure);
    return done;
  }
  switch (op.kind) {
    case FileOpKind::kOpen:
      open_file(op, done);
      break;
    case FileOpKind::kClose:
    case FileOpKind::kWrite:
    case FileOpKind::kRead:
    case FileOpKind::kTruncate:
    case FileOpKind::kSync:
      use_file(op, done);
      break;
    case FileOpKind::kSyncDir:
      for (const NameChange& n : name_changes_) {
        if (n.directory == op.path) bind(durable_, n);
      }
      std::erase_if(name_changes_, [&](const NameChange& n) { return n.directory == op.path; });
      break;
    case FileOpKind::kRename:
      done.status = rename(op);
      break;
    case FileOpKind::kRemove:
      done.status = remove(op);
      break;
    case FileOpKind::kMakeDir:
      dirs_.insert(op.path);
      break;
    case FileOpKind::kList:
      list(op, done);
      break;
  }
  return done;
}

inline void FakeDisk::open_file(const FileOp& op, IoDone& done) {
  if (!has(op.path)) {
    const std::string directory = directory_of(op.path);
    if (!directory.empty() && dirs_.count(directory) == 0) {
      done.status = IoStatus::kNotFound;
      return;
    }
    rebind({{}, op.path, std::make_shared<Inode>(), {}});
  }
  open_[op.file] = names_[op.path];
  done.length = static_cast<std::int64_t>(open_[op.file]->cache.size());
}

inline void FakeDisk::use_file(const FileOp& op, IoDone& done) {
  const auto file = open_.find(op.file);
  if (file == open_.end()) {
    done.status = IoStatus::kNotFound;
    return;
  }
  Inode& inode = *file->second;
  if (op.kind == FileOpKind::kClose) {
    open_.erase(file);
  } else if (op.kind == FileOpKind::kWrite) {
    Change write{false, op.position, {}};
    const ByteView head = op.bytes.head_view();
    const ByteView body = op.bytes.body.view();
    write.bytes.assign(head.begin(), head.end());
    write.bytes.insert(write.bytes.end(), body.begin(), body.end());
    done.length = static_cast<std::int64_t>(write.bytes.size());
    change(inode, std::move(write));
  } else if (op.kind == FileOpKind::kRead) {
    const ByteView all(inode.cache);
    const auto from = std::min(static_cast<std::size_t>(op.position), all.size());
    const auto length = std::min(static_cast<std::size_t>(op.length), all.size() - from);
    done.data = Bytes::copy_of(all.subspan(from, length));
    done.length = static_cast<std::int64_t>(length);
  } else if (op.kind == FileOpKind::kTruncate) {
    change(inode, {true, op.length, {}});
  } else {
    inode.synced = inode.cache;
    inode.unsynced.clear();
  }
}

inline IoStatus FakeDisk::rename(const FileOp& op) {
  if (const auto it = names_.find(op.path); it != names_.end()) {
    rebind({{}, op.to, it->second, op.path});
    return IoStatus::kOk;
  }
  if (dirs_.erase(op.path) == 0) return IoStatus::kNotFound;
  // A directory moves with all it holds, durably at once: the model's only shortcut.
  dirs_.insert(op.to);
  for (auto* names : {&names_, &durable_}) {
    std::map<std::string, InodeRef> moved;
    for (const auto& [path, inode] : *names) {
      const bool inside = path.rfind(op.path + "/", 0) == 0;
      moved[inside ? op.to + path.substr(op.path.size()) : path] = inode;
    }
    *names = std::move(moved);
  }
  std::erase_if(name_changes_, [&](const NameChange& n) { return n.directory == op.path; });
  return IoStatus::kOk;
}

inline IoStatus FakeDisk::remove(const FileOp& op) {
  if (has(op.path)) {
    rebind({{}, op.path, nullptr, {}});
    return IoStatus::kOk;
  }
  if (dirs_.erase(op.path) == 0) return IoStatus::kNotFound;
  const auto inside = [&](const auto& entry) { return entry.first.rfind(op.path + "/", 0) == 0; };
  std::erase_if(names_, inside);
  std::erase_if(durable_, inside);
  return IoStatus::kOk;
}

inline void FakeDisk::list(const FileOp& op, IoDone& done) const {
  if (!op.path.empty() && dirs_.count(op.path) == 0) {
    done.status = IoStatus::kNotFound;
    return;
  }
  std::set<std::string> found;
  for (const auto& entry : names_) {
    if (directory_of(entry.first) == op.path) {
      found.insert(op.path.empty() ? entry.first : entry.first.substr(op.path.size() + 1));
    }
  }
  for (const std::string& dir : dirs_) {
    if (dir != op.path && directory_of(dir) == op.path) {
      found.insert((op.path.empty() ? dir : dir.substr(op.path.size() + 1)) + "/");
    }
  }
  done.names.assign(found.begin(), found.end());
}

inline void FakeDisk::crash(Random& random) {
  open_.clear();
  std::map<std::string, std::vector<NameChange>> by_directory;
  for (NameChange& n : name_changes_) by_directory[n.directory].push_back(std::move(n));
  name_changes_.clear();
  for (auto& [directory, changes] : by_directory) {
    const std::uint64_t kept = random.below(changes.size() + 1);
    for (std::uint64_t i = 0; i < kept; ++i) bind(durable_, changes[i]);
  }
  names_ = durable_;
  for (auto& [path, inode] : names_) {
    const std::uint64_t kept = random.below(inode->unsynced.size() + 1);
    for (std::uint64_t i = 0; i < kept; ++i) apply(inode->synced, inode->unsynced[i]);
    if (kept < inode->unsynced.size() && random.below(2) == 0) {
      Change torn = inode->unsynced[kept];
      if (!torn.truncate && !torn.bytes.empty()) {
        const std::uint64_t whole = random.below(torn.bytes.size());
        // What is missing may read as zeros, because the length reached the disk before the data.
        if (random.below(2) == 0) {
          std::fill(torn.bytes.begin() + static_cast<std::ptrdiff_t>(whole), torn.bytes.end(),
                    std::byte{0});
        } else {
          torn.bytes.resize(whole);
        }
        if (!torn.bytes.empty()) apply(inode->synced, torn);
      }
    }
    inode->unsynced.clear();
    inode->cache = inode->synced;
  }
}

}  // namespace logarium::test
