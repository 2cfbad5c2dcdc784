#pragma once
// Disk: one node's simulated disk: a file system, a queue of operations performed strictly in
// issue order, their durations, and its faults. An operation changes the page cache at the moment
// at which its IoDone is made, so what a crash keeps is exactly what was answered plus a seeded
// prefix of what was not.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/io.hpp"
#include "engine/base/random.hpp"
#include "engine/base/time.hpp"
#include "sim/world/file_system.hpp"
#include "sim/world/options.hpp"
#include "sim/world/ring.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

class Disk {
 public:
  Disk(const DiskOptions& options, Random random) : options_(options), random_(random) {}

  // Queues an operation. True when the disk was idle: then begin() must be scheduled for.
  [[nodiscard]] bool submit(const FileOp& op);
  [[nodiscard]] bool idle() const { return queue_.empty(); }
  // Starts the oldest operation and returns when it is done. REQUIRES: !idle().
  Instant begin(Instant now, FaultCounts& counts);
  // Performs the oldest operation and answers it in `done`. REQUIRES: !idle().
  void finish(IoDone& done, FaultCounts& counts, Counters& counters);
  // Grows when the queue is dropped or the oldest operation gets another end, so that a scheduled
  // completion is known to be stale.
  [[nodiscard]] std::uint32_t generation() const { return generation_; }

  // The process died: a seeded prefix of the unfinished operations is applied, the last one
  // possibly torn. Returns bytes of unfinished writes that were not applied.
  std::int64_t crash();
  struct PowerLoss {
    FileSystem::Loss files;
    std::int64_t torn_bytes = 0;  // as crash() returns
  };
  // The machine lost its power.
  PowerLoss lose_power();
  // Everything is gone; returns how many bytes. REQUIRES: idle().
  std::int64_t wipe();
  // Flips one seeded bit of one seeded file whose path starts with `prefix` and that is not
  // empty. Returns its path; empty when there is no such file.
  std::string rot(std::string_view prefix);
  // A flipped bit: which byte of which file it was in. The byte may have gone since, or the file.
  struct Rot {
    std::string path;
    std::int64_t position = 0;
  };
  // All of them since the disk was last empty, in order.
  [[nodiscard]] const std::vector<Rot>& rotten() const { return rotten_; }

  void begin_fault(FaultId id, const DiskFault& fault) { faults_.emplace(id, fault); }
  // What is left to do of an operation that the fault slowed goes on without it: returns when the
  // operation is done now, under a new generation.
  [[nodiscard]] std::optional<Instant> end_fault(FaultId id, Instant now);

  // For checkers and tests.
  [[nodiscard]] const FileSystem& files() const { return files_; }
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  [[nodiscard]] std::uint64_t random_fingerprint() const { return random_.fingerprint(); }

 private:
  // Index into open_; its size when the file is not open.
  [[nodiscard]] std::size_t slot_of(FileId file) const;
  [[nodiscard]] bool fails(const FileOp& op, FaultCounts& counts);
  [[nodiscard]] bool full() const;
  // How long the operation takes on a healthy disk.
  [[nodiscard]] Duration duration_of(const FileOp& op);
  void perform(FileOp& op, IoDone& done, FaultCounts& counts);
  void perform_open(const FileOp& op, IoDone& done, FaultCounts& counts);
  void perform_write(FileOp& op, FileSystem::Inode inode, IoDone& done, FaultCounts& counts);
  // Applies a prefix of the queue and drops the rest; returns bytes of writes not applied.
  std::int64_t apply_unfinished();

  struct OpenFile {
    FileId id;
    FileSystem::Inode inode = FileSystem::kNone;
    std::string path;  // as opened, for faults by path
  };

  DiskOptions options_;
  Random random_;
  FileSystem files_;
  Ring<FileOp> queue_;
  std::vector<OpenFile> open_;  // by file id
  std::map<FaultId, DiskFault> faults_;
  Instant done_at_{0};              // of the oldest operation, once begun
  std::vector<FaultId> slowed_by_;  // that operation
  std::vector<Rot> rotten_;
  std::uint32_t generation_ = 0;
};

}  // namespace logarium::world
