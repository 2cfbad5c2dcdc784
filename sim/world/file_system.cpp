#include "sim/world/file_system.hpp"

#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

constexpr FileSystem::Inode kRoot = 0;
// Of a file with unsynced bytes: that some of them survive a power loss.
constexpr std::int64_t kTornPpm = 500'000;

}  // namespace

FileSystem::FileSystem() {
  const Inode root = make(true);
  ENSURE(root == kRoot);
  hold(root);
}

FileSystem::Inode FileSystem::make(bool directory) {
  Inode inode;
  if (free_.empty()) {
    inode = static_cast<Inode>(nodes_.size());
    nodes_.emplace_back();
  } else {
    inode = free_.back();
    free_.pop_back();
  }
  Entry& entry = nodes_[inode];
  entry = Entry();
  entry.directory = directory;
  if (directory) {
    entry.dir = Cow<Directory>(Directory());
  } else {
    entry.file = Cow<File>(File());
  }
  return inode;
}

void FileSystem::drop(Inode inode) {
  ENSURE(nodes_[inode].refs > 0);
  if (--nodes_[inode].refs > 0) return;
  if (nodes_[inode].directory) {
    const Cow<Directory> dir = nodes_[inode].dir;
    for (const auto& [name, entry] : dir->entries) drop(entry);
    for (const Undo& undo : dir->unsynced) {
      if (undo.before != kNone) drop(undo.before);
    }
  } else {
    used_bytes_ -= nodes_[inode].file->size();
  }
  nodes_[inode] = Entry();
  free_.push_back(inode);
}

FileSystem::Inode FileSystem::child(Inode directory, std::string_view name) const {
  const auto& entries = nodes_[directory].dir->entries;
  const auto found = entries.find(name);
  return found == entries.end() ? kNone : found->second;
}

// The directory that holds the path's last part; parent is kNone when it is missing. The root has
// the empty name in itself.
FileSystem::Place FileSystem::place(std::string_view path) const {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  Inode at = kRoot;
  while (true) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {at, path};
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    if (part.empty() || part == ".") continue;
    at = child(at, part);
    if (at == kNone || !nodes_[at].directory) return {};
  }
}

FileSystem::Inode FileSystem::find(std::string_view path) const {
  const Place where = place(path);
  if (where.parent == kNone) return kNone;
  if (where.name.empty() || where.name == ".") return where.parent;
  return child(where.parent, where.name);
}

void FileSystem::link(Inode directory, std::string_view name, Inode target, Group group) {
  Directory& dir = nodes_[directory].dir.edit();
  const auto found = dir.entries.find(name);
  const Inode before = found == dir.entries.end() ? kNone : found->second;
  // The reference of the entry passes to the undo.
  dir.unsynced.push_back({std::string(name), before, group == Group::kStart});
  if (target == kNone) {
    if (found != dir.entries.end()) dir.entries.erase(found);
    return;
  }
  if (found == dir.entries.end()) {
    dir.entries.emplace(name, target);
  } else {
    found->second = target;
  }
  hold(target);
}

IoStatus FileSystem::open(std::string_view path, Inode& out) {
  const Place where = place(path);
  if (where.parent == kNone) return IoStatus::kNotFound;
  if (where.name.empty() || where.name == ".") return IoStatus::kIoError;
  Inode inode = child(where.parent, where.name);
  if (inode == kNone) {
    inode = make(false);
    link(where.parent, where.name, inode, Group::kStart);
  } else if (nodes_[inode].directory) {
    return IoStatus::kIoError;
  }
  hold(inode);
  ++nodes_[inode].handles;
  out = inode;
  return IoStatus::kOk;
}

void FileSystem::release(Inode file) {
  ENSURE(nodes_[file].handles > 0);
  --nodes_[file].handles;
  drop(file);
}

void FileSystem::release_all() {
  for (Inode inode = 0; inode < nodes_.size(); ++inode) {
    while (nodes_[inode].handles > 0) release(inode);
  }
}

void FileSystem::resize(Inode file, std::int64_t before) {
  used_bytes_ += nodes_[file].file->size() - before;
}

