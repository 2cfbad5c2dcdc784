#include "sim/explore/worker.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "sim/explore/seed_line.hpp"

namespace logarium::explore {
namespace {

bool send_all(int socket, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = ::send(socket, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::recv(socket, at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// The worker's life; never returns to the caller's program.
[[noreturn]] void work(int socket, const Job& job) {
  std::uint64_t number = 0;
  while (receive_all(socket, &number, sizeof(number))) {
    const std::string line = to_line(job(number));
    if (!send_all(socket, line.data(), line.size())) break;
  }
  ::_exit(0);
}

}  // namespace

std::optional<Worker> Worker::start(const Job& job, const std::vector<int>& others) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return std::nullopt;
  const pid_t process = ::fork();
  if (process < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return std::nullopt;
  }
  if (process == 0) {
    ::close(ends[0]);
    for (const int other : others) ::close(other);
    work(ends[1], job);
  }
  ::close(ends[1]);
  Worker worker;
  worker.socket_ = ends[0];
  worker.process_ = process;
  return worker;
}

Worker::Worker(Worker&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      process_(std::exchange(other.process_, -1)),
      alive_(other.alive_),
      seed_(other.seed_),
      received_(std::move(other.received_)) {}

Worker::~Worker() {
  if (socket_ >= 0) ::close(socket_);
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

void Worker::give(std::uint64_t seed) {
  seed_ = seed;
  // A worker that is gone is found out by take().
  static_cast<void>(send_all(socket_, &seed, sizeof(seed)));
}

std::optional<SeedResult> Worker::take() {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (got < 0 && errno == EINTR) return std::nullopt;
  if (got <= 0) return died();
  received_.append(buffer.data(), static_cast<std::size_t>(got));
  if (received_.back() != '\n') return std::nullopt;
  const std::optional<SeedResult> result = from_line(std::exchange(received_, {}));
  if (!result) return died();
  seed_.reset();
  return result;
}

SeedResult Worker::died() {
  alive_ = false;
  int status = 0;
  ::close(std::exchange(socket_, -1));
  ::waitpid(std::exchange(process_, -1), &status, 0);
  SeedResult result;
  result.seed = seed_.value_or(0);
  result.verdict = run::Verdict::kFail;
  result.property = "CRASH";
  result.signature =
      WIFSIGNALED(status)
          ? fmt::format("CRASH: the worker process was ended by signal {}", WTERMSIG(status))
          : fmt::format("CRASH: the worker process ended with status {}", WEXITSTATUS(status));
  seed_.reset();
  return result;
}

}  // namespace logarium::explore
