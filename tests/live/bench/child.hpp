#pragma once
// Child: a process that the benchmark starts, watches and ends. It leads a process group of its
// own, so that what is typed at a terminal reaches the benchmark alone, and when the thread that
// started it ends, be it by kill -9, the system sends it a signal.

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace logarium::bench {

using Clock = std::chrono::steady_clock;

class Child {
 public:
  // Starts argv[0] (looked up in PATH) with its stdout to be read here. Its stderr goes to the file
  // `errors`. `orphaned`: the signal that it gets when the benchmark is gone. Throws
  // std::runtime_error when that cannot be done.
  Child(const std::vector<std::string>& argv, const std::string& errors, int orphaned = SIGTERM);
  // Ends it at once.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next line of its stdout; empty when none came in time or it ended.
  [[nodiscard]] std::optional<std::string> line(std::chrono::milliseconds patience);
  // Processor time of all its threads so far, in seconds; 0 when it is gone.
  [[nodiscard]] double cpu_seconds() const;
  [[nodiscard]] bool running();
  // SIGTERM, and SIGKILL when that does not end it in 10 s.
  void stop();

  // Ends all children as stop() does, together; for the last thread of a process that is about to
  // end: whoever else makes or looks at a child from then on waits for ever.
  static void end_all();

 private:
  void kill();

  pid_t pid_ = -1;
  int output_ = -1;
  std::string read_;
};

}  // namespace logarium::bench
