// Replay: the logs of a recording as files.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sim/run/replay.hpp"

namespace logarium::run {
namespace {

namespace fs = std::filesystem;

class FileSource final : public runtime::LogSource {
 public:
  explicit FileSource(std::ifstream in) : in_(std::move(in)) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    in_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    if (in_.bad()) return Error{"cannot be read"};
    return static_cast<std::size_t>(in_.gcount());
  }

 private:
  std::ifstream in_;
};

Result<std::unique_ptr<runtime::LogSource>> open_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{"cannot be opened"};
  return std::unique_ptr<runtime::LogSource>(std::make_unique<FileSource>(std::move(in)));
}

}  // namespace

Result<std::vector<RecordedLog>> find_logs(const std::string& directory) {
  std::vector<RecordedLog> out;
  std::error_code error;
  for (const fs::directory_entry& node : fs::directory_iterator(directory, error)) {
    std::error_code inner;
    if (!node.is_directory(inner)) continue;
    for (const fs::directory_entry& log : fs::directory_iterator(node.path(), inner)) {
      const std::string full = log.path().string();
      if (!full.ends_with(runtime::kLogExtension)) continue;
      out.push_back(
          {fmt::format("{}/{}", node.path().filename().string(), log.path().filename().string()),
           [full] { return open_file(full); }});
    }
  }
  if (error) return Error{fmt::format("{}: {}", directory, error.message())};
  if (out.empty()) {
    return Error{fmt::format(
        "{}: no recording: it holds no NODE/*.inputs, as `serve --record` writes them", directory)};
  }
  std::sort(out.begin(), out.end(),
            [](const RecordedLog& a, const RecordedLog& b) { return a.path < b.path; });
  return out;
}

}  // namespace logarium::run
