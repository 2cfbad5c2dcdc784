#include "engine/controller/partition_change.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium::controller {

using metadata::contains;
using metadata::Nodes;
using metadata::PartitionChangeRecord;
using metadata::Recovery;

namespace {

Nodes without(const Nodes& nodes, const Nodes& others) {
  Nodes out;
  for (const NodeId node : nodes) {
    if (!contains(others, node)) out.push_back(node);
  }
  return out;
}

bool contains_all(const Nodes& nodes, const Nodes& others) {
  return std::all_of(others.begin(), others.end(), [&](NodeId n) { return contains(nodes, n); });
}

bool is_no_op(const PartitionChangeRecord& r) {
  return !r.isr && r.leader == metadata::kNoLeaderChange && !r.replicas && !r.removing_replicas &&
         !r.adding_replicas && r.leader_recovery_state == metadata::kNoRecoveryChange &&
         !r.directories && !r.eligible_leader_replicas && !r.last_known_elr;
}

// Kafka reserves the first hundred ids: not assigned, lost, being moved.
constexpr std::uint64_t kReservedDirectories = 100;
constexpr Uuid kLostDirectory{0, 1};

bool directory_online(const metadata::Broker& broker, Uuid directory) {
  if (directory == kLostDirectory) return false;
  if (directory.high == 0 && directory.low < kReservedDirectories) return true;
  return std::find(broker.directories.begin(), broker.directories.end(), directory) !=
         broker.directories.end();
}

}  // namespace

std::vector<std::int32_t> wire_ids(const Nodes& nodes) {
  std::vector<std::int32_t> ids;
  ids.reserve(nodes.size());
  for (const NodeId node : nodes) ids.push_back(node.value());
  return ids;
}

Nodes nodes_of(const std::vector<std::int32_t>& ids) {
  Nodes nodes;
  nodes.reserve(ids.size());
  for (const std::int32_t id : ids) nodes.push_back(NodeId(id));
  return nodes;
}

Uuid default_directory(const metadata::Image& image, NodeId broker) {
  const metadata::Broker* found = image.broker(broker);
  return found != nullptr && found->directories.size() == 1 ? found->directories.front()
                                                            : kZeroUuid;
}

ElectionPolicy election_policy(const View& view, const std::string& topic) {
  const TopicConfig config = view.topic_config(topic);
  return {config.unclean_leader_election_enable,
          static_cast<std::int32_t>(config.min_insync_replicas)};
}

PartitionChange::PartitionChange(const View& view, PartitionRef ref,
                                 const metadata::Partition& partition, const ElectionPolicy& policy)
    : isr(partition.isr),
      replicas(partition.replicas),
      adding(partition.adding),
      removing(partition.removing),
      recovery(partition.recovery),
      election(policy.unclean ? Election::kUnclean : Election::kOnline),
      view_(view),
      ref_(ref),
      partition_(partition),
      min_isr_(std::min(policy.min_isr, static_cast<std::int32_t>(partition.replicas.size()))),
      elr_on_(view.rules.on(Rule::kElr)),
      elr_(partition.elr),
      directories_(partition.directories) {}

void PartitionChange::move_to_directory(NodeId node, Uuid directory) {
  const auto at = std::find(partition_.replicas.begin(), partition_.replicas.end(), node);
  ENSURE(at != partition_.replicas.end());
  directories_.resize(partition_.replicas.size(), kZeroUuid);
  directories_[static_cast<std::size_t>(at - partition_.replicas.begin())] = directory;
}

// Active, with the replica's directory online, as the decision in the making leaves it.
bool PartitionChange::acceptable(NodeId node) const {
  if (node == brokers.fenced || node == brokers.unclean) return false;
  const metadata::Broker* broker = view_.image.broker(node);
  if (broker == nullptr) return false;
  if (node != brokers.unfenced && !broker->active()) return false;
  const auto at = std::find(partition_.replicas.begin(), partition_.replicas.end(), node);
  const auto index = static_cast<std::size_t>(at - partition_.replicas.begin());
  return index >= directories_.size() || directory_online(*broker, directories_[index]);
}

// KIP-966: in the ISR, or in the ELR when the ISR is empty.
bool PartitionChange::valid_leader(NodeId node) const {
  if (view_.rules.on(Rule::kElectFromIsrOnly) && !contains(isr, node) &&
      !(isr.empty() && contains(elr_, node))) {
    return false;
  }
  return acceptable(node);
}

// KIP-966: the recorded last leader, once ISR and ELR are empty. It must be alive (KAFKA-19522),
// and what it recorded must lie where it did: a replica in another directory may have begun anew.
bool PartitionChange::may_elect_last_known() const {
  return elr_on_ && directories_ == partition_.directories && isr.empty() && elr_.empty() &&
         partition_.last_known_elr.size() == 1 &&
         contains(replicas, partition_.last_known_elr.front()) &&
         acceptable(partition_.last_known_elr.front());
}

