#include "sim/run/live_view.hpp"

#include <algorithm>

#include "engine/client/client_node.hpp"
#include "engine/controller/controller.hpp"
#include "engine/metadata/image.hpp"
#include "engine/raft/quorum.hpp"
#include "engine/replica/manager.hpp"
#include "engine/replica/partition.hpp"
#include "engine/server/lifecycle.hpp"
#include "engine/server/server_node.hpp"
#include "sim/workload/history.hpp"

namespace logarium::run {
namespace {

using trace::LogView;
using trace::NodeView;
using trace::PartitionView;
using trace::View;

std::string_view kind_name(world::NodeKind kind) {
  switch (kind) {
    case world::NodeKind::kBroker:
      return "broker";
    case world::NodeKind::kController:
      return "controller";
    case world::NodeKind::kCombined:
      return "combined";
    case world::NodeKind::kClient:
      return "client";
  }
  return "?";
}

// Which leader epoch the records of a log were written in, by its epoch cache. An epoch without
// records has no range.
std::vector<trace::EpochRange> ranges_of(const log::Log& log) {
  std::vector<trace::EpochRange> out;
  for (const log::EpochEntry& entry : log.epochs().entries()) {
    if (entry.start >= log.log_end()) break;
    if (entry.start <= log.log_start()) out.clear();
    out.push_back({entry.epoch, std::max(entry.start, log.log_start())});
  }
  if (log.log_start() >= log.log_end()) out.clear();
  return out;
}

// A log whose offsets mean something: they do from its opening to its closing.
bool readable(const log::Log& log) {
  return log.state() == log::Log::State::kReady || log.state() == log::Log::State::kCutting ||
         log.state() == log::Log::State::kClosing;
}
// Its notes do not say yet what has become of it.
bool untold(const log::Log& log) {
  return log.state() == log::Log::State::kFailed || log.state() == log::Log::State::kClosed;
}

void read_log(LogView& out, const log::Log& log) {
  out.open = true;
  out.log_start = log.log_start();
  out.log_end = log.log_end();
  out.high_watermark = log.high_watermark();
  out.synced_end = log.synced_end();
  out.epochs = ranges_of(log);
}

class Reader {
 public:
  Reader(View& out, const world::World& world) : out_(out), world_(world) {}

  void read() {
    for (std::uint32_t i = 0; i < world_.size(); ++i) {
      const world::NodeIndex node(i);
      NodeView& view = out_.nodes()[i];
      view.up = world_.state(node) == world::ProcessState::kUp;
      view.incarnation = world_.incarnation(node);
      if (!view.up) read_down(view, i);
      if (const auto* server = dynamic_cast<const server::ServerNode*>(world_.node(node))) {
        if (server->setup() != nullptr) read_server(view, i, *server);
      } else if (const auto* client = dynamic_cast<const client::ClientNode*>(world_.node(node))) {
        read_client(view, *client);
      }
      if (const workload::Application* application = world_.application(node)) {
        if (const workload::History* history = application->history()) {
          view.acked = history->acked();
          view.delivered = history->read() + history->corrupt();
        }
      }
    }
    read_committed();
  }

 private:
  void read_down(NodeView& view, std::uint32_t node) {
    view.broker_state = note::BrokerState::kNotRunning;
    view.quorum.reset();
    view.controls.reset();
    view.metadata_next = Offset(0);
    view.positions.clear();
    view.in_flight.clear();
    for (PartitionView& partition : out_.partitions()) {
      for (LogView& log : partition.logs) {
        if (log.node == node) log.open = log.leading = false;
      }
    }
  }

  void read_server(NodeView& view, std::uint32_t node, const server::ServerNode& server) {
    const server::BrokerLifecycle* lifecycle = server.lifecycle();
    view.broker_state = lifecycle == nullptr ? note::BrokerState::kNotRunning : lifecycle->state();
    const metadata::ImageRef image = server.image();
    view.metadata_next = image == nullptr ? Offset(0) : image->position().next;
    if (const raft::Quorum* quorum = server.quorum()) read_quorum(view, node, server, *quorum);
    if (server.replicas() != nullptr) read_replicas(node, *server.replicas());
  }
  void read_quorum(NodeView& view, std::uint32_t node, const server::ServerNode& server,
                   const raft::Quorum& quorum) {
    const bool leads = quorum.role() == note::QuorumRole::kLeader;
    if (quorum.role_told()) {
      view.quorum = trace::QuorumView{quorum.role(), quorum.epoch(), quorum.leader()};
      const controller::Controller* controller = server.controller();
      view.controls = controller == nullptr ? std::nullopt : controller->epoch();
    }
    if (readable(quorum.log())) {
      LogView& log = out_.log(node, kMetadataPartition);
      read_log(log, quorum.log());
      if (quorum.role_told()) log.leading = leads;
    }
  }

