#include "engine/raft/store.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/raft/snapshot_content.hpp"

namespace logarium::raft {
namespace {

constexpr std::int64_t kPublishBytesMax = 1024 * 1024;

LeaderEpoch leader_epoch(QuorumEpoch epoch) { return LeaderEpoch(epoch.value()); }
QuorumEpoch quorum_epoch(LeaderEpoch epoch) { return QuorumEpoch(epoch.value()); }

log::Identity log_identity(const std::string& directory, const BrokerConfig& config,
                           const Rules& rules) {
  log::Config log_config;
  log_config.segment_bytes = config.metadata_log_segment_bytes;
  // Only snapshots decide what may go: see Store::clean.
  log_config.retention_ms = -1;
  log_config.retention_bytes = -1;
  log_config.tail_bytes = config.logarium_log_tail_bytes;
  log::Identity identity;
  identity.slot = log::kMetadataLogSlot;
  identity.partition = PartitionRef{kMetadataTopicId, PartitionIndex(0)};
  identity.directory = directory;
  identity.config = std::make_shared<const log::Config>(log_config);
  identity.rules = rules;
  return identity;
}

template <class Queue>
auto pop(Queue& queue) -> std::optional<typename Queue::value_type> {
  if (queue.empty()) return std::nullopt;
  auto first = std::move(queue.front());
  queue.pop_front();
  return first;
}

}  // namespace

Store::Store(std::string directory, const BrokerConfig& config, const Rules& rules)
    : directory_(directory),
      retention_bytes_(config.metadata_max_retention_bytes),
      retention_(milliseconds(config.metadata_max_retention_ms)),
      log_(log_identity(directory, config, rules)),
      snapshots_(std::move(directory)) {}

std::optional<Store::Signal> Store::next_signal() { return pop(signals_); }
std::optional<Event> Store::next_event() { return pop(events_); }

void Store::fail(std::string reason) {
  if (phase_ == Phase::kFailed) return;
  phase_ = Phase::kFailed;
  signals_.emplace_back(Failed{std::move(reason)});
}

// ---- opening --------------------------------------------------------------------------------

void Store::open(StepContext& ctx) {
  ENSURE(phase_ == Phase::kNew);
  phase_ = Phase::kListing;
  snapshots_.open(ctx);
}

void Store::on_io(StepContext& ctx, const IoDone& done) {
  if (phase_ == Phase::kFailed) return;
  if (done.cookie.machine == Machine::kLog) {
    log_.on_io(ctx, done);
  } else {
    snapshots_.on_io(ctx, done);
  }
  drain(ctx);
}

void Store::on_timer(StepContext& ctx, Cookie cookie) {
  if (phase_ == Phase::kFailed) return;
  log_.on_timer(ctx, cookie);
  drain(ctx);
}

void Store::drain(StepContext& ctx) {
  while (phase_ != Phase::kFailed) {
    if (auto event = log_.next_event()) {
      on_log(ctx, std::move(*event));
    } else if (auto snapshot = snapshots_.next_event()) {
      on_snapshot(ctx, std::move(*snapshot));
    } else {
      return;
    }
  }
}

void Store::on_log(StepContext& ctx, log::Event event) {
  if (std::get_if<log::Opened>(&event) != nullptr) {
    log_opened(ctx);
  } else if (std::get_if<log::LeoMoved>(&event) != nullptr) {
    publish(ctx);
  } else if (std::get_if<log::TruncateDone>(&event) != nullptr) {
    if (phase_ == Phase::kCutting) {
      if (installing_) {
        Installing ready = std::move(*installing_);
        installing_.reset();
        take_over(ctx, ready.id, std::move(ready.batches));
        phase_ = Phase::kRunning;
        signals_.emplace_back(Installed{});
      } else {
        load_or_run(ctx);
      }
    }
  } else if (auto* read = std::get_if<log::ReadDone>(&event)) {
    if (publishing_ == read->ticket) {
      publishing_.reset();
      if (read->status == log::ReadStatus::kCorrupt) {
        fail(directory_ + ": damaged bytes below the high watermark");
        return;
      }
      if (read->status == log::ReadStatus::kOk) give_out(read->batches);
      publish(ctx);
    } else {
      signals_.emplace_back(ReadDone{read->ticket, read->status, std::move(read->batches)});
    }
  } else if (auto* failed = std::get_if<log::Failed>(&event)) {
    fail(std::move(failed->message));
  }
}

void Store::on_snapshot(StepContext& ctx, Snapshots::Event event) {
  if (std::get_if<Snapshots::Listed>(&event) != nullptr) {
    phase_ = Phase::kOpeningLog;
    log::OpenOptions options;
    if (const auto earliest = snapshots_.earliest()) {
      options.log_start = earliest->offset;
      options.high_watermark = earliest->offset;
    }
    log_.open(ctx, options);
    drain(ctx);
  } else if (auto* loaded = std::get_if<Snapshots::Loaded>(&event)) {
    auto batches = decode_snapshot(loaded->content);
    if (!batches) {
      fail(directory_ + "/" + Snapshots::name_of(loaded->id) + ": " + batches.error().message);
      return;
    }
    take_over(ctx, loaded->id, std::move(batches.value()));
    start_running(ctx);
  } else if (auto* written = std::get_if<Snapshots::Stored>(&event)) {
    stored(ctx, *written);
  } else if (auto* piece = std::get_if<Snapshots::Piece>(&event)) {
    signals_.emplace_back(SnapshotPiece{piece->number, std::move(piece->content)});
  } else if (auto* failed = std::get_if<Snapshots::Failed>(&event)) {
    fail(std::move(failed->reason));
  }
}

// A snapshot beyond the log's end was being installed when the process died: finish that.
void Store::log_opened(StepContext& ctx) {
  const auto latest = snapshots_.latest();
  if (latest && *latest > end()) {
    phase_ = Phase::kCutting;
    log_.truncate_fully_and_start_at(ctx, latest->offset, note::TruncateCause::kSnapshot);
    snapshots_.remove_before(ctx, latest->offset);
    drain(ctx);
    return;
  }
  load_or_run(ctx);
}

void Store::load_or_run(StepContext& ctx) {
  if (const auto latest = snapshots_.latest()) {
    phase_ = Phase::kLoading;
    snapshots_.load(ctx, *latest);
  } else {
    start_running(ctx);
  }
}

void Store::start_running(StepContext&) {
  phase_ = Phase::kRunning;
  next_ = std::max(next_, log_.log_start());
  signals_.emplace_back(Opened{});
}

// ---- the log ----------------------------------------------------------------------------------

bool Store::ready() const { return phase_ == Phase::kRunning && log_.ready(); }

LogPosition Store::end() const {
  const Offset offset = log_.pending_end();
  if (const auto epoch = log_.latest_epoch()) return {quorum_epoch(*epoch), offset};
  const auto snapshot = snapshots_.entries().find(offset);
  if (snapshot != snapshots_.entries().end()) return snapshot->second.id;
  return {QuorumEpoch(0), offset};
}

void Store::append_as_leader(StepContext& ctx, const protocol::Batch& batch, QuorumEpoch epoch) {
  log_.append_as_leader(ctx, batch, leader_epoch(epoch));
  log_.sync(ctx);
  drain(ctx);
}

bool Store::append_as_follower(StepContext& ctx, const protocol::Batch& batch) {
  if (batch.base_offset != log_.pending_end()) return false;
  const bool appended = log_.append_as_follower(ctx, batch).has_value();
  drain(ctx);
  return appended;
}

// Kafka: ReplicatedLog.validateOffsetAndEpoch; KIP-595 and KIP-630.
Store::Verdict Store::validate(Offset fetch_offset, QuorumEpoch last_epoch) const {
  if (const auto latest = snapshots_.latest()) {
    const LogPosition earliest = *snapshots_.earliest();
    const Offset start = log_.log_start();
    // From nothing a snapshot is always the shorter way.
    if (fetch_offset == Offset(0) || fetch_offset < start ||
        (fetch_offset == start && start > Offset(0) && earliest.offset == start &&
         last_epoch != earliest.epoch) ||
        (start > Offset(0) && last_epoch < earliest.epoch)) {
      return NeedsSnapshot{*latest};
    }
    if (fetch_offset == earliest.offset && last_epoch == earliest.epoch) return Valid{};
  }
  if (fetch_offset == Offset(0)) return Valid{};
  const auto known = log_.end_offset_for(leader_epoch(last_epoch));
  LogPosition epoch_end{end().epoch, log_.log_end()};
  if (known) {
    epoch_end = {quorum_epoch(known->epoch), known->end};
    const auto earliest = snapshots_.earliest();
    if (earliest && earliest->offset == known->end && epoch_end.epoch == last_epoch &&
        earliest->epoch != last_epoch) {
      epoch_end = *earliest;
    }
  }
  if (epoch_end.epoch != last_epoch || epoch_end.offset < fetch_offset) {
    return Diverging{epoch_end};
  }
  return Valid{};
}

log::ReadResult Store::read(StepContext& ctx, Offset from, std::int64_t max_bytes) {
  log::ReadRequest request;
  request.from = from;
  request.limit = log_.log_end();
  request.max_bytes = max_bytes;
  return log_.read(ctx, request);
}

// Kafka: ReplicatedLog.truncateToEndOffset.
Offset Store::truncation_point(const LogPosition& leader_end) const {
  const Offset own_end = log_.pending_end();
  if (leader_end.epoch == QuorumEpoch(0)) return std::min(leader_end.offset, own_end);
  const auto known = log_.end_offset_for(leader_epoch(leader_end.epoch));
  if (!known) return std::min(leader_end.offset, own_end);
  if (quorum_epoch(known->epoch) == leader_end.epoch) {
    return std::min(leader_end.offset, known->end);
  }
  return known->end;
}

void Store::truncate_to(StepContext& ctx, Offset offset) {
  log_.truncate_to(ctx, offset, note::TruncateCause::kDivergingEpoch);
  drain(ctx);
}

// ---- what is committed ------------------------------------------------------------------------

bool Store::raise_high_watermark(StepContext& ctx, Offset to, QuorumEpoch epoch, note::Role role) {
  to = std::min(to, log_.log_end());
  if (to < next_ || (high_watermark_ && to <= *high_watermark_)) return false;
  high_watermark_ = to;
  log_.set_high_watermark(ctx, {to, leader_epoch(epoch), role});
  publish(ctx);
  return true;
}

void Store::publish(StepContext& ctx) {
  while (ready() && !publishing_ && high_watermark_ && next_ < *high_watermark_) {
    log::ReadRequest request;
    request.from = next_;
    request.limit = *high_watermark_;
    request.max_bytes = kPublishBytesMax;
    const log::ReadResult result = log_.read(ctx, request);
    if (const auto* pending = std::get_if<log::ReadPending>(&result)) {
      publishing_ = pending->ticket;
      return;
    }
    const auto* data = std::get_if<log::ReadData>(&result);
    if (data == nullptr || data->batches.empty()) return;
    give_out(data->batches);
  }
}

void Store::give_out(const protocol::Records& batches) {
  for (const protocol::Batch& batch : batches) {
    if (batch.next_offset() <= next_) continue;
    next_ = batch.next_offset();
    events_.emplace_back(event::Committed{batch});
  }
}

// ---- snapshots ----------------------------------------------------------------------------------

void Store::write_snapshot(StepContext& ctx, Offset end, const std::vector<Bytes>& records) {
  ENSURE(end <= next_);
  if (phase_ != Phase::kRunning || snapshots_.writing() || end <= log_.log_start()) return;
  const auto latest = snapshots_.latest();
  if (latest && end <= latest->offset) return;
  const auto epoch = log_.epochs().epoch_at(end - 1);
  if (!epoch) return;
  const LogPosition id{quorum_epoch(*epoch), end};
  snapshots_.write(ctx, id, encode_snapshot(id, records, ctx.wall().unix_ms()));
}

void Store::install(StepContext& ctx, const LogPosition& id, Bytes file) {
  auto batches = decode_snapshot(file);
  const auto latest = snapshots_.latest();
  if (!batches || snapshots_.writing() || (latest && latest->offset >= id.offset)) {
    signals_.emplace_back(NotInstalled{});
    return;
  }
  phase_ = Phase::kInstalling;
  installing_ = Installing{id, std::move(batches.value())};
  snapshots_.write(ctx, id, std::move(file));
}

void Store::stored(StepContext& ctx, const Snapshots::Stored& snapshot) {
  if (!installing_ || installing_->id != snapshot.id) {
    ctx.note(note::SnapshotWritten{snapshot.id.offset, snapshot.id.epoch});
    clean(ctx);
    return;
  }
  if (publishing_) log_.cancel(*std::exchange(publishing_, std::nullopt));
  phase_ = Phase::kCutting;
  log_.truncate_fully_and_start_at(ctx, snapshot.id.offset, note::TruncateCause::kSnapshot);
  snapshots_.remove_before(ctx, snapshot.id.offset);
}

void Store::take_over(StepContext& ctx, const LogPosition& id, protocol::Records batches) {
  next_ = id.offset;
  high_watermark_ = std::max(high_watermark_.value_or(id.offset), id.offset);
  ctx.note(note::SnapshotLoaded{id.offset, id.epoch});
  log_.set_high_watermark(ctx, {*high_watermark_, leader_epoch(id.epoch), note::Role::kFollower});
  events_.emplace_back(event::SnapshotLoaded{id.offset, id.epoch, std::move(batches)});
}

// Removes the oldest snapshots, and the log below the oldest that stays, as long as more is kept
// than the retention allows. One snapshot always stays, so that log and snapshot have no gap
// (KAFKA-14238).
void Store::clean(StepContext& ctx) {
  std::int64_t total = log_.size_bytes();
  for (const auto& [end, entry] : snapshots_.entries()) total += entry.bytes;
  while (snapshots_.entries().size() >= 2) {
    const Snapshots::Entry oldest = snapshots_.entries().begin()->second;
    const bool too_old = retention_.ns >= 0 && ctx.wall().ns - oldest.since.ns > retention_.ns;
    const bool too_big = retention_bytes_ >= 0 && total > retention_bytes_;
    if (!too_old && !too_big) return;
    const Offset start = std::next(snapshots_.entries().begin())->second.id.offset;
    if (!log_.advance_log_start(ctx, start, note::StartCause::kSnapshot)) return;
    log_.delete_old_segments(ctx, ctx.wall());
    snapshots_.remove_before(ctx, start);
    total -= oldest.bytes;
  }
}

void Store::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "log", log_);
  visit(v, "snapshots", snapshots_);
  visit(v, "high watermark", high_watermark_);
  visit(v, "next", next_);
  visit(v, "publishing", publishing_);
  visit(v, "installing", installing_ ? std::optional(installing_->id) : std::nullopt);
  visit(v, "signals", signals_.size());
  visit(v, "events", events_.size());
}

}  // namespace logarium::raft
