// Log: everything that removes batches from its start.

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/log/io.hpp"
#include "engine/log/log.hpp"
#include "engine/log/paths.hpp"

namespace logarium::log {

bool Log::advance_log_start(StepContext& ctx, Offset start, note::StartCause cause) {
  if (start > high_watermark_) return false;
  if (start <= log_start_) return true;
  log_start_ = start;
  ctx.note(note::LogStartMoved{identity_.partition, start, cause});
  if (epochs_.truncate_from_start(start)) persist_epochs(ctx);
  return true;
}

std::optional<note::DeleteCause> Log::expired(std::size_t index, WallTime now,
                                              std::int64_t excess) const {
  const Config& config = *identity_.config;
  const Segment& segment = segments_[index];
  const Offset upper = segments_.upper_bound(index, pending_end_);
  // KAFKA-5634: what is not committed stays, whatever its age.
  const Rules& rules = identity_.rules;
  if (rules.on(Rule::kRetentionBelowHighWatermark) && high_watermark_ < upper) return std::nullopt;
  if (upper > log_end_) return std::nullopt;
  const bool active = index + 1 == segments_.size();
  if (!active && upper <= log_start_) return note::DeleteCause::kStartOffset;
  if (!config.delete_by_retention) return std::nullopt;
  const std::int64_t largest =
      segment.max_timestamp_ms >= 0 ? segment.max_timestamp_ms : segment.created.unix_ms();
  if (config.retention_ms >= 0 && now.unix_ms() > largest &&
      now.unix_ms() - largest > config.retention_ms) {
    return note::DeleteCause::kTime;
  }
  if (config.retention_bytes >= 0 && excess >= segment.size) return note::DeleteCause::kSize;
  return std::nullopt;
}

std::size_t Log::delete_old_segments(StepContext& ctx, WallTime now) {
  if (!ready()) return 0;
  std::int64_t excess = size_bytes() - std::max<std::int64_t>(identity_.config->retention_bytes, 0);
  std::size_t deleted = 0;
  for (; segments_.front().size > 0 || segments_.size() > 1; ++deleted) {
    const auto cause = expired(0, now, excess);
    if (!cause) break;
    if (segments_.size() == 1) roll(ctx);
    excess -= segments_.front().size;
    delete_first_segment(ctx, *cause);
  }
  if (deleted == 0) return 0;
  ++generation_;
  const Offset base = segments_.front().base;
  if (base > log_start_) {
    log_start_ = base;
    ctx.note(note::LogStartMoved{identity_.partition, base, note::StartCause::kRetention});
    if (epochs_.truncate_from_start(base)) persist_epochs(ctx);
  }
  return deleted;
}

void Log::delete_first_segment(StepContext& ctx, note::DeleteCause cause) {
  const Segment& segment = segments_.front();
  const Offset next = segments_.upper_bound(0, pending_end_);
  ctx.note(note::SegmentDeleted{identity_.partition, segment.base, next, cause,
                                wall_of_ms(segment.max_timestamp_ms)});
  const Cookie tolerant = cookie_of(identity_.slot, What::kTolerant);
  close_file(ctx, tolerant, segment.file);
  constexpr std::array<std::string_view, 3> kSuffixes{kLogSuffix, kIndexSuffix, kTimeIndexSuffix};
  const Duration delay = milliseconds(identity_.config->file_delete_delay_ms);
  for (const std::string_view suffix : kSuffixes) {
    FileOp rename;
    rename.kind = FileOpKind::kRename;
    rename.cookie = tolerant;
    rename.path = file_path(identity_.directory, segment.base, suffix);
    rename.to = rename.path + std::string(kDeletedSuffix);
    deleter_.add(ctx, rename.to, delay, delete_cookies());
    ctx.issue(std::move(rename));
  }
  while (!snapshots_.empty() && snapshots_.front() < next) {
    remove_path(ctx, tolerant, file_path(identity_.directory, snapshots_.front(), kSnapshotSuffix));
    snapshots_.erase(snapshots_.begin());
  }
  flusher_.touch_directory();
  segments_.remove_first(1);
}

}  // namespace logarium::log
