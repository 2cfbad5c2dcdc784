#pragma once
// Data directories: a lock against a second process, temporary ones, and what meta.properties says
// about the cluster.

#include <map>
#include <optional>
#include <string>

#include "engine/base/result.hpp"
#include "engine/live/sockets.hpp"

namespace logarium::live {

// Holds DIRECTORY/.lock (flock) until it is destroyed or the process ends.
class DirectoryLock {
 public:
  // Makes the directory with its parents. Error: it cannot be made or written, or another process
  // holds it.
  [[nodiscard]] static Result<DirectoryLock> take(const std::string& directory);

 private:
  explicit DirectoryLock(OwnedFd fd) : fd_(std::move(fd)) {}
  OwnedFd fd_;
};

// A directory that is removed with all it holds when this is destroyed.
class TemporaryDirectory {
 public:
  // Below $TMPDIR, or /tmp.
  [[nodiscard]] static Result<TemporaryDirectory> make();
  ~TemporaryDirectory() { remove(); }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  void remove();

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// cluster.id in the directory's meta.properties; empty when there is no such file or line.
[[nodiscard]] std::string cluster_id_of(const std::string& directory);

}  // namespace logarium::live
