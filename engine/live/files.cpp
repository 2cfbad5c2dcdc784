#include "engine/live/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "engine/base/ensure.hpp"
#include "engine/live/buffers.hpp"

namespace logarium::live {
namespace {

constexpr int kFileMode = 0644;
constexpr int kDirectoryMode = 0755;

IoStatus status_of(int error) {
  switch (error) {
    case ENOENT:
      return IoStatus::kNotFound;
    case ENOSPC:
    case EDQUOT:
      return IoStatus::kNoSpace;
    default:
      return IoStatus::kIoError;
  }
}

std::string words(std::string_view verb, const std::string& what, int error) {
  return "cannot " + std::string(verb) + " " + what + ": " +
         std::error_code(error, std::generic_category()).message();
}

IoStatus sync_directory(const std::string& path, std::string& error) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    const int reason = errno;
    error = words("open", path, reason);
    return status_of(reason);
  }
  const int result = ::fsync(fd);
  const int reason = errno;
  ::close(fd);
  if (result == 0) return IoStatus::kOk;
  error = words("sync", path, reason);
  return status_of(reason);
}

}  // namespace

Files::~Files() {
  for (const auto& [file, fd] : open_) ::close(fd);
}

std::string Files::path_of(const std::string& relative) const {
  return relative.empty() ? directory_ : directory_ + "/" + relative;
}

int Files::fd_of(FileId file) const {
  const auto found = open_.find(file.value());
  return found == open_.end() ? -1 : found->second;
}

IoStatus Files::failed(const FileOp& op, int error) {
  last_error_ = words("use", path_of(op.path), error);
  return status_of(error);
}

void Files::perform(const FileOp& op, IoDone& done) {
  ENSURE(!lasting(op.kind));
  switch (op.kind) {
    case FileOpKind::kOpen:
      done.status = open(op, done);
      return;
    case FileOpKind::kRename:
      done.status = rename(op);
      return;
    case FileOpKind::kMakeDir:
      if (::mkdir(path_of(op.path).c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
        done.status = failed(op, errno);
      }
      return;
    case FileOpKind::kList:
      done.status = list(op, done);
      return;
    default:
      break;
  }
  const int fd = fd_of(op.file);
  if (fd < 0) {
    done.status = IoStatus::kNotFound;  // its open failed
  } else if (op.kind == FileOpKind::kWrite) {
    done.status = write(op, fd, done);
  } else if (op.kind == FileOpKind::kRead) {
    done.status = read(op, fd, done);
  } else if (op.kind == FileOpKind::kTruncate) {
    done.status = truncate(op, fd);
  } else {
    ::close(fd);
    open_.erase(op.file.value());
  }
}

IoStatus Files::open(const FileOp& op, IoDone& done) {
  const int fd = ::open(path_of(op.path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (fd < 0) return failed(op, errno);
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int error = errno;
    ::close(fd);
    return failed(op, error);
  }
  ENSURE(open_.emplace(op.file.value(), fd).second);
  done.length = info.st_size;
  return IoStatus::kOk;
}

IoStatus Files::rename(const FileOp& op) {
  const std::string to = path_of(op.to);
  // A file system may write a file out before it lets it replace another (ext4's auto_da_alloc);
  // where nothing has to outlive the process, nobody shall wait for that.
  if (durability_ == Durability::kPageCache) ::unlink(to.c_str());
  return ::rename(path_of(op.path).c_str(), to.c_str()) == 0 ? IoStatus::kOk : failed(op, errno);
}

// For the same reason a file that is as long as it shall be is left alone.
IoStatus Files::truncate(const FileOp& op, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) == 0 && info.st_size == op.length) return IoStatus::kOk;
  return ::ftruncate(fd, op.length) == 0 ? IoStatus::kOk : failed(op, errno);
}

IoStatus Files::write(const FileOp& op, int fd, IoDone& done) {
  const ByteView head = op.bytes.head_view();
  const ByteView body = op.bytes.body.view();
  const std::int64_t wanted = op.bytes.size();
  while (done.length < wanted) {
    const auto at = static_cast<std::size_t>(done.length);
    const ByteView first = head.subspan(std::min(at, head.size()));
    const ByteView second = body.subspan(at - std::min(at, head.size()));
    // writev takes what it does not write as non-const.
    std::array<iovec, 2> parts{
        iovec{const_cast<std::byte*>(first.data()), first.size()},
        iovec{const_cast<std::byte*>(second.data()), second.size()},
    };
    const ssize_t n = ::pwritev(fd, parts.data(), 2, op.position + done.length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(op, errno);
    done.length += n;
  }
  return IoStatus::kOk;
}

IoStatus Files::read(const FileOp& op, int fd, IoDone& done) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failed(op, errno);
  const std::int64_t there = std::max<std::int64_t>(info.st_size - op.position, 0);
  const auto size = static_cast<std::size_t>(std::min(op.length, there));
  const std::shared_ptr<std::byte[]> storage = take_buffer(size);
  if (storage == nullptr) return failed(op, ENOMEM);
  std::size_t at = 0;
  while (at < size) {
    const ssize_t n =
        ::pread(fd, storage.get() + at, size - at, op.position + static_cast<std::int64_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(op, errno);
    if (n == 0) break;
    at += static_cast<std::size_t>(n);
  }
  done.data = Bytes(storage, at);
  done.length = static_cast<std::int64_t>(at);
  return IoStatus::kOk;
}

IoStatus Files::list(const FileOp& op, IoDone& done) {
  const std::string path = path_of(op.path);
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return failed(op, errno);
  while (const dirent* entry = ::readdir(directory)) {
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_directory = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat info {};
      is_directory = ::stat((path + "/" + name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    }
    if (is_directory) name += '/';
    done.names.push_back(std::move(name));
  }
  ::closedir(directory);
  // By name; the mark of a directory does not count.
  const auto name_of = [](const std::string& entry) {
    return std::string_view(entry).substr(0, entry.size() - (entry.ends_with('/') ? 1 : 0));
  };
  std::sort(done.names.begin(), done.names.end(),
            [&](const std::string& a, const std::string& b) { return name_of(a) < name_of(b); });
  return IoStatus::kOk;
}

Files::Lasting Files::prepare(const FileOp& op) const {
  if (op.kind == FileOpKind::kSync) return {op.kind, fd_of(op.file), {}};
  return {op.kind, -1, path_of(op.path)};
}

IoStatus Files::perform(const Lasting& lasting, std::string& error) {
  if (lasting.kind == FileOpKind::kSyncDir) return sync_directory(lasting.path, error);
  if (lasting.kind == FileOpKind::kSync) {
    if (lasting.fd < 0) return IoStatus::kNotFound;  // its open failed
    if (::fdatasync(lasting.fd) == 0) return IoStatus::kOk;
    const int reason = errno;
    error = words("sync", "a file", reason);
    return status_of(reason);
  }
  std::error_code failed;
  const std::uintmax_t removed = std::filesystem::remove_all(lasting.path, failed);
  if (failed) {
    error = words("remove", lasting.path, failed.value());
    return status_of(failed.value());
  }
  return removed == 0 ? IoStatus::kNotFound : IoStatus::kOk;
}

}  // namespace logarium::live
