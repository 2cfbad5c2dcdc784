// `logarium view`: starts logarium-viewer, which stands beside this program.

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode view(const ViewVerb& verb) {
  std::error_code failure;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::filesystem::path viewer = self.parent_path() / "logarium-viewer";
  if (failure || !std::filesystem::exists(viewer, failure)) {
    complain(
        fmt::format("view: {} was not built; it needs the packages of group view in .ci/packages "
                    "(libimgui-dev, "
                    "libstb-dev, libglfw3-dev and others), which `./logarium view` installs",
                    viewer.string()));
    return ExitCode::kOwnFailure;
  }
  std::string path = viewer.string();
  std::vector<std::string> words = verb.arguments;
  std::vector<char*> arguments{path.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(path.c_str(), arguments.data());
  complain(fmt::format("view: cannot start {}: {}", path, std::strerror(errno)));
  return ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
