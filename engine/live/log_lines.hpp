#pragma once
// LogLines: what a live host says on stderr, one line per event:
//
//   2026-11-20 09:00:00.123 INFO  node-1  became leader of the metadata quorum in epoch 1
//
// Lines about connections are limited, since peers cause them: more than kPerSecond within a
// second are counted and summed up in one line.

#include <cstdint>
#include <string_view>

namespace logarium::live {

enum class Level : std::uint8_t { kInfo, kWarning, kError };

class LogLines {
 public:
  static constexpr int kPerSecond = 10;

  void line(Level level, std::string_view node, std::string_view text);
  // The same for what peers can cause any number of.
  void limited(Level level, std::string_view node, std::string_view text);

 private:
  std::int64_t second_ = 0;
  int in_second_ = 0;
  std::int64_t left_out_ = 0;
};

}  // namespace logarium::live
