#pragma once
// ProducerApplication: writes records at a given rate until its stop time and remembers what
// became of each. Several of them share one rate: each knows its turn.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/client/command.hpp"
#include "sim/workload/application.hpp"
#include "sim/workload/history.hpp"

namespace logarium::workload {

struct ProducerLoad {
  std::uint16_t application = 1;  // unique among the world's applications
  std::string topic;
  std::optional<PartitionIndex> partition;  // empty: the client's partitioner decides
  // Records per `per` for all `count` producers together; this one is number `turn` of them.
  std::int64_t rate = 1000;
  Duration per = seconds(1);
  std::int32_t count = 1;
  std::int32_t turn = 0;
  enum class Spacing : std::uint8_t { kConstant, kPoisson } spacing = Spacing::kConstant;
  std::int32_t record_bytes = 100;  // of the value, at least 8
  enum class Keys : std::uint8_t { kNone, kUniform, kZipf } keys = Keys::kNone;
  std::uint32_t key_count = 1000;
  std::int32_t records_per_call = 1;         // given at once, at the time of the last of them
  std::optional<Duration> stop_after;        // from the first start of the process
  std::optional<std::uint64_t> records_max;  // stops after so many
};

class ProducerApplication final : public Application {
 public:
  // `random` is the application's own stream.
  ProducerApplication(const ProducerLoad& load, Random random);

  void started(const Now& now, Calls& out) override;
  void ended(const Now& now) override;
  void on_answer(const Now& now, CommandId id, const CommandResultRef& result, Calls& out) override;
  void wake(const Now& now, Calls& out) override;
  [[nodiscard]] Instant next_deadline() const override { return next_at_; }
  [[nodiscard]] const History* history() const override { return &history_; }
  [[nodiscard]] std::unique_ptr<Application> clone() const override;
  void describe(StateVisitor& v) const override;
  [[nodiscard]] std::uint64_t random_fingerprint() const override { return random_.fingerprint(); }
  // Whether it will send no more.
  [[nodiscard]] bool stopped() const { return next_at_ == kNever && begin_.has_value(); }

 private:
  void plan_next(Instant now);
  [[nodiscard]] std::optional<Bytes> draw_key();
  void send(const Now& now, Calls& out);

  ProducerLoad load_;
  Random random_;
  std::optional<Zipf> zipf_;
  History history_;
  std::optional<Instant> begin_;
  Instant next_at_ = kNever;
  std::uint64_t counter_ = 0;  // records begun
  std::uint64_t slots_ = 0;    // of the constant spacing, used so far
  std::uint64_t next_command_ = 1;
};

}  // namespace logarium::workload
