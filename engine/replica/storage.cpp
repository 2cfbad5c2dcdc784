#include "engine/replica/storage.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

log::ConfigRef default_log_config(const Setup& setup) {
  return std::make_shared<const log::Config>(
      log::Config::from(setup.topic_defaults, *setup.config));
}

Storage::Storage(log::DirectoryIdentity identity) : directory_(std::move(identity)) {}

std::optional<Storage::Event> Storage::next_event() {
  if (events_.empty()) return std::nullopt;
  return events_.pop_front();
}

// ---- start --------------------------------------------------------------------------------------

void Storage::start(Env& env) {
  ENSURE(phase_ == Phase::kNew);
  phase_ = Phase::kLoading;
  directory_.start(env.port.step);
  drain(env);
}

void Storage::on_directory_io(Env& env, const IoDone& done) {
  if (phase_ == Phase::kFailed) return;
  directory_.on_io(env.port.step, done);
  drain(env);
}

void Storage::drain(Env& env) {
  while (auto event = directory_.next_event()) {
    if (const auto* found = std::get_if<log::DirectoryLoaded>(&*event)) {
      loaded(env, *found);
    } else if (std::holds_alternative<log::CheckpointSaved>(*event)) {
      --saving_;
      if (phase_ == Phase::kSavingCheckpoints && saving_ == 0) {
        phase_ = Phase::kWritingMarker;
        directory_.write_clean_marker(env.port.step, env.broker_epoch);
      }
    } else if (std::holds_alternative<log::CleanMarkerWritten>(*event)) {
      phase_ = Phase::kClosed;
      events_.push_back(Closed{});
    } else {
      fail(env, std::get<log::DirectoryFailed>(*event).message);
    }
  }
}

void Storage::loaded(Env& env, const log::DirectoryLoaded& found) {
  phase_ = Phase::kOpening;
  result_ = Loaded{.clean = found.clean,
                   .directory = found.directory,
                   .previous_broker_epoch = found.clean_epoch};
  for (const log::FoundPartition& partition : found.partitions) open(env, partition, found.clean);
  opened();
}

void Storage::open(Env& env, const log::FoundPartition& found, bool clean) {
  const Slot slot = env.replicas.next_slot();
  const PartitionRef ref{found.topic.value_or(kZeroUuid), found.partition.partition};
  const log::ConfigRef config = default_log_config(env.setup);
  log::Log log(log::Identity{.slot = slot,
                             .partition = ref,
                             .directory = found.path,
                             .config = config,
                             .rules = env.setup.rules});
  // Without its topic's id nobody can tell whose log it is; a crash while it was made left it so.
  if (!found.topic || env.replicas.find(ref)) {
    env.replicas.skip_slot();
    bury(env, std::move(log));
    return;
  }
  auto topic = std::make_shared<TopicInfo>();
  topic->id = *found.topic;
  topic->name = found.partition.topic;
  topic->log = config;
  env.replicas.add(Partition(std::move(topic), found.partition.partition, std::move(log)));
  ++opening_;
  ++result_.replicas;
  env.replicas.touch(slot).log().open(
      env.port.step,
      {.clean = clean,
       .recovery_point =
           directory_.offset_or_zero(log::Checkpoint::kRecoveryPoint, found.partition),
       .log_start = directory_.offset_or_zero(log::Checkpoint::kLogStart, found.partition),
       .high_watermark =
           directory_.offset_or_zero(log::Checkpoint::kHighWatermark, found.partition)});
}

void Storage::opened() {
  if (phase_ != Phase::kOpening || opening_ > 0) return;
  phase_ = Phase::kRunning;
  events_.push_back(result_);
}

void Storage::on_log_event(Env& env, Slot slot, const log::Event& event) {
  if (std::holds_alternative<log::Opened>(event)) {
    // KAFKA-1647: a replica is in the checkpoints before it ever has a leader.
    mark(slot, kHighWatermark | kOffsets);
    if (phase_ == Phase::kOpening) {
      ENSURE(opening_ > 0);
      --opening_;
      opened();
    }
  } else if (std::holds_alternative<log::Synced>(event)) {
    mark(slot, kOffsets);
  } else if (const auto* cut = std::get_if<log::TruncateDone>(&event)) {
    forget_beyond(env, slot, cut->end);
    if (phase_ == Phase::kClosingLogs) close_ready(env);
  } else if (std::holds_alternative<log::Closed>(event)) {
    if (phase_ == Phase::kClosingLogs) log_closed(env);
  } else if (const auto* failed = std::get_if<log::Failed>(&event)) {
    fail(env, failed->message);
  }
}

// A recovery point above the new end would let a later recovery skip what is appended from here.
void Storage::forget_beyond(Env& env, Slot slot, Offset end) {
  if (phase_ != Phase::kRunning) return;
  const auto saved = texts_[static_cast<std::size_t>(log::Checkpoint::kRecoveryPoint)].get(slot);
  if (!saved || *saved <= end) return;
  mark(slot, kOffsets);
  refresh(env);
  save(env, log::Checkpoint::kRecoveryPoint);
}

void Storage::fail(Env& env, std::string reason) {
  if (phase_ == Phase::kFailed) return;
  phase_ = Phase::kFailed;
  env.port.step.note(note::DirectoryOffline{});
  events_.push_back(Failed{std::move(reason)});
}

// ---- replicas -----------------------------------------------------------------------------------

