#include "tests/live/bench/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace logarium::bench {
namespace {

constexpr std::chrono::seconds kStopPatience{10};
constexpr std::chrono::milliseconds kStopStep{2};
constexpr int kCannotRun = 127;

// Children that were not waited for yet; guarded by the mutex, as is every wait for one.
struct Living {
  std::mutex mutex;
  std::set<pid_t> pids;
};

Living& living() {
  static Living all;
  return all;
}

struct Birth {
  char* const* argv;
  const char* errors;
  int output;
  int orphaned;
  pid_t parent;
  volatile int error;  // of exec; written by the child, whose memory is the parent's
};

// The child until it is another program: system calls alone.
[[noreturn]] void be_born(Birth& birth) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, birth.orphaned);
  // Who was orphaned before the system was told gets no signal.
  if (::getppid() != birth.parent) ::_exit(kCannotRun);
  const int errors = ::open(birth.errors, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (errors >= 0) ::dup2(errors, STDERR_FILENO);
  ::dup2(birth.output, STDOUT_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(birth.argv[0], birth.argv);
  birth.error = errno;
  ::_exit(kCannotRun);
}

// vfork, as posix_spawn does it: the time to start a process must not depend on how much memory the
// benchmark has.
pid_t start(Birth& birth) {
  const pid_t pid = ::vfork();
  if (pid == 0) be_born(birth);
  if (pid < 0) birth.error = errno;
  return pid;
}

}  // namespace

Child::Child(const std::vector<std::string>& argv, const std::string& errors, int orphaned) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  Birth birth{words.data(), errors.c_str(), pipe[1], orphaned, ::getpid(), 0};
  {
    const std::lock_guard lock(living().mutex);
    pid_ = start(birth);
    if (pid_ > 0 && birth.error != 0) ::waitpid(pid_, nullptr, 0);
    if (birth.error == 0) living().pids.insert(pid_);
  }
  ::close(pipe[1]);
  output_ = pipe[0];
  if (birth.error == 0) return;
  ::close(output_);
  throw std::runtime_error("cannot start " + argv.front() + ": " + std::strerror(birth.error));
}

Child::~Child() {
  kill();
  ::close(output_);
}

std::optional<std::string> Child::line(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (true) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      std::string first = read_.substr(0, end);
      read_.erase(0, end + 1);
      return first;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wait{output_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    std::array<char, 4096> bytes{};
    const ssize_t n = ::read(output_, bytes.data(), bytes.size());
    if (n <= 0) return std::nullopt;
    read_.append(bytes.data(), static_cast<std::size_t>(n));
  }
}

double Child::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text;
  std::getline(file, text);
  // The name in parentheses may hold anything; user and system time are fields 14 and 15.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

bool Child::running() {
  if (pid_ < 0) return false;
  const std::lock_guard lock(living().mutex);
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  living().pids.erase(pid_);
  pid_ = -1;
  return false;
}

void Child::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  while (running()) std::this_thread::sleep_for(kStopStep);
}

void Child::stop() {
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  const auto deadline = Clock::now() + kStopPatience;
  while (running() && Clock::now() < deadline) std::this_thread::sleep_for(kStopStep);
  kill();
}

void Child::end_all() {
  living().mutex.lock();
  std::set<pid_t>& pids = living().pids;
  for (const pid_t pid : pids) ::kill(pid, SIGTERM);
  const auto deadline = Clock::now() + kStopPatience;
  while (!pids.empty() && Clock::now() < deadline) {
    std::erase_if(pids, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
    std::this_thread::sleep_for(kStopStep);
  }
  for (const pid_t pid : pids) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

}  // namespace logarium::bench
