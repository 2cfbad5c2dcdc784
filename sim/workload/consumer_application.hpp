#pragma once
// ConsumerApplication: reads its partitions for ever, poll after poll, and remembers what it read.
// After a crash of its process it reads on where it was (it keeps its positions elsewhere, with
// their leader epochs); an error of the client makes it seek.

#include <cstdint>
#include <vector>

#include "engine/client/command.hpp"
#include "sim/workload/application.hpp"
#include "sim/workload/history.hpp"

namespace logarium::workload {

struct ConsumerLoad {
  std::vector<TopicPartition> partitions;
  client::SeekTarget from;  // of each partition, at the first start
  Duration poll_wait = seconds(5);
  Duration think_time{0};  // between a poll's answer and the next poll
};

class ConsumerApplication final : public Application {
 public:
  ConsumerApplication(const ConsumerLoad& load, Random random);

  void started(const Now& now, Calls& out) override;
  void ended(const Now& now) override;
  void on_answer(const Now& now, CommandId id, const CommandResultRef& result, Calls& out) override;
  void wake(const Now& now, Calls& out) override;
  [[nodiscard]] Instant next_deadline() const override { return next_poll_; }
  [[nodiscard]] const History* history() const override { return &history_; }
  [[nodiscard]] std::unique_ptr<Application> clone() const override;
  void describe(StateVisitor& v) const override;
  [[nodiscard]] std::uint64_t random_fingerprint() const override { return random_.fingerprint(); }
  // Errors that polls raised: positions out of range or truncated without a reset policy, ...
  [[nodiscard]] std::uint64_t errors() const { return errors_; }
  // What it reads, whether it has begun to or not.
  [[nodiscard]] const std::vector<TopicPartition>& partitions() const { return load_.partitions; }

 private:
  struct Place {
    TopicPartition partition;
    std::optional<Offset> next;  // to read; empty before the first record
    std::optional<LeaderEpoch> epoch;
    void describe(StateVisitor& v) const;
  };
  void poll(Calls& out);
  void read(const client::PolledBatch& batch, Instant at);
  void recover(const client::PollError& error, Calls& out);
  Place* place_of(const TopicPartition& partition);

  ConsumerLoad load_;
  Random random_;
  History history_;
  std::vector<Place> places_;
  Instant next_poll_ = kNever;
  std::uint64_t errors_ = 0;
  std::uint64_t next_command_ = 1;
};

}  // namespace logarium::workload
