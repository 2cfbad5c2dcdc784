#pragma once
// Worker: a forked process that does numbered jobs, seen from the process that gives them out. Both
// ends speak over a pair of sockets: a number one way, a line of text the other way.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/pool.hpp"

namespace logarium::explore {

class Worker {
 public:
  // Forks. `others` are this process's ends of other workers' sockets, which the new process
  // closes, so that each worker ends when we do. Empty when the system refuses.
  [[nodiscard]] static std::optional<Worker> start(const Job& job, const std::vector<int>& others);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  Worker(Worker&& other) noexcept;
  Worker& operator=(Worker&&) = delete;
  // Closes the socket, upon which the process ends, and waits for it.
  ~Worker();

  void give(std::uint64_t seed);
  // Reads what has come; blocks until something has. The result once it is complete; when the
  // process has died, a failure of its seed (and alive() is false).
  [[nodiscard]] std::optional<SeedResult> take();
  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] bool busy() const { return seed_.has_value(); }
  [[nodiscard]] bool alive() const { return alive_; }

 private:
  Worker() = default;
  [[nodiscard]] SeedResult died();

  int socket_ = -1;
  pid_t process_ = -1;
  bool alive_ = true;
  std::optional<std::uint64_t> seed_;
  std::string received_;
};

}  // namespace logarium::explore