  void read_replicas(std::uint32_t node, const replica::Manager& manager) {
    for (PartitionView& partition : out_.partitions()) {
      if (partition.ref == kMetadataPartition) continue;
      const replica::Partition* held = manager.find(partition.ref);
      if (held != nullptr && held->log().state() != log::Log::State::kErasing) continue;
      // What its notes call open must be there.
      std::erase_if(partition.logs,
                    [node](const LogView& log) { return log.node == node && log.open; });
    }
    for (const PartitionRef ref : manager.partitions()) {
      const replica::Partition& held = *manager.find(ref);
      if (untold(held.log()) || held.log().state() == log::Log::State::kErasing) continue;
      if (!readable(held.log())) {
        if (out_.find(ref) != nullptr && out_.find(ref)->log(node) != nullptr) {
          out_.log(node, ref).open = false;
        }
        continue;
      }
      LogView& log = out_.log(node, ref);
      read_log(log, held.log());
      read_role(log, held);
    }
  }
  static void read_role(LogView& log, const replica::Partition& held) {
    log.leader_epoch = held.leader_epoch().value_or(LeaderEpoch(-1));
    log.leading = held.leader() != nullptr;
    log.isr = log.maximal_isr = ReplicaSet(0);
    if (const replica::Leader* leader = held.leader()) {
      log.isr = leader->isr().committed();
      log.maximal_isr = leader->isr().maximal();
    }
  }

  void read_client(NodeView& view, const client::ClientNode& client) {
    for (const auto& [partition, offset] : client.positions()) {
      const auto same = [ref = partition](const trace::PositionView& one) {
        return one.partition == ref;
      };
      auto at = std::find_if(view.positions.begin(), view.positions.end(), same);
      if (at == view.positions.end()) at = view.positions.insert(at, {partition, Offset(-1)});
      at->next = offset;
    }
    // The node keeps them by partition and in its own order; what each of them is must be equal.
    const std::vector<client::ClientNode::SentBatch> held = client.in_flight();
    std::erase_if(view.in_flight, [&held](const trace::InFlightView& one) {
      return std::none_of(held.begin(), held.end(),
                          [&one](const auto& batch) { return batch.content == one.content; });
    });
    for (const client::ClientNode::SentBatch& batch : held) {
      const auto at = std::find_if(
          view.in_flight.begin(), view.in_flight.end(),
          [&batch](const trace::InFlightView& one) { return one.content == batch.content; });
      if (at == view.in_flight.end()) {
        view.in_flight.push_back({{}, batch.content, batch.records, batch.attempts, {}});
      } else {
        at->records = batch.records;
        at->attempt = batch.attempts;
      }
    }
  }

  // The image of the active controller of the newest epoch. A deposed one that has not heard of it
  // has no say, nor has anyone between two leaders.
  [[nodiscard]] metadata::ImageRef committed() const {
    metadata::ImageRef image;
    std::optional<QuorumEpoch> active, newest;
    for (std::uint32_t i = 0; i < world_.size(); ++i) {
      const auto* server =
          dynamic_cast<const server::ServerNode*>(world_.node(world::NodeIndex(i)));
      if (server == nullptr || server->quorum() == nullptr) continue;
      newest = std::max(newest, std::optional(server->quorum()->epoch()));
      const controller::Controller* controller = server->controller();
      if (controller == nullptr || !controller->active()) continue;
      if (active && *controller->epoch() < *active) continue;
      active = controller->epoch();
      image = controller->committed_image();
    }
    return active == newest ? image : nullptr;
  }

  void read_committed() {
    const metadata::ImageRef image = committed();
    if (image == nullptr) return;
    for (PartitionView& partition : out_.partitions()) {
      if (partition.ref == kMetadataPartition) continue;
      partition.deleted = partition.partition_epoch >= PartitionEpoch(0);
    }
    for (const auto& [id, topic] : image->topics()) {
      for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
        const metadata::Partition& known = *topic->partitions[i];
        const PartitionRef ref{id, PartitionIndex(static_cast<std::int32_t>(i))};
        PartitionView& partition = out_.partition(ref);
        partition.deleted = false;
        partition.replicas = known.replicas;
        partition.leader = known.leader;
        partition.leader_epoch = known.leader_epoch;
        partition.partition_epoch = known.partition_epoch;
        partition.isr = metadata::replica_set(known, known.isr);
        partition.elr = metadata::replica_set(known, known.elr);
      }
    }
    for (const auto& entry : image->brokers()) {
      const std::optional<std::uint32_t> node = out_.server(entry.key);
      if (!node) continue;
      NodeView& view = out_.nodes()[*node];
      view.broker_epoch = entry.value->epoch;
      view.fenced = entry.value->fenced;
      view.in_controlled_shutdown = entry.value->in_controlled_shutdown;
    }
  }

  View& out_;
  const world::World& world_;
};

}  // namespace

std::vector<trace::NodeInfo> node_infos(const world::World& world) {
  std::vector<trace::NodeInfo> out;
  for (std::uint32_t i = 0; i < world.size(); ++i) {
    const world::NodeIndex node(i);
    out.push_back(
        {world.name(node), std::string(kind_name(world.kind(node))), world.node_id(node)});
  }
  return out;
}

View live_view(const View& told, const world::World& world) {
  View out = told;
  Reader(out, world).read();
  return out;
}

}  // namespace logarium::run
