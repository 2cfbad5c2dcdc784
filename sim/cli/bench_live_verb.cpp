#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

// librdkafka drives the load, and this program is not linked with it: the driver is a program of
// the tests, built where the library is there.
ExitCode bench_live(const BenchLiveVerb& verb) {
  std::error_code failure;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::string driver = (self.parent_path() / "live_bench").string();
  if (failure || ::access(driver.c_str(), X_OK) != 0) {
    complain(fmt::format(
        "bench live: there is no {}; it is built with the tests where librdkafka-dev is installed "
        "(.ci/packages), by ./logarium test or `ninja live_bench`",
        driver));
    return ExitCode::kOwnFailure;
  }
  std::vector<std::string> words{driver,     self.string(),
                                 "--rounds", fmt::format("{}", verb.rounds),
                                 "--scale",  fmt::format("{}", verb.scale)};
  if (!verb.peers.empty()) {
    words.emplace_back("--peers");
    words.push_back(fmt::format("{}", fmt::join(verb.peers, ",")));
  }
  if (verb.format == Format::kJson) words.emplace_back("--json");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(driver.c_str(), argv.data());
  complain(fmt::format("bench live: cannot run {}: {}", driver,
                       std::error_code(errno, std::generic_category()).message()));
  return ExitCode::kOwnFailure;
}

}  // namespace logarium::cli
