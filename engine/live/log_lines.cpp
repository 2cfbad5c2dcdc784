#include "engine/live/log_lines.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>

namespace logarium::live {
namespace {

constexpr std::string_view word_of(Level level) {
  switch (level) {
    case Level::kInfo:
      return "INFO ";
    case Level::kWarning:
      return "WARN ";
    case Level::kError:
      return "ERROR";
  }
  return "";
}

std::int64_t now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string local_time(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return fmt::format("{}.{:03}", text.data(), ms % 1000);
}

}  // namespace

void LogLines::line(Level level, std::string_view node, std::string_view text) {
  const std::string whole =
      fmt::format("{} {} {:<7} {}\n", local_time(now_ms()), word_of(level), node, text);
  // One write per line: lines of several processes do not mix. A closed stderr is no reason to
  // stop.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

void LogLines::limited(Level level, std::string_view node, std::string_view text) {
  const std::int64_t second = now_ms() / 1000;
  if (second != second_) {
    if (left_out_ > 0) {
      line(Level::kWarning, node, fmt::format("{} more such lines were left out", left_out_));
    }
    second_ = second;
    in_second_ = 0;
    left_out_ = 0;
  }
  if (++in_second_ > kPerSecond) {
    ++left_out_;
  } else {
    line(level, node, text);
  }
}

}  // namespace logarium::live
