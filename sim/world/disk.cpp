#include "sim/world/disk.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

// Time for so many bytes at so many per second (0: at once).
Duration transfer(std::int64_t bytes, std::int64_t bytes_per_second) {
  if (bytes_per_second <= 0 || bytes <= 0) return {};
  constexpr std::int64_t kSecond = 1'000'000'000;
  return {bytes / bytes_per_second * kSecond +
          bytes % bytes_per_second * (kSecond / 1000) / bytes_per_second * 1000};
}

bool covers(const DiskFault& fault, FileOpKind kind) {
  switch (kind) {
    case FileOpKind::kWrite:
    case FileOpKind::kTruncate:
      return fault.writes;
    case FileOpKind::kRead:
      return fault.reads;
    case FileOpKind::kSync:
    case FileOpKind::kSyncDir:
      return fault.syncs;
    case FileOpKind::kOpen:
    case FileOpKind::kClose:
    case FileOpKind::kRename:
    case FileOpKind::kRemove:
    case FileOpKind::kMakeDir:
    case FileOpKind::kList:
      return fault.others;
  }
  return false;
}

}  // namespace

bool Disk::submit(const FileOp& op) {
  queue_.push(op);
  return queue_.size() == 1;
}

std::size_t Disk::slot_of(FileId file) const {
  const auto found = std::lower_bound(open_.begin(), open_.end(), file,
                                      [](const OpenFile& a, FileId b) { return a.id < b; });
  if (found == open_.end() || found->id != file) return open_.size();
  return static_cast<std::size_t>(found - open_.begin());
}

Duration Disk::duration_of(const FileOp& op) {
  switch (op.kind) {
    case FileOpKind::kWrite:
      return options_.write_latency.draw(random_) +
             transfer(op.bytes.size(), options_.write_bytes_per_second);
    case FileOpKind::kRead:
      return options_.read_latency.draw(random_) +
             transfer(op.length, options_.read_bytes_per_second);
    case FileOpKind::kSync: {
      const std::size_t slot = slot_of(op.file);
      const std::int64_t dirty =
          slot < open_.size() ? files_.file(open_[slot].inode).unsynced_bytes() : 0;
      return options_.sync_latency.draw(random_) + transfer(dirty, options_.sync_bytes_per_second);
    }
    case FileOpKind::kSyncDir:
      return options_.sync_latency.draw(random_);
    case FileOpKind::kOpen:
    case FileOpKind::kClose:
    case FileOpKind::kTruncate:
    case FileOpKind::kRename:
    case FileOpKind::kRemove:
    case FileOpKind::kMakeDir:
    case FileOpKind::kList:
      return options_.meta_latency.draw(random_);
  }
  return {};
}

Instant Disk::begin(Instant now, FaultCounts& counts) {
  Duration took = duration_of(queue_.front());
  slowed_by_.clear();
  for (const auto& [id, fault] : faults_) {
    if (fault.kind != FaultKind::kDiskSlow) continue;
    took = took * fault.factor;
    slowed_by_.push_back(id);
    counts.add(FaultKind::kDiskSlow);
  }
  done_at_ = now + took;
  return done_at_;
}

std::optional<Instant> Disk::end_fault(FaultId id, Instant now) {
  const auto fault = faults_.find(id);
  if (fault == faults_.end()) return std::nullopt;
  const std::int64_t factor = fault->second.factor;
  faults_.erase(fault);
  if (idle() || std::erase(slowed_by_, id) == 0) return std::nullopt;
  done_at_ = now + (done_at_ - now) / factor;
  ++generation_;
  return done_at_;
}

bool Disk::full() const {
  return std::any_of(faults_.begin(), faults_.end(), [](const auto& running) {
    return running.second.kind == FaultKind::kDiskFull;
  });
}

bool Disk::fails(const FileOp& op, FaultCounts& counts) {
  for (const auto& [id, fault] : faults_) {
    if (fault.kind != FaultKind::kDiskError || !covers(fault, op.kind)) continue;
    if (!fault.path_prefix.empty()) {
      const std::size_t slot = slot_of(op.file);
      const std::string& path = op.path.empty() && slot < open_.size() ? open_[slot].path : op.path;
      if (!path.starts_with(fault.path_prefix)) continue;
    }
    if (fault.ppm < 1'000'000 && !random_.chance_ppm(fault.ppm)) continue;
    counts.add(FaultKind::kDiskError);
    return true;
  }
  return false;
}

void Disk::perform_open(const FileOp& op, IoDone& done, FaultCounts& counts) {
  if (full() && files_.find(op.path) == FileSystem::kNone) {
    counts.add(FaultKind::kDiskFull);
    done.status = IoStatus::kNoSpace;
    return;
  }
  const FileSystem::Inode inode = files_.perform(op, FileSystem::kNone, done);
  if (inode == FileSystem::kNone) return;
  ENSURE(slot_of(op.file) == open_.size());
  const auto at = std::lower_bound(open_.begin(), open_.end(), op.file,
                                   [](const OpenFile& a, FileId b) { return a.id < b; });
  open_.insert(at, {op.file, inode, op.path});
}