void Storage::create(Env& env, const TopicInfoRef& topic, PartitionIndex index) {
  const Slot slot = env.replicas.next_slot();
  log::Log log(log::Identity{.slot = slot,
                             .partition = {topic->id, index},
                             .directory = directory_.partition_path({topic->name, index}),
                             .config = topic->log,
                             .rules = env.setup.rules});
  env.replicas.add(Partition(topic, index, std::move(log)));
  env.replicas.touch(slot).log().create(env.port.step, Offset(0));
}

void Storage::erase(Env& env, Slot slot) {
  log::Log log = std::move(env.replicas.touch(slot).log());
  env.replicas.remove(slot);
  bury(env, std::move(log));
  for (CheckpointText& text : texts_) text.erase(slot);
}

void Storage::bury(Env& env, log::Log log) {
  const Slot slot = log.identity().slot;
  auto [at, added] = graves_.emplace(slot, std::move(log));
  ENSURE(added);
  at->second.erase(env.port.step);
}

bool Storage::on_grave_io(Env& env, const IoDone& done) {
  const auto at = graves_.find(done.cookie.slot);
  if (at == graves_.end()) return false;
  at->second.on_io(env.port.step, done);
  bool gone = false;
  while (auto event = at->second.next_event()) {
    if (const auto* failed = std::get_if<log::Failed>(&*event)) fail(env, failed->message);
    gone = gone || std::holds_alternative<log::Erased>(*event);
  }
  if (gone) graves_.erase(at);
  return true;
}

bool Storage::on_grave_timer(Env& env, Cookie cookie) {
  const auto at = graves_.find(cookie.slot);
  if (at == graves_.end()) return false;
  at->second.on_timer(env.port.step, cookie);
  return true;
}

// ---- checkpoints --------------------------------------------------------------------------------

void Storage::mark(Slot slot, Mark what) {
  if (marks_.size() <= slot) marks_.resize(slot + 1U, 0);
  if (marks_[slot] == 0) marked_.push_back(slot);
  marks_[slot] = static_cast<Mark>(marks_[slot] | what);
}

void Storage::refresh(const Env& env) {
  const auto text = [this](log::Checkpoint kind) -> CheckpointText& {
    return texts_[static_cast<std::size_t>(kind)];
  };
  while (!marked_.empty()) {
    const Slot slot = marked_.pop_front();
    const Mark what = std::exchange(marks_[slot], Mark{0});
    const Partition* partition = env.replicas.at(slot);
    if (partition == nullptr) continue;
    const TopicPartition name{partition->topic().name, partition->index()};
    if ((what & kHighWatermark) != 0) {
      text(log::Checkpoint::kHighWatermark).set(slot, name, partition->high_watermark());
    }
    if ((what & kOffsets) == 0) continue;
    text(log::Checkpoint::kRecoveryPoint).set(slot, name, partition->log().recovery_point());
    if (partition->log_start() > Offset(0)) {
      text(log::Checkpoint::kLogStart).set(slot, name, partition->log_start());
    }
  }
}

void Storage::save(Env& env, log::Checkpoint kind) {
  CheckpointText& text = texts_[static_cast<std::size_t>(kind)];
  if (!text.changed()) return;
  directory_.save_text(env.port.step, kind, text.take());
  ++saving_;
}

void Storage::checkpoint_high_watermarks(Env& env) {
  if (phase_ != Phase::kRunning) return;
  refresh(env);
  save(env, log::Checkpoint::kHighWatermark);
}

void Storage::checkpoint_offsets(Env& env) {
  if (phase_ != Phase::kRunning) return;
  refresh(env);
  save(env, log::Checkpoint::kRecoveryPoint);
  save(env, log::Checkpoint::kLogStart);
}

// ---- close --------------------------------------------------------------------------------------

void Storage::close(Env& env) {
  if (phase_ == Phase::kFailed || closing()) return;
  if (phase_ != Phase::kRunning) {
    // Not everything was loaded, so there is nothing to promise: no marker (KAFKA-13773).
    phase_ = Phase::kClosed;
    events_.push_back(Closed{});
    return;
  }
  phase_ = Phase::kClosingLogs;
  to_close_ = static_cast<std::int32_t>(env.replicas.size());
  close_ready(env);
  if (to_close_ == 0) save_all(env);
}

// A log in the middle of a truncation is closed when that is done.
void Storage::close_ready(Env& env) {
  for (const auto& [ref, slot] : env.replicas.ordered()) {
    if (!env.replicas.get(slot).log().ready()) continue;
    env.replicas.touch(slot).log().close(env.port.step);
  }
}

void Storage::log_closed(Env& env) {
  ENSURE(to_close_ > 0);
  if (--to_close_ == 0) save_all(env);
}

void Storage::save_all(Env& env) {
  phase_ = Phase::kSavingCheckpoints;
  for (const auto& [ref, slot] : env.replicas.ordered()) mark(slot, kHighWatermark | kOffsets);
  refresh(env);
  save(env, log::Checkpoint::kHighWatermark);
  save(env, log::Checkpoint::kRecoveryPoint);
  save(env, log::Checkpoint::kLogStart);
  if (saving_ > 0) return;
  phase_ = Phase::kWritingMarker;
  directory_.write_clean_marker(env.port.step, env.broker_epoch);
}

void Storage::describe(StateVisitor& v) const {
  visit(v, "phase", phase_), visit(v, "directory", directory_);
  visit(v, "opening", opening_), visit(v, "to close", to_close_), visit(v, "saving", saving_);
  visit(v, "marked", marked_), visit(v, "texts", texts_), visit(v, "graves", graves_);
}

}  // namespace logarium::replica
