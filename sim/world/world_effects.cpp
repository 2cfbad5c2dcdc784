// World: performing what a step asked for.

#include <utility>

#include "engine/base/ensure.hpp"
#include "sim/world/event_hash.hpp"
#include "sim/world/world.hpp"

namespace logarium::world {
namespace {

// Size and header around a body, for links with a bandwidth limit; the same in both modes.
constexpr std::int64_t kFrameOverhead = 24;

}  // namespace

std::optional<note::EndCause> World::perform(NodeIndex node, const Effects& effects,
                                             std::uint64_t& hash) {
  std::optional<note::EndCause> exit;
  for (const Action& action : effects.actions) {
    hash = absorb(hash, action.index());
    if (const auto* message = std::get_if<Send>(&action)) {
      send(node, *message, hash);
    } else if (const auto* op = std::get_if<FileOp>(&action)) {
      hash = absorb(hash, file_op_hash(*op));
      if (at(node).disk.submit(*op)) schedule_disk(node);
    } else if (const auto* connect = std::get_if<Connect>(&action)) {
      hash = absorb(absorb(hash, connect->connection.value()), endpoint_hash(connect->to));
      open_connection(node, *connect);
    } else if (const auto* disconnect = std::get_if<Disconnect>(&action)) {
      hash = absorb(hash, disconnect->connection.value());
      network_.disconnect(scope(), node.value(), disconnect->connection);
    } else if (const auto* answer = std::get_if<Answer>(&action)) {
      hash = absorb(hash, answer->command.value());
      hash = absorb(hash, answer->result ? answer->result->hash() : 0);
    } else if (const auto* exiting = std::get_if<Exit>(&action)) {
      hash = absorb(hash, exit_hash(*exiting));
      exit = exiting->clean ? note::EndCause::kClean : note::EndCause::kOwnFault;
    }
  }
  return exit;
}

void World::send(NodeIndex node, const Send& effect, std::uint64_t& hash) {
  ENSURE(effect.frame.body != nullptr);
  ++counters_.messages;
  std::int64_t bytes = 0;
  if (network_.measured(node.value(), effect.connection)) {
    const Frame& frame = effect.frame;
    bytes = static_cast<std::int64_t>(frame.body->encoded_size(frame.api_version)) + kFrameOverhead;
  }
  hash = absorb(hash, effect.connection.value());
  if (options_.wire == nullptr) {
    counters_.message_bytes += static_cast<std::uint64_t>(bytes);
    const std::uint64_t frame = frame_hash(effect.frame);
    hash = absorb(hash, frame);
    network_.send(scope(), node.value(), effect.connection, effect.frame, frame, bytes);
    return;
  }
  scratch_.wire.clear();
  const Result<Frame> decoded = options_.wire->round_trip(effect.frame, scratch_.wire);
  if (!decoded) {
    failure_ = EnsureReport{counters_.events, now_, node, "wire: " + decoded.error().message};
    return;
  }
  counters_.message_bytes += scratch_.wire.size();
  const std::uint64_t frame = frame_hash(decoded.value());
  hash = absorb(hash, frame);
  network_.send(scope(), node.value(), effect.connection, decoded.value(), frame, bytes);
}

void World::open_connection(NodeIndex node, const Connect& effect) {
  const Process& process = at(node);
  const auto target = by_name_.find(effect.to.host);
  if (target == by_name_.end()) {
    Network::refuse(scope(), node.value(), process.incarnation, effect.connection);
    return;
  }
  network_.connect(scope(), node.value(), process.incarnation, effect.connection,
                   target->second.value());
}

void World::schedule_disk(NodeIndex node) {
  Disk& disk = at(node).disk;
  Pending& pending = scheduler_.push(now_ + disk.begin(fault_counts_));
  pending.kind = PendingKind::kDisk;
  pending.node = node.value();
  pending.generation = disk.generation();
}

}  // namespace logarium::world