void Disk::perform_write(FileOp& op, FileSystem::Inode inode, IoDone& done, FaultCounts& counts) {
  const std::int64_t wanted = op.bytes.size();
  const std::int64_t grows =
      std::max<std::int64_t>(op.position + wanted - files_.file(inode).size(), 0);
  const bool full_by_fault = full();
  if (grows > 0 && (full_by_fault || files_.used_bytes() + grows > options_.capacity_bytes)) {
    if (full_by_fault) counts.add(FaultKind::kDiskFull);
    // Nothing or a part fits, as on a file system that allocates page by page.
    const std::int64_t part = wanted > 0 ? random_.between(0, wanted - 1) : 0;
    const std::int64_t room = options_.capacity_bytes - files_.used_bytes();
    done.length = full_by_fault ? part : std::min(part, std::max<std::int64_t>(room, 0));
    if (done.length > 0) files_.write(inode, op.position, first_of(op.bytes, done.length));
    done.status = IoStatus::kNoSpace;
    return;
  }
  files_.write(inode, op.position, std::move(op.bytes));
  done.length = wanted;
}

void Disk::perform(FileOp& op, IoDone& done, FaultCounts& counts) {
  if (op.kind == FileOpKind::kOpen) return perform_open(op, done, counts);
  const std::size_t slot = slot_of(op.file);
  const bool open = slot < open_.size();
  const FileSystem::Inode inode = open ? open_[slot].inode : FileSystem::kNone;
  if (op.kind == FileOpKind::kWrite && open) return perform_write(op, inode, done, counts);
  files_.perform(op, inode, done);
  if (op.kind == FileOpKind::kClose && open) {
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(slot));
  }
}

void Disk::finish(IoDone& done, FaultCounts& counts, Counters& counters) {
  FileOp& op = queue_.front();
  done.id = op.id;
  done.cookie = op.cookie;
  done.kind = op.kind;
  done.status = IoStatus::kOk;
  done.length = 0;
  done.data = {};
  done.names.clear();
  if (op.kind != FileOpKind::kClose && !faults_.empty() && fails(op, counts)) {
    done.status = IoStatus::kIoError;
  } else {
    perform(op, done, counts);
  }
  ++counters.file_operations;
  if (op.kind == FileOpKind::kWrite) counters.bytes_written += done.length;
  if (op.kind == FileOpKind::kRead) counters.bytes_read += done.length;
  queue_.drop();
}

std::int64_t Disk::apply_unfinished() {
  std::int64_t torn = 0;
  if (!queue_.empty()) {
    FaultCounts uncounted;
    IoDone done;
    std::size_t keep = random_.below(queue_.size() + 1);
    for (; keep > 0; --keep) {
      perform(queue_.front(), done, uncounted);
      queue_.drop();
    }
    // The next one may have been half done.
    if (!queue_.empty() && queue_.front().kind == FileOpKind::kWrite) {
      FileOp& op = queue_.front();
      const std::int64_t part = random_.between(0, op.bytes.size());
      torn += op.bytes.size() - part;
      if (part > 0) {
        op.bytes = first_of(op.bytes, part);
        perform(op, done, uncounted);
      }
      queue_.drop();
    }
    for (std::size_t i = 0; i < queue_.size(); ++i) torn += queue_[i].bytes.size();
  }
  queue_.clear();
  ++generation_;
  return torn;
}

std::int64_t Disk::crash() {
  const std::int64_t torn = apply_unfinished();
  open_.clear();
  files_.release_all();
  return torn;
}

Disk::PowerLoss Disk::lose_power() {
  PowerLoss loss;
  loss.torn_bytes = apply_unfinished();
  open_.clear();
  loss.files = files_.lose_power(random_, options_.torn);
  return loss;
}

std::int64_t Disk::wipe() {
  ENSURE(idle());
  const std::int64_t bytes = files_.used_bytes();
  files_ = FileSystem();
  open_.clear();
  rotten_.clear();
  return bytes;
}

std::string Disk::rot(std::string_view prefix) {
  std::vector<std::string> candidates;
  for (std::string& path : files_.files()) {
    if (path.starts_with(prefix) && files_.file(files_.find(path)).size() > 0) {
      candidates.push_back(std::move(path));
    }
  }
  if (candidates.empty()) return {};
  const std::string path = candidates[random_.below(candidates.size())];
  const FileSystem::Inode inode = files_.find(path);
  const std::int64_t position = random_.between(0, files_.file(inode).size() - 1);
  files_.flip_bit(inode, position, static_cast<unsigned>(random_.below(8)));
  rotten_.push_back({path, position});
  return path;
}

}  // namespace logarium::world
