#include "tests/live/bench/interruption.hpp"

#include <signal.h>

#include <filesystem>
#include <system_error>
#include <thread>

#include "tests/live/bench/child.hpp"

namespace logarium::bench {
namespace {

sigset_t held() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, number);
  return signals;
}

[[noreturn]] void end_by(int number, const std::string& folder) {
  Child::end_all();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  ::signal(number, SIG_DFL);
  const sigset_t signals = held();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  ::raise(number);
  std::abort();
}

}  // namespace

void hold_signals() {
  const sigset_t signals = held();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void act_on_signals(const std::string& folder) {
  std::thread([folder] {
    const sigset_t signals = held();
    int number = 0;
    while (::sigwait(&signals, &number) != 0) {
    }
    end_by(number, folder);
  }).detach();
}

}  // namespace logarium::bench