PartitionChange::Elected PartitionChange::elect() const {
  if (election == Election::kPreferred && valid_leader(replicas.front())) {
    return {replicas.front(), false};
  }
  if (partition_.leader && contains(replicas, *partition_.leader) &&
      valid_leader(*partition_.leader)) {
    return {*partition_.leader, false};
  }
  for (const NodeId node : replicas) {
    if (valid_leader(node)) return {node, false};
  }
  if (may_elect_last_known()) return {partition_.last_known_elr.front(), true};
  if (election == Election::kUnclean) {
    for (const NodeId node : replicas) {
      if (acceptable(node)) return {node, true};
    }
  }
  return {std::nullopt, false};
}

// KIP-455: done when a replica that stays is in the ISR and every target replica is.
void PartitionChange::complete_reassignment() {
  if (adding.empty() && removing.empty()) return;
  const Nodes target = without(replicas, removing);
  const Nodes target_isr = without(isr, removing);
  if (target.empty() || target_isr.empty()) return;
  if (view_.rules.on(Rule::kReassignmentNeedsTargetInIsr) && !contains_all(target_isr, target)) {
    return;
  }
  isr = target_isr;
  replicas = target;
  adding.clear();
  removing.clear();
}

// KIP-966: below min.insync.replicas whoever leaves the ISR may still lead, since the high
// watermark stands still. An unclean stop may have lost what the log held.
void PartitionChange::fill_elr() {
  if (!elr_on_ || static_cast<std::int32_t>(isr.size()) >= min_isr_) {
    elr_.clear();
    return;
  }
  Nodes candidates = elr_;
  for (const NodeId node : partition_.isr) {
    if (!contains(candidates, node)) candidates.push_back(node);
  }
  elr_.clear();
  for (const NodeId node : candidates) {
    if (contains(isr, node) || node == brokers.unclean || !contains(replicas, node)) continue;
    elr_.push_back(node);
  }
}

void PartitionChange::try_election(PartitionChangeRecord& record) {
  const Elected elected = elect();
  if (elected.leader == partition_.leader) return;
  record.leader = elected.leader ? elected.leader->value() : metadata::kNoLeader;
  if (!elected.leader) return;
  if (elected.unclean) {
    record.isr = std::vector<std::int32_t>{elected.leader->value()};
    elr_.clear();
    if (partition_.recovery != Recovery::kRecovering) {
      record.leader_recovery_state = static_cast<std::int8_t>(Recovery::kRecovering);
    }
  } else if (!contains(isr, *elected.leader)) {
    isr = {*elected.leader};
    elr_ = without(elr_, isr);
  }
}

void PartitionChange::write_elr(PartitionChangeRecord& record) {
  if (elr_ != partition_.elr) record.eligible_leader_replicas = wire_ids(elr_);
}

void PartitionChange::write_isr(PartitionChangeRecord& record) const {
  if (record.isr || isr == partition_.isr) return;
  // Without ELR the last member of the ISR stays in it, whatever happens to it.
  if (isr.empty() && !elr_on_) return;
  record.isr = wire_ids(isr);
}

void PartitionChange::write_last_known_leader(PartitionChangeRecord& record) const {
  if (!elr_on_) return;
  const Nodes& known = partition_.last_known_elr;
  if (record.isr && record.isr->empty()) {
    if (partition_.leader && known != Nodes{*partition_.leader}) {
      record.last_known_elr = std::vector<std::int32_t>{partition_.leader->value()};
    }
    return;
  }
  const bool keeps_leader = record.leader == metadata::kNoLeaderChange && partition_.leader;
  if ((record.leader >= 0 || keeps_leader) && !known.empty()) {
    record.last_known_elr = std::vector<std::int32_t>{};
  }
}

void PartitionChange::write_assignment(PartitionChangeRecord& record) const {
  if (replicas == partition_.replicas) {
    if (directories_ != partition_.directories) record.directories = directories_;
  } else {
    std::vector<Uuid> directories;
    for (const NodeId node : replicas) {
      const auto at = std::find(partition_.replicas.begin(), partition_.replicas.end(), node);
      const auto index = static_cast<std::size_t>(at - partition_.replicas.begin());
      directories.push_back(index < directories_.size() ? directories_[index]
                                                        : default_directory(view_.image, node));
    }
    if (directories != partition_.directories) record.directories = std::move(directories);
    record.replicas = wire_ids(replicas);
  }
  if (removing != partition_.removing) record.removing_replicas = wire_ids(removing);
  if (adding != partition_.adding) record.adding_replicas = wire_ids(adding);
}

std::optional<PartitionChangeRecord> PartitionChange::build() {
  PartitionChangeRecord record;
  record.topic_id = ref_.topic;
  record.partition_id = ref_.partition.value();
  complete_reassignment();
  fill_elr();
  try_election(record);
  // A replica that leaves the assignment must stop fetching as one: a new leader epoch tells it.
  // A change of the ISR alone does not bump the leader epoch (KAFKA-15021).
  if (record.leader == metadata::kNoLeaderChange && !contains_all(replicas, partition_.replicas)) {
    record.leader = partition_.leader ? partition_.leader->value() : metadata::kNoLeader;
  }
  write_elr(record);
  write_isr(record);
  write_last_known_leader(record);
  write_assignment(record);
  if (recovery != partition_.recovery) {
    record.leader_recovery_state = static_cast<std::int8_t>(recovery);
  }
  if (is_no_op(record)) return std::nullopt;
  return record;
}

}  // namespace logarium::controller
