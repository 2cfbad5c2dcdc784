#pragma once
// How a partition's record changes: from the wanted ISR, replicas and kind of election to one
// PartitionChangeRecord with leader, ISR, ELR and epochs as they must be (KIP-455, KIP-841,
// KIP-966). Every change of an existing partition goes through here.

#include <optional>

#include "engine/controller/decision.hpp"

namespace logarium::controller {

enum class Election : std::uint8_t {
  kOnline,     // keep the leader while it is valid, else elect from ISR or ELR
  kPreferred,  // the first replica, when it is valid
  kUnclean,    // as kOnline, and any active replica rather than none: records may be lost
};

// What a topic's config says about elections.
struct ElectionPolicy {
  bool unclean = false;
  std::int32_t min_isr = 1;
};
[[nodiscard]] ElectionPolicy election_policy(const View& view, const std::string& topic);

// What a decision in the making changes about the brokers, which the image does not show yet.
struct BrokerChange {
  std::optional<NodeId> fenced;    // fenced, stopping or unregistered: leads nothing
  std::optional<NodeId> unclean;   // came back after an unclean stop: lost its claim to lead
  std::optional<NodeId> unfenced;  // may lead from now on
};

struct PartitionChange {
  PartitionChange(const View& view, PartitionRef ref, const metadata::Partition& partition,
                  const ElectionPolicy& policy);

  metadata::Nodes isr, replicas, adding, removing;
  metadata::Recovery recovery;
  Election election;
  BrokerChange brokers;

  // KIP-858: the node's replica lies in this directory from now on.
  // REQUIRES: the node is a replica before the change.
  void move_to_directory(NodeId node, Uuid directory);

  // Completes a reassignment that can be completed, fills ELR and last known leader, elects.
  // Empty when nothing changes.
  [[nodiscard]] std::optional<metadata::PartitionChangeRecord> build();

 private:
  struct Elected {
    std::optional<NodeId> leader;
    bool unclean = false;
  };
  [[nodiscard]] bool acceptable(NodeId node) const;
  [[nodiscard]] bool valid_leader(NodeId node) const;
  [[nodiscard]] Elected elect() const;
  [[nodiscard]] bool may_elect_last_known() const;
  void complete_reassignment();
  void fill_elr();
  void try_election(metadata::PartitionChangeRecord& record);
  void write_elr(metadata::PartitionChangeRecord& record);
  void write_isr(metadata::PartitionChangeRecord& record) const;
  void write_last_known_leader(metadata::PartitionChangeRecord& record) const;
  void write_assignment(metadata::PartitionChangeRecord& record) const;

  const View& view_;
  PartitionRef ref_;
  const metadata::Partition& partition_;
  std::int32_t min_isr_;
  bool elr_on_;
  metadata::Nodes elr_;
  std::vector<Uuid> directories_;  // of the partition's replicas before the change
};

// The directory that a new replica on the broker gets: its only one, or none yet (KIP-858).
[[nodiscard]] Uuid default_directory(const metadata::Image& image, NodeId broker);

// Ids as on the wire and back.
[[nodiscard]] std::vector<std::int32_t> wire_ids(const metadata::Nodes& nodes);
[[nodiscard]] metadata::Nodes nodes_of(const std::vector<std::int32_t>& ids);

}  // namespace logarium::controller
