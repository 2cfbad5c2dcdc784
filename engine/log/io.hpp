#pragma once
// The `what` of a log's cookies, and the file operations it issues more than once.

#include <cstdint>
#include <string>

#include "engine/base/node.hpp"
#include "engine/log/config.hpp"
#include "engine/log/segments.hpp"

namespace logarium::log {

enum class What : std::uint8_t {
  kStep,      // must succeed; nothing follows from it
  kTolerant,  // may fail: removing what may be gone already
  kWrite,     // value: write number
  kSync,      // value: number of the sync
  kRead,      // value: generation and ticket
  kRecovery,  // value: generation and part
  kClosed,    // the last operation of close()
  kErased,    // the last operation of erase()
  // timers
  kFlushTimer,
  kDeleteTimer,
  kEraseTimer,
};

// The cookie of a log's operation or timer.
[[nodiscard]] constexpr Cookie cookie_of(std::uint32_t slot, What what, std::uint64_t value = 0) {
  return {Machine::kLog, static_cast<std::uint8_t>(what), slot, value};
}
[[nodiscard]] constexpr std::uint64_t tagged_value(std::uint32_t generation, std::uint32_t low) {
  return (static_cast<std::uint64_t>(generation) << 32) | low;
}
[[nodiscard]] constexpr std::uint32_t high_half(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}
[[nodiscard]] constexpr std::uint32_t low_half(std::uint64_t value) {
  return static_cast<std::uint32_t>(value & 0xffff'ffff);
}

// Indexes, checkpoints and snapshots beyond this are not read: they are not ours, or are rebuilt.
inline constexpr std::int64_t kSmallFileMax = 64 * 1024 * 1024;

// "cannot write orders-0: the disk is full".
[[nodiscard]] std::string failure_text(const std::string& path, const IoDone& done);

// Each issues one operation or a short sequence of them.
[[nodiscard]] FileId open_file(StepContext& ctx, Cookie cookie, std::string path);
void close_file(StepContext& ctx, Cookie cookie, FileId file);
void remove_path(StepContext& ctx, Cookie cookie, std::string path);
// Opens, empties, writes, syncs and closes a file: one that recovery can do without.
void write_whole(StepContext& ctx, Cookie cookie, std::string path, Bytes content);
// .index and .timeindex of a segment that is not active any more, or at a clean close.
void write_indexes(StepContext& ctx, const Identity& identity, const Segment& segment);
// Closes a segment's file and removes all its files at once.
void remove_segment_files(StepContext& ctx, const Identity& identity, const Segment& segment);

}  // namespace logarium::log
