#include "sim/checkers/loss_judgement.hpp"

#include <fmt/format.h>

#include <set>

namespace logarium::checkers {
namespace {

bool takes_bytes(LossEvent::Kind kind) {
  switch (kind) {
    case LossEvent::Kind::kPowerLoss:
    case LossEvent::Kind::kWipe:
    case LossEvent::Kind::kRecoveryCut:
    case LossEvent::Kind::kMisread:
      return true;
    case LossEvent::Kind::kUncleanStop:
    case LossEvent::Kind::kElection:
    case LossEvent::Kind::kUncleanElection:
    case LossEvent::Kind::kLastKnownElection:
    case LossEvent::Kind::kTruncation:
    case LossEvent::Kind::kRetention:
    case LossEvent::Kind::kDeleteRecords:
      return false;
  }
  return false;
}

}  // namespace

LossJudgement judge(const PartitionState& partition, const GhostCut& cut) {
  LossJudgement judgement;
  std::set<NodeId> hit;
  std::set<NodeId> stopped;
  bool unclean = false;
  bool last_known = false;
  for (const LossEvent& loss : partition.losses) {
    if (loss.cause.event < cut.oldest_write || loss.cause.event > cut.event) continue;
    judgement.causes.push_back(loss.cause);
    if (takes_bytes(loss.kind) && loss.replica) hit.insert(*loss.replica);
    if (loss.kind == LossEvent::Kind::kUncleanStop && loss.replica) stopped.insert(*loss.replica);
    unclean = unclean || loss.kind == LossEvent::Kind::kUncleanElection;
    last_known = last_known || loss.kind == LossEvent::Kind::kLastKnownElection;
  }
  judgement.causes.push_back({cut.event,
                              cut.time,
                              {},
                              fmt::format("node {} took office in leader epoch {} with a log that "
                                          "agrees up to offset {}; {} was committed",
                                          cut.leader.value(), cut.leader_epoch.value(),
                                          cut.from.value(), cut.to.value())});
  const std::int64_t promised = partition.effective_min_isr();
  stopped.insert(hit.begin(), hit.end());
  if (partition.misread && partition.misread->cause.event <= cut.event) {
    judgement.explained = true;
    judgement.reason = partition.misread->what();
  } else if (unclean && partition.promise.unclean_leader_election) {
    judgement.explained = true;
    judgement.reason = "unclean.leader.election.enable=true let a replica lead that lacked records";
  } else if (static_cast<std::int64_t>(hit.size()) >= promised) {
    judgement.explained = true;
    judgement.reason =
        fmt::format("{} replicas lost stored bytes; min.insync.replicas={} promises to survive {}",
                    hit.size(), promised, promised - 1);
  } else if (last_known && static_cast<std::int64_t>(stopped.size()) >= promised) {
    judgement.explained = true;
    judgement.reason = fmt::format(
        "{} replicas stopped uncleanly, so that KIP-966 trusts none of them any more and the last "
        "known leader was elected; min.insync.replicas={} promises to survive {}",
        stopped.size(), promised, promised - 1);
  } else {
    judgement.reason = fmt::format(
        "{} replicas lost stored bytes, which min.insync.replicas={} promises to survive{}",
        hit.size(), promised, unclean ? "; the topic does not allow unclean elections" : "");
  }
  return judgement;
}

}  // namespace logarium::checkers
