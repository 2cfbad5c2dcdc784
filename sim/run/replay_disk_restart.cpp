// ReplayDisk: from the end of one process to the start of the next.

#include <algorithm>
#include <optional>

#include "sim/run/replay_disk.hpp"

namespace logarium::run {

using runtime::RecordedFile;
using world::FileSystem;

namespace {

bool changes_names(FileOpKind kind) {
  return kind == FileOpKind::kOpen || kind == FileOpKind::kRename || kind == FileOpKind::kRemove ||
         kind == FileOpKind::kMakeDir;
}

bool changes_content(FileOpKind kind) {
  return kind == FileOpKind::kWrite || kind == FileOpKind::kTruncate;
}

void walk(const FileSystem& files, const std::string& directory,
          std::map<std::string, FileSystem::Inode>& out) {
  std::vector<std::string> names;
  if (files.list(directory, names) != IoStatus::kOk) return;
  for (const std::string& name : names) {
    const std::string path = directory + name;
    out.emplace(path, files.find(path));
    if (path.ends_with('/')) walk(files, path, out);
  }
}

// What stays of a write that the end of the process cut at this position of the file.
std::optional<FileOp> cut_at(const FileOp& write, std::int64_t end) {
  if (write.kind != FileOpKind::kWrite || end <= write.position) return std::nullopt;
  const std::int64_t length = end - write.position;
  if (length >= write.bytes.size()) return std::nullopt;
  FileOp part = write;
  part.bytes = world::first_of(write.bytes, length);
  return part;
}

}  // namespace

std::map<std::string, FileSystem::Inode> ReplayDisk::paths() const {
  std::map<std::string, Inode> out;
  walk(files_, "", out);
  return out;
}

std::vector<std::string> ReplayDisk::restart(const std::vector<RecordedFile>& files) {
  Listing listing;
  for (const RecordedFile& file : files) listing.emplace(file.path, &file);
  perform_unanswered(listing);
  adopt_names(listing);
  issued_.clear();
  open_.clear();
  files_.release_all();
  return differences(files);
}

// Tries every number of changes of names that may have happened before the end, and keeps the
// first after which all names and contents are as recorded, or else the nearest.
void ReplayDisk::perform_unanswered(const Listing& listing) {
  std::vector<FileOp> names;
  for (const FileOp& op : issued_) {
    if (changes_names(op.kind)) names.push_back(op);
  }
  std::vector<RecordedFile> recorded;
  for (const auto& [path, file] : listing) recorded.push_back(*file);
  std::optional<ReplayDisk> nearest;
  std::size_t fewest = 0;
  for (std::size_t done = 0;; ++done) {
    const bool half = done < names.size() && perform_half_removal(names[done], listing);
    if (same_names(listing)) {
      ReplayDisk trial = *this;
      trial.perform_writes(listing);
      const std::size_t different = trial.differences(recorded).size();
      if (!nearest || different < fewest) {
        nearest = std::move(trial);
        fewest = different;
      }
      if (fewest == 0) break;
    }
    if (half || done == names.size()) break;
    IoDone answer;
    perform(names[done], answer);
  }
  if (nearest) {
    *this = std::move(*nearest);
  } else {
    perform_writes(listing);
  }
}

bool ReplayDisk::same_names(const Listing& listing) const {
  const auto here = paths();
  return std::equal(here.begin(), here.end(), listing.begin(), listing.end(),
                    [](const auto& a, const auto& b) { return a.first == b.first; });
}

bool ReplayDisk::perform_half_removal(const FileOp& removal, const Listing& listing) {
  if (removal.kind != FileOpKind::kRemove) return false;
  const std::string below = removal.path + "/";
  if (!listing.contains(below)) return false;
  std::vector<std::string> gone;
  for (const auto& [path, inode] : paths()) {
    if (listing.contains(path)) continue;
    if (!path.starts_with(below)) return false;
    gone.push_back(path);
  }
  if (gone.empty()) return false;
  for (const std::string& path : gone) static_cast<void>(files_.remove(path));
  return true;
}

void ReplayDisk::perform_writes(const Listing& listing) {
  // Files that are open already, and those whose open changes no name.
  for (const FileOp& op : issued_) {
    if (op.kind != FileOpKind::kOpen || open_.contains(op.file)) continue;
    const Inode file = files_.find(op.path);
    if (file == FileSystem::kNone || files_.is_directory(file)) continue;
    IoDone answer;
    perform(op, answer);
  }
  std::map<Inode, std::vector<FileOp>> writes;
  for (const FileOp& op : issued_) {
    const Inode file = inode_of(op.file);
    if (changes_content(op.kind) && file != FileSystem::kNone) writes[file].push_back(op);
  }
  for (const auto& [path, inode] : paths()) {
    const auto of_file = writes.find(inode);
    const auto recorded = listing.find(path);
    if (of_file == writes.end() || recorded == listing.end()) continue;
    perform_writes_of(inode, of_file->second, *recorded->second);
  }
}

void ReplayDisk::perform_writes_of(Inode file, const std::vector<FileOp>& writes,
                                   const RecordedFile& recorded) {
  for (const FileOp& op : writes) {
    if (matches(file, recorded)) return;
    if (const auto part = cut_at(op, recorded.size)) {
      const world::FileSystem before = files_;
      IoDone answer;
      perform(*part, answer);
      if (matches(file, recorded)) return;
      files_ = before;
      hashes_.erase(file);
    }
    IoDone answer;
    perform(op, answer);
  }
}

void ReplayDisk::adopt_names(const Listing& listing) {
  const auto here = paths();
  // From the last path to the first: what a directory holds goes before it.
  for (auto at = here.rbegin(); at != here.rend(); ++at) {
    if (!listing.contains(at->first)) static_cast<void>(files_.remove(at->first));
  }
  for (const auto& [path, recorded] : listing) {
    if (here.contains(path)) continue;
    if (path.ends_with('/')) {
      static_cast<void>(files_.make_dir(path));
    } else if (recorded->size == 0) {
      Inode file = FileSystem::kNone;
      if (files_.open(path, file) == IoStatus::kOk) files_.release(file);
    }
  }
}

}  // namespace logarium::run
