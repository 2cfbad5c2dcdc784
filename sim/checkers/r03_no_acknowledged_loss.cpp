#include <fmt/format.h>

#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/loss_judgement.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

struct Acked {
  Offset base;
  std::int32_t records = 0;
  std::int16_t acks = 0;
  std::uint64_t content = 0;
  std::uint64_t event = 0;
  Instant time;
};

// Property R3. What a producer was told is stored stands at its offset in the leader's log, or
// was removed legally, or its loss is explained. Judged at quiescence and at the end.
class NoAcknowledgedLoss final : public CheckerOf<NoAcknowledgedLoss> {
 public:
  [[nodiscard]] Property property() const override { return kNoAcknowledgedLoss; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::BatchAcked>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings&) override {
    const auto& ack = std::get<note::BatchAcked>(note);
    const PartitionState* partition = state.find(ack.partition);
    if (ack.base.value() < 0 || partition == nullptr) return;
    if (acked_.size() <= partition->index) acked_.resize(partition->index + 1);
    acked_[partition->index].push_back(
        {ack.base, ack.records, ack.acks, ack.content, at.event, at.time});
  }
  void at_end(const ClusterState& state, const world::World&, const Moment& moment,
              Findings& findings) override {
    for (std::size_t i = 0; i < acked_.size(); ++i) {
      const PartitionState& partition = state.partitions()[i];
      if (partition.deleted || !partition.leader) continue;
      const ReplicaState* leader = partition.replica(*partition.leader);
      if (leader == nullptr || !partition.legitimate(*leader)) continue;
      for (const Acked& batch : acked_[i]) {
        judge_batch(state, partition, *leader, batch, moment, findings);
      }
    }
  }

 private:
  // What a leader of the cut's epoch or a later one wrote there, the cut did not take.
  static bool written_after(const ClusterState& state, const Acked& batch, const GhostCut& cut) {
    const SentBatch* sent = state.sends().find(batch.content);
    return sent != nullptr && sent->base == batch.base && sent->written_in >= cut.leader_epoch;
  }
  void judge_batch(const ClusterState& state, const PartitionState& partition,
                   const ReplicaState& leader, const Acked& batch, const Moment& moment,
                   Findings& findings) const {
    const Offset next = batch.base + batch.records;
    if (next <= leader.log_start && leader.log_start <= partition.ghost_start) return;
    const std::size_t at = entry_at(leader.entries, batch.base);
    if (at < leader.entries.size() && leader.entries[at].content == batch.content) return;
    ExplainedLoss loss{partition.ref, batch.base, next, moment.event,
                       moment.time,   {},         {},   batch.acks == 1};
    if (batch.acks == 1) {
      loss.explanation =
          "acknowledged with acks=1 by a leader that lost the record before any "
          "follower had it";
      loss.causes = recent_causes(partition);
      findings.explained(std::move(loss));
      return;
    }
    LossJudgement judgement{false, "no change of leader accounts for it", {}};
    for (const GhostCut& cut : partition.cuts) {
      // A cut after the acknowledgement took all from there on, known to be committed or not.
      const bool beyond = batch.base >= cut.to && cut.event <= batch.event;
      if (beyond || next <= cut.from || written_after(state, batch, cut)) continue;
      judgement = judge(partition, cut);
      if (judgement.explained) break;
    }
    if (judgement.explained) {
      loss.explanation = judgement.reason;
      loss.causes = std::move(judgement.causes);
      findings.explained(std::move(loss));
      return;
    }
    report(findings, moment_of(moment, leader.node),
           {fmt::format("records {} to {} of {} were acknowledged at event {} and are gone: {}",
                        batch.base.value(), next.value() - 1, name_of(partition.ref), batch.event,
                        judgement.reason),
            "every acknowledged record in the log of the current leader",
            fmt::format("{} leads with a log from {} to {}", name_of(leader.id),
                        leader.log_start.value(), leader.log_end.value()),
            {std::move(judgement.causes), nullptr}});
  }

  std::vector<ChunkedVector<Acked>> acked_;  // by partition index
};

}  // namespace

std::unique_ptr<Checker> make_no_acknowledged_loss() {
  return std::make_unique<NoAcknowledgedLoss>();
}

}  // namespace logarium::checkers
