#include "engine/live/recording.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"

namespace logarium::live {
namespace {

namespace fs = std::filesystem;

Error failed(std::string_view what, const std::string& path, int error) {
  return Error{fmt::format("recording: cannot {} {}: {}", what, path, std::strerror(error))};
}

// A file's bytes as the page cache has them.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path) {
    const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) return failed("read", path, errno);
    MappedFile file;
    file.size_ = static_cast<std::size_t>(info.st_size);
    if (file.size_ == 0) return file;
    void* data = ::mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (data == MAP_FAILED) return failed("read", path, errno);
    file.data_ = data;
    return file;
  }
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }
  [[nodiscard]] ByteView view() const { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  MappedFile() = default;
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

Result<> list_files(const std::string& root, const std::string& below,
                    std::vector<runtime::RecordedFile>& out) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root + "/" + below, error)) {
    runtime::RecordedFile file;
    file.path = below + entry.path().filename().string();
    std::error_code inner;
    if (entry.is_directory(inner)) {
      file.path += '/';
      out.push_back(file);
      if (Result<> listed = list_files(root, file.path, out); !listed) return listed;
      continue;
    }
    const Result<MappedFile> content = MappedFile::open(root + "/" + file.path);
    if (!content) return content.error();
    file.size = static_cast<std::int64_t>(content.value().view().size());
    file.hash = hash_bytes(content.value().view());
    out.push_back(std::move(file));
  }
  if (error) return Error{fmt::format("recording: cannot list {}: {}", root, error.message())};
  return Ok{};
}

// Whether a recording below `directory` would record itself.
bool lies_within(const std::string& directory, const std::string& data) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(directory, error) / "";
  const fs::path outer = fs::weakly_canonical(data, error) / "";
  return inner.string().starts_with(outer.string());
}

// The log of the highest number in the node's folder.
struct LastLog {
  std::uint32_t number = 0;  // 0: there is none
  bool ended = false;        // its process lived on when it could not be written any more
};

LastLog last_log(const std::string& folder) {
  LastLog last;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool ended = name.ends_with(runtime::kEndedLogExtension);
    if (!ended && !name.ends_with(runtime::kLogExtension)) continue;
    const std::size_t extension =
        ended ? runtime::kEndedLogExtension.size() : runtime::kLogExtension.size();
    std::uint32_t number = 0;
    const char* end = name.data() + name.size() - extension;
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number > last.number) {
      last = {number, ended};
    }
  }
  return last;
}

}  // namespace

Result<std::unique_ptr<Recording>> Recording::open(const RecordingOptions& options) {
  if (lies_within(options.directory, options.data)) {
    return Error{
        fmt::format("recording: {} lies within the data directory {}; choose one beside it",
                    options.directory, options.data)};
  }
  const std::string folder = options.directory + "/" + options.name;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return Error{fmt::format("recording: cannot make {}: {}", folder, error.message())};
  }
  const LastLog last = last_log(folder);
  const Incarnation incarnation(last.number + 1);
  const std::string path =
      options.directory + "/" + runtime::input_log_path(options.name, incarnation);
  const std::string unfinished = path + ".new";
  OwnedFd file(
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (file.get() < 0) return failed("write", unfinished, errno);
  std::unique_ptr<Recording> recording(new Recording(std::move(file), path, incarnation));
  const bool stored = last.number == 0 || last.ended;
  const auto contents = stored ? runtime::FileContents::kStored : runtime::FileContents::kPrevious;
  if (const Result<> begun = recording->begin(options, contents); !begun) return begun.error();
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return failed("write", path, errno);
  recording->named_ = true;
  return recording;
}

Result<> Recording::begin(const RecordingOptions& options, runtime::FileContents contents) {
  runtime::InputLogStart start;
  start.fingerprint = options.fingerprint;
  start.name = options.name;
  start.incarnation = incarnation_;
  start.seed = options.seed;
  start.setup = options.setup;
  start.contents = contents;
  if (const Result<> listed = list_files(options.data, "", start.files); !listed) return listed;
  std::sort(start.files.begin(), start.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  if (const Result<> written = writer_.start(start); !written) return written;
  return contents == runtime::FileContents::kStored ? store(options.data, start) : Result<>(Ok{});
}

Result<> Recording::store(const std::string& data, const runtime::InputLogStart& start) {
  for (std::size_t i = 0; i < start.files.size(); ++i) {
    if (start.files[i].size == 0) continue;
    const Result<MappedFile> content = MappedFile::open(data + "/" + start.files[i].path);
    if (!content) return content.error();
    const ByteView bytes = content.value().view();
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min(bytes.size() - at, runtime::InputLogWriter::kPieceBytesMax);
      const Result<> written =
          writer_.file_content(i, static_cast<std::int64_t>(at), bytes.subspan(at, size));
      if (!written) return written;
      at += size;
    }
  }
  return Ok{};
}

Result<> Recording::write(std::span<const ByteView> parts) {
  const Result<> written = write_all(parts);
  if (written || !named_) return written;
  std::string ended = path_.substr(0, path_.size() - runtime::kLogExtension.size());
  ended += runtime::kEndedLogExtension;
  if (::rename(path_.c_str(), ended.c_str()) == 0) return written;
  return Error{
      fmt::format("{}; nor can it be renamed {}: {}; its replay and the next one's will "
                  "differ",
                  written.error().message, ended, std::strerror(errno))};
}

Result<> Recording::write_all(std::span<const ByteView> parts) {
  constexpr std::size_t kPartsMax = 4;
  ENSURE(parts.size() <= kPartsMax);
  std::array<iovec, kPartsMax> vectors{};
  std::size_t count = 0;
  for (const ByteView part : parts) {
    if (part.empty()) continue;
    vectors[count].iov_base = const_cast<std::byte*>(part.data());
    vectors[count++].iov_len = part.size();
  }
  std::size_t first = 0;
  while (first < count) {
    const ssize_t done = ::writev(file_.get(), &vectors[first], static_cast<int>(count - first));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failed("write", path_, errno);
    auto left = static_cast<std::size_t>(done);
    while (first < count && left >= vectors[first].iov_len) left -= vectors[first++].iov_len;
    if (first == count) break;
    vectors[first].iov_base = static_cast<std::byte*>(vectors[first].iov_base) + left;
    vectors[first].iov_len -= left;
  }
  return Ok{};
}

}  // namespace logarium::live
