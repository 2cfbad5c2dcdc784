#pragma once
// Recovery: the machine that finds out what a log's directory really holds (at open), and where
// the bytes beyond a cut begin (at a truncation that memory alone cannot do).
//
//   kListing --> kLoading (lengths, indexes, epoch checkpoint) --> kTail (clean: the log's end)
//            --> kSnapshot (latest producer snapshot that can be read) --> kScanning --> kDone
//   a truncation begins in kSnapshot, or in kScanning when the producer state need not change
//   any failed operation --> kFailed
//
// In the segments from the recovery point on, every batch is checked; the first damaged one, and
// everything after it, is cut. A segment that does not begin where the one before it ends counts
// as damaged too: its predecessor lost its end in a power failure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/log/config.hpp"
#include "engine/log/epoch_cache.hpp"
#include "engine/log/events.hpp"
#include "engine/log/producer_state.hpp"
#include "engine/log/scanner.hpp"
#include "engine/log/segments.hpp"

namespace logarium::log {

// What was found. Without segments the directory was missing or empty.
struct RecoveredLog {
  Segments segments;
  EpochCache epochs;
  ProducerState producers;
  std::vector<Offset> snapshots;
  Offset log_end;
  Offset synced_end;
  std::uint64_t chain = 0;  // at log_end, when the log was scanned from offset 0; else 0
  void describe(StateVisitor& v) const;
};

class Recovery {
 public:
  // `generation` tags this machine's operations.
  [[nodiscard]] static Recovery of_open(const OpenOptions& options, std::uint32_t generation);
  // `known` holds the log's state with the segments beyond the one that holds `end` removed. The
  // producer state is rebuilt when it reaches beyond `end`.
  [[nodiscard]] static Recovery of_cut(RecoveredLog known, Offset end, std::uint32_t generation);

  void start(StepContext& ctx, const Identity& identity);
  void on_io(StepContext& ctx, const Identity& identity, const IoDone& done);
  [[nodiscard]] bool finished() const { return phase_ == Phase::kDone; }
  [[nodiscard]] bool failed() const { return phase_ == Phase::kFailed; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // REQUIRES: finished().
  [[nodiscard]] RecoveredLog take() { return std::move(log_); }
  [[nodiscard]] const OpenOptions& options() const { return options_; }
  void describe(StateVisitor& v) const;

 private:
  enum class Phase : std::uint8_t {
    kListing,
    kLoading,
    kTail,
    kSnapshot,
    kScanning,
    kDone,
    kFailed,
  };
  enum class PartKind : std::uint8_t { kLog, kHead, kIndex, kTimes, kEpochs, kSnapshot };
  // A file, or its head, that is being loaded.
  struct Part {
    PartKind kind = PartKind::kLog;
    std::uint32_t segment = 0;
    FileId file;
    void describe(StateVisitor& v) const;
  };

  void listed(StepContext& ctx, const Identity& identity, const std::vector<std::string>& names);
  void load(StepContext& ctx, const Identity& identity, Part part, const std::string& path);
  void load_segments(StepContext& ctx, const Identity& identity,
                     const std::vector<std::string>& names);
  void part_opened(StepContext& ctx, const Identity& identity, std::size_t part,
                   const IoDone& done);
  void part_read(StepContext& ctx, const Identity& identity, std::size_t part, const IoDone& done);
  void part_done(StepContext& ctx, const Identity& identity);
  void use(const Identity& identity, const Part& part, const Bytes& data);
  void all_loaded(StepContext& ctx, const Identity& identity);
  void scan_tail(StepContext& ctx, const Identity& identity);
  void choose_snapshot(StepContext& ctx, const Identity& identity);
  void snapshot_read(StepContext& ctx, const Identity& identity, const Bytes& data);
  void begin_scan(StepContext& ctx, const Identity& identity);
  void scan_segment(StepContext& ctx, const Identity& identity);
  void scanned(StepContext& ctx, const Identity& identity, const Bytes& data);
  void take_batch(StepContext& ctx, const Identity& identity, const Scanner::Found& found);
  void end_segment(StepContext& ctx, const Identity& identity);
  void cut(StepContext& ctx, const Identity& identity, std::int64_t position);
  void remove_segments_from(StepContext& ctx, const Identity& identity, std::size_t first);
  void finish(StepContext& ctx, const Identity& identity);
  void fail(const Identity& identity, const IoDone& done);
  [[nodiscard]] Cookie cookie(const Identity& identity, std::uint32_t value) const;
  [[nodiscard]] bool rebuilding() const { return segment_ >= rebuild_from_; }

  Phase phase_ = Phase::kListing;
  std::uint32_t generation_ = 0;
  OpenOptions options_;
  bool cutting_ = false;         // of_cut
  Offset end_limit_{INT64_MAX};  // batches that end beyond are cut
  RecoveredLog log_;
  std::vector<Part> parts_;
  std::size_t outstanding_ = 0;
  bool epochs_damaged_ = false;
  std::size_t rebuild_from_ = SIZE_MAX;  // first segment whose batches are checked
  bool keep_producers_ = false;
  Offset replay_from_;       // batches from here enter the producer state
  std::size_t segment_ = 0;  // being scanned
  Scanner scanner_;
  std::optional<Offset> expected_base_;  // of the segment after one that was checked
  bool chain_known_ = false;
  std::string failure_;
};

}  // namespace logarium::log
