#include "engine/live/directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "engine/live/system.hpp"

namespace logarium::live {
Result<DirectoryLock> DirectoryLock::take(const std::string& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return Error{"cannot make the directory " + directory + ": " + failed.message()};
  const std::string path = directory + "/.lock";
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (fd.get() < 0) return Error{"cannot write to " + directory + ": " + words(errno)};
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return DirectoryLock(std::move(fd));
  if (errno == EWOULDBLOCK) {
    return Error{"the directory " + directory + " is in use by another process (it holds " + path +
                 ")"};
  }
  return Error{"cannot lock " + path + ": " + words(errno)};
}

Result<TemporaryDirectory> TemporaryDirectory::make() {
  const char* base = std::getenv("TMPDIR");
  std::string path = std::string(base != nullptr && *base != 0 ? base : "/tmp");
  path += "/logarium-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return Error{"cannot make a temporary directory " + path + ": " + words(errno)};
  }
  return TemporaryDirectory(path);
}

void TemporaryDirectory::remove() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  path_.clear();
}

std::string cluster_id_of(const std::string& directory) {
  constexpr std::string_view kKey = "cluster.id=";
  std::ifstream file(directory + "/meta.properties");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(kKey)) return line.substr(kKey.size());
  }
  return {};
}

}  // namespace logarium::live
