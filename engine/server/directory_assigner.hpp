#pragma once
// DirectoryAssigner: tells the controller which of this broker's replicas lie in another log
// directory than the metadata says (AssignReplicasToDirs, KIP-858): all of them after the disk was
// replaced, and those that were placed before the directory was known. One request is in flight at
// a time; a failed one is asked again.

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "engine/metadata/delta.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::server {

class DirectoryAssigner {
 public:
  static constexpr Duration kRetryBackoff = milliseconds(100);
  // Partitions in one request, as in Kafka's AssignmentsManager.
  static constexpr std::size_t kPerRequestMax = 2250;

  explicit DirectoryAssigner(NodeId self) : self_(self) {}
  void set_controller(rpc::Port& port, std::optional<NodeId> controller);
  void set_broker_epoch(BrokerEpoch epoch) { epoch_ = epoch; }
  // The directory that this broker registers with and keeps all its replicas in.
  void set_directory(Uuid directory) { directory_ = directory; }

  // What the broker now acts by. REQUIRES: set_directory was called.
  void metadata_applied(rpc::Port& port, const metadata::Delta& delta);
  void on_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_timer(rpc::Port& port);
  void describe(StateVisitor& v) const;

 private:
  [[nodiscard]] bool lies_elsewhere(const metadata::Partition& partition) const;
  void ask(rpc::Port& port);

  NodeId self_;
  Uuid directory_;
  std::optional<NodeId> controller_;
  std::optional<BrokerEpoch> epoch_;
  std::set<PartitionRef> wrong_;     // in the metadata, and not asked for yet
  std::vector<PartitionRef> asked_;  // in flight, or waiting to be asked again
};

}  // namespace logarium::server
