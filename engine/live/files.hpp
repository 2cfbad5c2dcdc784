#pragma once
// Files: the file operations of one node on real files below its data directory. Each is performed
// at once by the calling thread; when and in which order is the Disk's part. Failures of the
// operating system become statuses: ENOSPC and EDQUOT no space, ENOENT not found, all else an I/O
// error whose reason last_error() tells.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/base/io.hpp"

namespace logarium::live {

// Whether what is synced outlives a power failure. A directory that goes away with the process
// needs no device.
enum class Durability : std::uint8_t { kDevice, kPageCache };

class Files {
 public:
  // REQUIRES: the directory exists.
  explicit Files(std::string directory, Durability durability = Durability::kDevice)
      : directory_(std::move(directory)), durability_(durability) {}
  ~Files();
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  // Performs the operation and answers it. REQUIRES: it is none that lasting() names.
  void perform(const FileOp& op, IoDone& done);

  // Operations that wait for the device or walk a tree: another thread performs them.
  [[nodiscard]] static bool lasting(FileOpKind kind) {
    return kind == FileOpKind::kSync || kind == FileOpKind::kSyncDir || kind == FileOpKind::kRemove;
  }
  // What another thread needs to perform a lasting operation without touching this object. The
  // file stays open until it is done, since a close is ordered after it.
  struct Lasting {
    FileOpKind kind = FileOpKind::kSync;
    int fd = -1;       // of a sync
    std::string path;  // whole path of a directory, or of what is removed
  };
  [[nodiscard]] Lasting prepare(const FileOp& op) const;
  [[nodiscard]] static IoStatus perform(const Lasting& lasting, std::string& error);

  // The operating system's words about the latest failure; empty before the first.
  [[nodiscard]] const std::string& last_error() const { return last_error_; }
  [[nodiscard]] std::size_t open_files() const { return open_.size(); }

 private:
  [[nodiscard]] std::string path_of(const std::string& relative) const;
  [[nodiscard]] int fd_of(FileId file) const;
  [[nodiscard]] IoStatus failed(const FileOp& op, int error);
  [[nodiscard]] IoStatus open(const FileOp& op, IoDone& done);
  [[nodiscard]] IoStatus rename(const FileOp& op);
  [[nodiscard]] IoStatus truncate(const FileOp& op, int fd);
  [[nodiscard]] IoStatus write(const FileOp& op, int fd, IoDone& done);
  [[nodiscard]] IoStatus read(const FileOp& op, int fd, IoDone& done);
  [[nodiscard]] IoStatus list(const FileOp& op, IoDone& done);

  std::string directory_;
  Durability durability_;
  std::unordered_map<std::uint32_t, int> open_;
  std::string last_error_;
};

}  // namespace logarium::live