void FileSystem::write(Inode file, std::int64_t position, FileBytes bytes) {
  const std::int64_t before = nodes_[file].file->size();
  nodes_[file].file.edit().write(position, std::move(bytes));
  resize(file, before);
}

void FileSystem::truncate(Inode file, std::int64_t length) {
  const std::int64_t before = nodes_[file].file->size();
  nodes_[file].file.edit().truncate(length);
  resize(file, before);
}

void FileSystem::sync(Inode file) {
  if (!nodes_[file].file->clean()) nodes_[file].file.edit().sync();
}

IoStatus FileSystem::make_dir(std::string_view path) {
  const Place where = place(path);
  if (where.parent == kNone) return IoStatus::kNotFound;
  if (where.name.empty() || where.name == ".") return IoStatus::kOk;
  const Inode inode = child(where.parent, where.name);
  if (inode != kNone) return nodes_[inode].directory ? IoStatus::kOk : IoStatus::kIoError;
  link(where.parent, where.name, make(true), Group::kStart);
  return IoStatus::kOk;
}

IoStatus FileSystem::rename(std::string_view from, std::string_view to) {
  const Place old_place = place(from);
  const Place new_place = place(to);
  if (old_place.parent == kNone || new_place.parent == kNone) return IoStatus::kNotFound;
  if (new_place.name.empty()) return IoStatus::kIoError;
  // A directory cannot become part of itself.
  if (to.starts_with(from) && to.substr(from.size()).starts_with('/')) return IoStatus::kIoError;
  const Inode inode = child(old_place.parent, old_place.name);
  if (inode == kNone) return IoStatus::kNotFound;
  if (old_place.parent == new_place.parent && old_place.name == new_place.name) {
    return IoStatus::kOk;
  }
  const Inode replaced = child(new_place.parent, new_place.name);
  if (replaced != kNone && nodes_[replaced].directory != nodes_[inode].directory) {
    return IoStatus::kIoError;
  }
  // Within one directory both changes become durable together; across two, each with its own.
  link(new_place.parent, new_place.name, inode, Group::kStart);
  link(old_place.parent, old_place.name, kNone,
       old_place.parent == new_place.parent ? Group::kJoin : Group::kStart);
  return IoStatus::kOk;
}

IoStatus FileSystem::remove(std::string_view path) {
  const Place where = place(path);
  if (where.parent == kNone || where.name.empty()) return IoStatus::kNotFound;
  if (child(where.parent, where.name) == kNone) return IoStatus::kNotFound;
  link(where.parent, where.name, kNone, Group::kStart);
  return IoStatus::kOk;
}

IoStatus FileSystem::list(std::string_view path, std::vector<std::string>& names) const {
  const Inode inode = find(path);
  if (inode == kNone) return IoStatus::kNotFound;
  if (!nodes_[inode].directory) return IoStatus::kIoError;
  for (const auto& [name, entry] : nodes_[inode].dir->entries) {
    names.push_back(nodes_[entry].directory ? name + "/" : name);
  }
  return IoStatus::kOk;
}

FileSystem::Inode FileSystem::perform(const FileOp& op, Inode file, IoDone& done) {
  switch (op.kind) {
    case FileOpKind::kOpen: {
      Inode opened = kNone;
      done.status = open(op.path, opened);
      if (done.status != IoStatus::kOk) return kNone;
      done.length = nodes_[opened].file->size();
      return opened;
    }
    case FileOpKind::kSyncDir:
      done.status = sync_dir(op.path);
      return file;
    case FileOpKind::kRename:
      done.status = rename(op.path, op.to);
      return file;
    case FileOpKind::kRemove:
      done.status = remove(op.path);
      return file;
    case FileOpKind::kMakeDir:
      done.status = make_dir(op.path);
      return file;
    case FileOpKind::kList:
      done.status = list(op.path, done.names);
      return file;
    case FileOpKind::kClose:
    case FileOpKind::kWrite:
    case FileOpKind::kRead:
    case FileOpKind::kTruncate:
    case FileOpKind::kSync:
      perform_on_file(op, file, done);
      return file;
  }
  return file;
}

