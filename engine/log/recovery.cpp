#include "engine/log/recovery.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/io.hpp"
#include "engine/log/paths.hpp"
#include "engine/log/tail.hpp"

namespace logarium::log {
namespace {

constexpr std::int64_t kScanChunk = 1024 * 1024;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Recovery Recovery::of_open(const OpenOptions& options, std::uint32_t generation) {
  Recovery r;
  r.options_ = options;
  r.generation_ = generation;
  return r;
}

Recovery Recovery::of_cut(RecoveredLog known, Offset end, std::uint32_t generation) {
  ENSURE(!known.segments.empty());
  Recovery r;
  r.cutting_ = true;
  r.generation_ = generation;
  r.end_limit_ = end;
  r.keep_producers_ = !known.producers.reaches(end);
  r.log_ = std::move(known);
  r.rebuild_from_ = r.log_.segments.size() - 1;
  return r;
}

Cookie Recovery::cookie(const Identity& identity, std::uint32_t value) const {
  return cookie_of(identity.slot, What::kRecovery, tagged_value(generation_, value));
}

void Recovery::start(StepContext& ctx, const Identity& identity) {
  if (cutting_ && keep_producers_) return begin_scan(ctx, identity);
  if (cutting_) return choose_snapshot(ctx, identity);
  FileOp op;
  op.kind = FileOpKind::kList;
  op.cookie = cookie(identity, 0);
  op.path = identity.directory;
  ctx.issue(std::move(op));
}

void Recovery::on_io(StepContext& ctx, const Identity& identity, const IoDone& done) {
  if (high_half(done.cookie.value) != generation_) return;
  if (phase_ == Phase::kDone || phase_ == Phase::kFailed) return;
  const bool missing = done.kind == FileOpKind::kList && done.status == IoStatus::kNotFound;
  if (missing) return finish(ctx, identity);
  if (done.status != IoStatus::kOk) return fail(identity, done);
  const std::size_t part = low_half(done.cookie.value);
  switch (phase_) {
    case Phase::kListing:
      return listed(ctx, identity, done.names);
    case Phase::kLoading:
    case Phase::kSnapshot:
      ENSURE(part < parts_.size());
      if (done.kind == FileOpKind::kOpen) return part_opened(ctx, identity, part, done);
      return part_read(ctx, identity, part, done);
    case Phase::kTail:
    case Phase::kScanning:
      return scanned(ctx, identity, done.data);
    case Phase::kDone:
    case Phase::kFailed:
      return;
  }
}

void Recovery::fail(const Identity& identity, const IoDone& done) {
  phase_ = Phase::kFailed;
  failure_ = failure_text(identity.directory, done);
}

// ---- listing and loading ------------------------------------------------------------------------

void Recovery::listed(StepContext& ctx, const Identity& identity,
                      const std::vector<std::string>& names) {
  phase_ = Phase::kLoading;
  const Cookie tolerant = cookie_of(identity.slot, What::kTolerant);
  for (const std::string& name : names) {
    const auto parsed = parse_offset_name(name);
    // Left behind by a deletion or a replacement that a crash interrupted.
    const bool leftover = name.ends_with(kDeletedSuffix) || name.ends_with(kTemporarySuffix);
    const bool orphan = parsed &&
                        (parsed->suffix == kIndexSuffix || parsed->suffix == kTimeIndexSuffix) &&
                        !contains(names, name.substr(0, 20) + std::string(kLogSuffix));
    if (leftover || orphan) {
      remove_path(ctx, tolerant, identity.directory + "/" + name);
    } else if (parsed && parsed->suffix == kLogSuffix) {
      Segment segment;
      segment.base = parsed->base;
      segment.max_timestamp_offset = parsed->base;
      segment.created = ctx.wall();
      log_.segments.add(std::move(segment));
    } else if (parsed && parsed->suffix == kSnapshotSuffix) {
      log_.snapshots.push_back(parsed->base);
    }
  }
  load_segments(ctx, identity, names);
  if (contains(names, std::string(kEpochCheckpoint))) {
    load(ctx, identity, {PartKind::kEpochs, 0, {}},
         identity.directory + "/" + std::string(kEpochCheckpoint));
  } else {
    epochs_damaged_ = !options_.clean;
  }
  if (outstanding_ == 0) all_loaded(ctx, identity);
}

void Recovery::load_segments(StepContext& ctx, const Identity& identity,
                             const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < log_.segments.size(); ++i) {
    Segment& segment = log_.segments[i];
    const auto number = static_cast<std::uint32_t>(i);
    const auto path = [&](std::string_view suffix) {
      return file_path(identity.directory, segment.base, suffix);
    };
    load(ctx, identity, {PartKind::kLog, number, {}}, path(kLogSuffix));
    segment.file = parts_.back().file;
    if (i + 1 == log_.segments.size()) {
      // The header of the first batch, for the age of the active segment.
      FileOp head;
      head.kind = FileOpKind::kRead;
      head.cookie = cookie(identity, static_cast<std::uint32_t>(parts_.size()));
      head.file = segment.file;
      head.length = static_cast<std::int64_t>(protocol::kBatchHeaderBytes);
      ctx.issue(std::move(head));
      parts_.push_back({PartKind::kHead, number, segment.file});
      ++outstanding_;
    }
    const auto listed_file = [&](std::string_view suffix) {
      return contains(names, path(suffix).substr(identity.directory.size() + 1));
    };
    const bool indexed = listed_file(kIndexSuffix) && listed_file(kTimeIndexSuffix);
    if (!indexed) {
      const bool recovers = identity.rules.on(Rule::kRecoverUncleanLog);
      if (recovers) rebuild_from_ = std::min(rebuild_from_, i);
      continue;
    }
    load(ctx, identity, {PartKind::kIndex, number, {}}, path(kIndexSuffix));
    load(ctx, identity, {PartKind::kTimes, number, {}}, path(kTimeIndexSuffix));
  }
}

void Recovery::load(StepContext& ctx, const Identity& identity, Part part,
                    const std::string& path) {
  part.file = open_file(ctx, cookie(identity, static_cast<std::uint32_t>(parts_.size())), path);
  parts_.push_back(part);
  ++outstanding_;
}

void Recovery::part_opened(StepContext& ctx, const Identity& identity, std::size_t part,
                           const IoDone& done) {
  const Part& p = parts_[part];
  if (p.kind == PartKind::kLog) {
    log_.segments[p.segment].size = done.length;
    return part_done(ctx, identity);
  }
  if (done.length > kSmallFileMax) {
    use(identity, p, Bytes::copy_of("too large"));
  } else if (done.length > 0) {
    FileOp read;
    read.kind = FileOpKind::kRead;
    read.cookie = done.cookie;
    read.file = p.file;
    read.length = done.length;
    ctx.issue(std::move(read));
    return;
  }
  close_file(ctx, cookie_of(identity.slot, What::kTolerant), p.file);
  if (p.kind == PartKind::kSnapshot) return snapshot_read(ctx, identity, {});
  if (done.length == 0 && p.kind == PartKind::kEpochs) use(identity, p, {});
  part_done(ctx, identity);
}

void Recovery::part_read(StepContext& ctx, const Identity& identity, std::size_t part,
                         const IoDone& done) {
  const Part p = parts_[part];
  if (p.kind != PartKind::kHead) {
    close_file(ctx, cookie_of(identity.slot, What::kTolerant), p.file);
  }
  if (p.kind == PartKind::kSnapshot) return snapshot_read(ctx, identity, done.data);
  use(identity, p, done.data);
  part_done(ctx, identity);
}

void Recovery::use(const Identity& identity, const Part& part, const Bytes& data) {
  bool sound = true;
  switch (part.kind) {
    case PartKind::kHead: {
      const auto head = protocol::parse_batch_header(data.view());
      if (head.ok()) {
        log_.segments[part.segment].first_timestamp_ms = head.value().header.max_timestamp;
      }
      break;
    }
    case PartKind::kIndex:
      sound = log_.segments[part.segment].decode_index(data.view());
      break;
    case PartKind::kTimes:
      sound = log_.segments[part.segment].decode_times(data.view());
      break;
    case PartKind::kEpochs: {
      auto decoded = EpochCache::decode(text_of(data.view()));
      epochs_damaged_ = !decoded.ok();
      if (decoded.ok()) log_.epochs = std::move(decoded).value();
      break;
    }
    case PartKind::kLog:
    case PartKind::kSnapshot:
      break;
  }
  const bool recovers = identity.rules.on(Rule::kRecoverUncleanLog);
  if (!sound && recovers) rebuild_from_ = std::min<std::size_t>(rebuild_from_, part.segment);
}

void Recovery::part_done(StepContext& ctx, const Identity& identity) {
  ENSURE(outstanding_ > 0);
  if (--outstanding_ == 0) all_loaded(ctx, identity);
}

void Recovery::all_loaded(StepContext& ctx, const Identity& identity) {
  if (log_.segments.empty()) return finish(ctx, identity);
  // Unclean: whatever lies at or beyond the recovery point may be damaged.
  const bool recovers = identity.rules.on(Rule::kRecoverUncleanLog);
  if (!options_.clean && recovers) {
    rebuild_from_ = std::min(rebuild_from_, log_.segments.find(options_.recovery_point));
  }
  // Without a sound epoch checkpoint the epochs can be had from all batches only.
  if (epochs_damaged_ && recovers) rebuild_from_ = 0;
  chain_known_ = rebuild_from_ == 0 && log_.segments.front().base == Offset(0);
  if (rebuild_from_ < log_.segments.size()) return choose_snapshot(ctx, identity);
  scan_tail(ctx, identity);
}

void Recovery::scan_tail(StepContext& ctx, const Identity& identity) {
  phase_ = Phase::kTail;
  segment_ = log_.segments.size() - 1;
  Segment& active = log_.segments.active();
  const std::optional<std::int64_t> first = active.first_timestamp_ms;
  const std::int64_t from = active.cut_index(Offset(INT64_MAX));
  active.first_timestamp_ms = active.size > 0 ? first : std::nullopt;
  log_.log_end = active.base;
  scanner_ = Scanner(active, from, kScanChunk, Scanner::Crc::kTrust);
  if (scanner_.finished()) return choose_snapshot(ctx, identity);
  ctx.issue(scanner_.next_read(cookie(identity, 0)));
}

// ---- producer snapshot --------------------------------------------------------------------------

void Recovery::choose_snapshot(StepContext& ctx, const Identity& identity) {
  phase_ = Phase::kSnapshot;
  const bool rebuilds = rebuild_from_ < log_.segments.size();
  Offset bound = log_.log_end;
  if (rebuilds) bound = cutting_ ? end_limit_ : log_.segments[rebuild_from_].base;
  const Offset first = log_.segments.front().base;
  const Cookie tolerant = cookie_of(identity.slot, What::kTolerant);
  while (!log_.snapshots.empty() && log_.snapshots.back() > bound) {
    remove_path(ctx, tolerant,
                file_path(identity.directory, log_.snapshots.back(), kSnapshotSuffix));
    log_.snapshots.pop_back();
  }
  log_.producers.clear();
  if (log_.snapshots.empty() || log_.snapshots.back() < first) {
    replay_from_ = first;
    return begin_scan(ctx, identity);
  }
  parts_.clear();
  load(ctx, identity, {PartKind::kSnapshot, 0, {}},
       file_path(identity.directory, log_.snapshots.back(), kSnapshotSuffix));
}

void Recovery::snapshot_read(StepContext& ctx, const Identity& identity, const Bytes& data) {
  auto decoded = ProducerState::decode(data.view());
  const Offset at = log_.snapshots.back();
  if (!decoded.ok()) {
    remove_path(ctx, cookie_of(identity.slot, What::kTolerant),
                file_path(identity.directory, at, kSnapshotSuffix));
    log_.snapshots.pop_back();
    return choose_snapshot(ctx, identity);
  }
  log_.producers = std::move(decoded).value();
  replay_from_ = at;
  begin_scan(ctx, identity);
}

// ---- scanning -----------------------------------------------------------------------------------

void Recovery::begin_scan(StepContext& ctx, const Identity& identity) {
  phase_ = Phase::kScanning;
  const std::size_t count = log_.segments.size();
  segment_ = std::min(rebuild_from_, count);
  if (!keep_producers_ && !(segment_ == count && replay_from_ >= log_.log_end)) {
    segment_ = std::min(segment_, log_.segments.find(replay_from_));
  }
  if (segment_ == count) return finish(ctx, identity);
  if (rebuild_from_ < count && !cutting_) {
    log_.epochs.truncate_from_end(log_.segments[rebuild_from_].base);
    if (epochs_damaged_) log_.epochs.clear();
  }
  scan_segment(ctx, identity);
}

void Recovery::scan_segment(StepContext& ctx, const Identity& identity) {
  Segment& segment = log_.segments[segment_];
  std::int64_t from = 0;
  auto crc = Scanner::Crc::kTrust;
  if (rebuilding()) {
    if (expected_base_ && segment.base != *expected_base_) {
      log_.log_end = *expected_base_;
      remove_segments_from(ctx, identity, segment_);
      return finish(ctx, identity);
    }
    if (identity.rules.on(Rule::kVerifyBatchCrc) && !cutting_) crc = Scanner::Crc::kVerify;
    // A cut that leaves the producers alone needs the part after the last index entry only.
    from = segment.cut_index(cutting_ ? end_limit_ : segment.base);
    const bool whole = !cutting_ || (!keep_producers_ && replay_from_ <= segment.base);
    if (whole || (!keep_producers_ && from > segment.position_before(replay_from_))) {
      segment.cut_index(segment.base);
      from = 0;
    }
  } else {
    from = segment.position_before(replay_from_);
  }
  if (rebuilding()) log_.log_end = segment.base;
  scanner_ = Scanner(segment, from, kScanChunk, crc);
  if (scanner_.finished()) return end_segment(ctx, identity);
  ctx.issue(scanner_.next_read(cookie(identity, 0)));
}

void Recovery::scanned(StepContext& ctx, const Identity& identity, const Bytes& data) {
  for (const Scanner::Found& found : scanner_.feed(data)) {
    if (found.batch.next_offset() > end_limit_) return cut(ctx, identity, found.position);
    take_batch(ctx, identity, found);
  }
  if (!scanner_.finished()) {
    ctx.issue(scanner_.next_read(cookie(identity, 0)));
    return;
  }
  if (phase_ == Phase::kTail) {
    // A clean stop leaves no damage; if there is some, the stop was not clean after all.
    if (scanner_.damaged() && identity.rules.on(Rule::kRecoverUncleanLog)) {
      rebuild_from_ = segment_;
    }
    return choose_snapshot(ctx, identity);
  }
  if (rebuilding() && scanner_.damaged()) return cut(ctx, identity, scanner_.position());
  end_segment(ctx, identity);
}

void Recovery::take_batch(StepContext& ctx, const Identity& identity, const Scanner::Found& found) {
  const protocol::Batch& batch = found.batch;
  if (phase_ == Phase::kTail || rebuilding()) {
    log_.log_end = batch.next_offset();
    log_.segments[segment_].note_batch(batch, found.position,
                                       identity.config->index_interval_bytes);
  }
  if (phase_ == Phase::kTail) return;
  if (!keep_producers_ && batch.base_offset >= replay_from_) log_.producers.append(batch);
  if (!rebuilding() || cutting_) return;
  log_.chain = chain_after(log_.chain, batch);
  ctx.note(note::BatchRecovered{identity.partition, batch.base_offset, batch.next_offset(),
                                batch.partition_leader_epoch, batch.content()});
  // KAFKA-10432: an entry of epoch 0 is one like any other.
  const LeaderEpoch lowest(identity.rules.on(Rule::kKeepEpochZero) ? 0 : 1);
  if (batch.partition_leader_epoch >= lowest) {
    log_.epochs.assign(batch.partition_leader_epoch, batch.base_offset);
  }
}

void Recovery::end_segment(StepContext& ctx, const Identity& identity) {
  const bool rolled = segment_ + 1 < log_.segments.size();
  if (rebuilding() && rolled) {
    log_.segments[segment_].finish_times();
    write_indexes(ctx, identity, log_.segments[segment_]);
  }
  if (!rolled) return finish(ctx, identity);
  if (rebuilding()) expected_base_ = log_.log_end;
  ++segment_;
  scan_segment(ctx, identity);
}

void Recovery::cut(StepContext& ctx, const Identity& identity, std::int64_t position) {
  Segment& segment = log_.segments[segment_];
  remove_segments_from(ctx, identity, segment_ + 1);
  FileOp op;
  op.kind = FileOpKind::kTruncate;
  op.cookie = cookie_of(identity.slot, What::kStep);
  op.file = segment.file;
  op.length = position;
  ctx.issue(std::move(op));
  segment.size = position;
  if (position == 0) segment.cut_index(segment.base);
  finish(ctx, identity);
}

void Recovery::remove_segments_from(StepContext& ctx, const Identity& identity, std::size_t first) {
  for (std::size_t i = log_.segments.size(); i-- > first;) {
    remove_segment_files(ctx, identity, log_.segments[i]);
  }
  log_.segments.resize(std::min(first, log_.segments.size()));
}

void Recovery::finish(StepContext& ctx, const Identity& identity) {
  phase_ = Phase::kDone;
  if (log_.segments.empty()) return;
  if (!chain_known_) log_.chain = 0;
  const bool trusted = options_.clean && rebuild_from_ == SIZE_MAX;
  if (!cutting_) {
    log_.synced_end = trusted ? log_.log_end : std::min(options_.recovery_point, log_.log_end);
    const Cookie tolerant = cookie_of(identity.slot, What::kTolerant);
    while (!log_.snapshots.empty() && log_.snapshots.back() > log_.log_end) {
      remove_path(ctx, tolerant,
                  file_path(identity.directory, log_.snapshots.back(), kSnapshotSuffix));
      log_.snapshots.pop_back();
    }
  }
}

// ---- description --------------------------------------------------------------------------------

void RecoveredLog::describe(StateVisitor& v) const {
  visit(v, "segments", segments);
  visit(v, "epochs", epochs);
  visit(v, "producers", producers);
  visit(v, "snapshots", snapshots);
  visit(v, "log end", log_end);
  visit(v, "synced end", synced_end);
  visit(v, "chain", chain);
}

void Recovery::Part::describe(StateVisitor& v) const {
  visit(v, "kind", kind);
  visit(v, "segment", segment);
  visit(v, "file", file);
}

void Recovery::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "generation", generation_);
  visit(v, "cutting", cutting_);
  visit(v, "end limit", end_limit_);
  visit(v, "log", log_);
  visit(v, "parts", parts_);
  visit(v, "outstanding", outstanding_);
  visit(v, "rebuild from", rebuild_from_);
  visit(v, "keep producers", keep_producers_);
  visit(v, "replay from", replay_from_);
  visit(v, "segment", segment_);
  visit(v, "scanner", scanner_);
  visit(v, "chain known", chain_known_);
}

}  // namespace logarium::log
