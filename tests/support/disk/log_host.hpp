#pragma once
// LogHost: hosts one log on a FakeDisk. Operations queue up and are performed one at a time, so
// that a test can stop between any two of them.

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/log/log.hpp"
#include "engine/protocol/records.hpp"
#include "tests/support/disk/fake_disk.hpp"

namespace logarium::test {

class LogHost {
 public:
  explicit LogHost(log::Config config = {}, Rules rules = {})
      : config_(std::make_shared<const log::Config>(config)), rules_(rules), log_(identity()) {
    core_.random = Random(1);
  }

  [[nodiscard]] log::Identity identity() const {
    return {0, {Uuid{7, 7}, PartitionIndex(0)}, "t-0", config_, rules_};
  }
  log::Log* operator->() { return &log_; }
  log::Log& log() { return log_; }
  FakeDisk& disk() { return disk_; }
  NodeCore& core() { return core_; }
  std::vector<Note>& notes() { return notes_; }
  std::vector<log::Event>& events() { return events_; }
  Now& now() { return now_; }
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }

  // Calls `act` with a step context and takes over its effects.
  template <class Act>
  auto step(Act act) {
    Effects effects;
    StepContext ctx(now_, core_, effects);
    if constexpr (std::is_void_v<decltype(act(ctx))>) {
      act(ctx);
      take(effects);
    } else {
      auto result = act(ctx);
      take(effects);
      return result;
    }
  }
  // Performs the first waiting operation. False when there is none.
  bool perform_one() {
    if (queue_.empty()) return false;
    const FileOp op = std::move(queue_.front());
    queue_.pop_front();
    const IoDone done = disk_.perform(op);
    step([&](StepContext& ctx) { log_.on_io(ctx, done); });
    return true;
  }
  void settle() {
    while (perform_one()) {
    }
  }
  // The process dies now: what it asked of the disk is done, and nobody hears of it.
  void die_unanswered() {
    for (; !queue_.empty(); queue_.pop_front()) disk_.perform(queue_.front());
    disk_.kill();
  }
  // Power fails now. A prefix of the operations not yet performed may still have been.
  void power_off(Random& random) {
    for (std::uint64_t n = random.below(queue_.size() + 1); n > 0; --n) {
      disk_.perform(queue_.front());
      queue_.pop_front();
    }
    queue_.clear();
    disk_.crash(random);
  }
  // Moves the clocks and fires the timers that come due.
  void pass(Duration delay) {
    const Instant until = now_.monotonic + delay;
    now_.wall = now_.wall + delay;
    while (core_.timers.next_deadline() <= until) {
      now_.monotonic = core_.timers.next_deadline();
      const Cookie cookie = core_.timers.fire();
      step([&](StepContext& ctx) { log_.on_timer(ctx, cookie); });
      settle();
    }
    now_.monotonic = until;
  }

  void create(Offset start = Offset(0)) {
    step([&](StepContext& ctx) { log_.create(ctx, start); });
    settle();
  }
  // A new process with an empty memory; what the disk holds stays.
  void restart(const log::OpenOptions& options) {
    begin_restart(options);
    settle();
  }
  void begin_restart(const log::OpenOptions& options) {
    queue_.clear();
    core_ = {};
    core_.random = Random(2);
    log_ = log::Log(identity());
    events_.clear();
    notes_.clear();
    step([&](StepContext& ctx) { log_.open(ctx, options); });
  }
  log::Appended append(const protocol::Batch& batch, LeaderEpoch epoch = LeaderEpoch(0)) {
    return step([&](StepContext& ctx) { return log_.append_as_leader(ctx, batch, epoch); });
  }
  // Reads through memory or disk; empty when out of range, stale or corrupt.
  std::optional<std::vector<protocol::Batch>> read(const log::ReadRequest& request) {
    auto result = step([&](StepContext& ctx) { return log_.read(ctx, request); });
    if (auto* data = std::get_if<log::ReadData>(&result)) return data->batches;
    if (std::holds_alternative<log::ReadOutOfRange>(result)) return std::nullopt;
    settle();
    const log::Ticket ticket = std::get<log::ReadPending>(result).ticket;
    for (const log::Event& event : events_) {
      const auto* done = std::get_if<log::ReadDone>(&event);
      if (done == nullptr || done->ticket != ticket) continue;
      if (done->status != log::ReadStatus::kOk) return std::nullopt;
      return done->batches;
    }
    return std::nullopt;
  }
  // The whole log from its start, read after read.
  std::vector<protocol::Batch> read_all() {
    std::vector<protocol::Batch> all;
    Offset from = log_.log_start();
    while (from < log_.log_end()) {
      const auto part = read({from, log_.log_end(), 1000, log::ReadRequest::Minimum::kOneBatch});
      if (!part || part->empty()) break;
      all.insert(all.end(), part->begin(), part->end());
      from = all.back().next_offset();
    }
    return all;
  }
  template <class E>
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const log::Event& event : events_) n += std::holds_alternative<E>(event) ? 1U : 0U;
    return n;
  }
  template <class N>
  [[nodiscard]] std::vector<N> noted() const {
    std::vector<N> found;
    for (const Note& note : notes_) {
      if (const auto* n = std::get_if<N>(&note)) found.push_back(*n);
    }
    return found;
  }

 private:
  void take(Effects& effects) {
    for (Action& action : effects.actions) {
      if (auto* op = std::get_if<FileOp>(&action)) queue_.push_back(std::move(*op));
    }
    notes_.insert(notes_.end(), effects.notes.begin(), effects.notes.end());
    while (auto event = log_.next_event()) events_.push_back(std::move(*event));
  }

  log::ConfigRef config_;
  Rules rules_;
  NodeCore core_;
  Now now_{Instant{0}, WallTime{1'700'000'000'000'000'000}};
  FakeDisk disk_;
  std::deque<FileOp> queue_;
  std::vector<Note> notes_;
  std::vector<log::Event> events_;
  log::Log log_;
};

struct BatchSpec {
  int records = 1;
  std::size_t value_bytes = 20;
  std::int64_t timestamp_ms = 1'700'000'000'000;
  ProducerId producer = protocol::kNoProducerId;
  ProducerEpoch epoch = protocol::kNoProducerEpoch;
  Sequence sequence = protocol::kNoSequence;
};

inline protocol::Batch make_batch(const BatchSpec& spec = {}) {
  protocol::BatchOptions options;
  options.producer_id = spec.producer;
  options.producer_epoch = spec.epoch;
  options.base_sequence = spec.sequence;
  protocol::BatchBuilder builder(options);
  const std::vector<std::byte> value(spec.value_bytes, std::byte{'x'});
  for (int i = 0; i < spec.records; ++i) {
    protocol::NewRecord record;
    record.timestamp = spec.timestamp_ms + i;
    record.value = ByteView(value);
    builder.append(record);
  }
  return builder.build();
}

}  // namespace logarium::test