void FileSystem::perform_on_file(const FileOp& op, Inode file, IoDone& done) {
  if (file == kNone) {
    done.status = IoStatus::kNotFound;
  } else if (op.kind == FileOpKind::kClose) {
    release(file);
  } else if (op.kind == FileOpKind::kWrite) {
    done.length = op.bytes.size();
    write(file, op.position, op.bytes);
  } else if (op.kind == FileOpKind::kRead) {
    done.data = nodes_[file].file->read(op.position, op.length);
    done.length = static_cast<std::int64_t>(done.data.size());
  } else if (op.kind == FileOpKind::kTruncate) {
    truncate(file, op.length);
  } else {
    sync(file);
  }
}

void FileSystem::forget_undos(Inode directory) {
  if (nodes_[directory].dir->unsynced.empty()) return;
  std::vector<Undo> undos;
  undos.swap(nodes_[directory].dir.edit().unsynced);
  for (const Undo& undo : undos) {
    if (undo.before != kNone) drop(undo.before);
  }
}

IoStatus FileSystem::sync_dir(std::string_view path) {
  const Inode inode = find(path);
  if (inode == kNone) return IoStatus::kNotFound;
  if (!nodes_[inode].directory) return IoStatus::kIoError;
  forget_undos(inode);
  return IoStatus::kOk;
}

// Takes back the changes from number `keep` on, the latest first. Returns how many.
std::int64_t FileSystem::undo_from(Inode directory, std::size_t keep) {
  std::int64_t undone = 0;
  while (nodes_[directory].dir->unsynced.size() > keep) {
    Directory& dir = nodes_[directory].dir.edit();
    const Undo undo = std::move(dir.unsynced.back());
    dir.unsynced.pop_back();
    const auto found = dir.entries.find(undo.name);
    const Inode current = found == dir.entries.end() ? kNone : found->second;
    // The undo's reference passes back to the entry.
    if (undo.before == kNone) {
      if (found != dir.entries.end()) dir.entries.erase(found);
    } else if (found == dir.entries.end()) {
      dir.entries.emplace(undo.name, undo.before);
    } else {
      found->second = undo.before;
    }
    if (current != kNone) drop(current);
    ++undone;
  }
  return undone;
}

FileSystem::Loss FileSystem::lose_power(Random& random, bool torn) {
  Loss loss;
  release_all();
  for (Inode inode = 0; inode < nodes_.size(); ++inode) {
    if (nodes_[inode].refs == 0) continue;
    if (nodes_[inode].directory) {
      const auto& undos = nodes_[inode].dir->unsynced;
      std::size_t keep = 0;
      if (torn && !undos.empty()) keep = random.below(undos.size() + 1);
      while (keep < undos.size() && !undos[keep].first) ++keep;
      loss.files += undo_from(inode, keep);
      continue;
    }
    if (nodes_[inode].file->clean()) continue;
    const std::int64_t before = nodes_[inode].file->size();
    loss.bytes += nodes_[inode].file.edit().lose_power(random, torn ? kTornPpm : 0).bytes;
    ++loss.files;
    resize(inode, before);
  }
  for (Inode inode = 0; inode < nodes_.size(); ++inode) {
    if (nodes_[inode].refs > 0 && nodes_[inode].directory) forget_undos(inode);
  }
  return loss;
}

void FileSystem::flip_bit(Inode file, std::int64_t position, unsigned bit) {
  nodes_[file].file.edit().flip_bit(position, bit);
}

void FileSystem::collect(Inode directory, const std::string& prefix,
                         std::vector<std::string>& out) const {
  for (const auto& [name, entry] : nodes_[directory].dir->entries) {
    if (nodes_[entry].directory) {
      collect(entry, prefix + name + "/", out);
    } else {
      out.push_back(prefix + name);
    }
  }
}

std::vector<std::string> FileSystem::files() const {
  std::vector<std::string> out;
  collect(kRoot, "", out);
  return out;
}

}  // namespace logarium::world
