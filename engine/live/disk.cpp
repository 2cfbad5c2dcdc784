#include "engine/live/disk.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::live {
namespace {

bool of_an_open_file(FileOpKind kind) {
  switch (kind) {
    case FileOpKind::kOpen:
    case FileOpKind::kClose:
    case FileOpKind::kWrite:
    case FileOpKind::kRead:
    case FileOpKind::kTruncate:
    case FileOpKind::kSync:
      return true;
    case FileOpKind::kSyncDir:
    case FileOpKind::kRename:
    case FileOpKind::kRemove:
    case FileOpKind::kMakeDir:
    case FileOpKind::kList:
      return false;
  }
  return false;
}

bool changes_names(FileOpKind kind) {
  return kind == FileOpKind::kRename || kind == FileOpKind::kRemove || kind == FileOpKind::kMakeDir;
}

}  // namespace

Disk::Disk(std::string directory, Durability durability, std::function<void()> wake)
    : durability_(durability), wake_(std::move(wake)), files_(std::move(directory), durability) {}

Disk::~Disk() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  changed_.notify_one();
  thread_.join();
}

bool Disk::waits_for(const FileOp& later, const FileOp& earlier) {
  switch (later.kind) {
    case FileOpKind::kTruncate:
    case FileOpKind::kSyncDir:
    case FileOpKind::kRename:
    case FileOpKind::kRemove:
      return true;
    case FileOpKind::kMakeDir:
    case FileOpKind::kList:
    case FileOpKind::kOpen:
      return changes_names(earlier.kind);
    case FileOpKind::kClose:
    case FileOpKind::kWrite:
    case FileOpKind::kRead:
    case FileOpKind::kSync:
      return of_an_open_file(earlier.kind) && earlier.file == later.file;
  }
  return true;
}

void Disk::submit(FileOp op) {
  const bool free = std::none_of(pending_.begin(), pending_.end(),
                                 [&](const Pending& earlier) { return waits_for(op, earlier.op); });
  if (free && begin(op)) return;
  pending_.push_back({std::move(op), free});
}

bool Disk::begin(const FileOp& op) {
  if (!Files::lasting(op.kind)) {
    IoDone done;
    done.id = op.id;
    done.cookie = op.cookie;
    done.kind = op.kind;
    files_.perform(op, done);
    if (done.status != IoStatus::kOk) error_ = files_.last_error();
    done_.push_back(std::move(done));
    return true;
  }
  if (durability_ == Durability::kPageCache && op.kind != FileOpKind::kRemove) {
    answer(op, IoStatus::kOk);
    return true;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back({op.id, files_.prepare(op)});
  }
  changed_.notify_one();
  return false;
}

void Disk::answer(const FileOp& op, IoStatus status) {
  IoDone done;
  done.id = op.id;
  done.cookie = op.cookie;
  done.kind = op.kind;
  done.status = status;
  done_.push_back(std::move(done));
}

void Disk::collect() {
  std::vector<Finished> finished;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    finished.swap(finished_);
  }
  for (Finished& job : finished) {
    const auto at = std::find_if(pending_.begin(), pending_.end(),
                                 [&](const Pending& pending) { return pending.op.id == job.id; });
    ENSURE(at != pending_.end() && at->running);
    if (!job.error.empty()) error_ = std::move(job.error);
    answer(at->op, job.status);
    pending_.erase(at);
  }
  if (!finished.empty()) begin_waiting();
}

void Disk::begin_waiting() {
  for (std::size_t i = 0; i < pending_.size();) {
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(i);
    const bool free =
        !pending_[i].running && std::none_of(pending_.begin(), end, [&](const Pending& earlier) {
          return waits_for(pending_[i].op, earlier.op);
        });
    if (free && begin(pending_[i].op)) {
      pending_.erase(end);
      continue;
    }
    if (free) pending_[i].running = true;
    ++i;
  }
}

bool Disk::take(IoDone& done) {
  if (done_.empty()) return false;
  done = std::move(done_.front());
  done_.pop_front();
  return true;
}

void Disk::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Finished finished{job.id, IoStatus::kOk, {}};
    finished.status = Files::perform(job.lasting, finished.error);
    lock.lock();
    finished_.push_back(std::move(finished));
    const bool first = finished_.size() == 1;
    lock.unlock();
    if (first) wake_();
    lock.lock();
  }
}

}  // namespace logarium::live
