// World: performing what a step asked for.

#include <type_traits>
#include <utility>
#include <variant>

#include "engine/base/ensure.hpp"
#include "engine/runtime/event_hash.hpp"
#include "engine/runtime/perform.hpp"
#include "sim/world/world.hpp"

namespace logarium::world {

using runtime::endpoint_hash;
using runtime::exit_hash;
using runtime::file_op_hash;
using runtime::frame_hash;

namespace {

// Size and header around a body, for links with a bandwidth limit; the same in both modes.
constexpr std::int64_t kFrameOverhead = 24;

// Where an action stands in the variant.
template <class A, std::size_t I = 0>
constexpr std::size_t index_of() {
  if constexpr (std::is_same_v<A, std::variant_alternative_t<I, Action>>) {
    return I;
  } else {
    return index_of<A, I + 1>();
  }
}
template <class A>
constexpr std::size_t kIndexOf = index_of<A>();

}  // namespace

// Takes a step's actions (engine/runtime/perform.hpp) and folds each into the event's hash.
struct World::Performer {
  World& world;
  NodeIndex node;
  std::uint64_t& hash;
  std::optional<note::EndCause> end;

  void send(const Send& effect) {
    hash = absorb(hash, kIndexOf<Send>);
    world.send(node, effect, hash);
  }
  void file(const FileOp& effect) {
    hash = absorb(hash, kIndexOf<FileOp>);
    hash = absorb(hash, file_op_hash(effect));
    if (world.at(node).disk.submit(effect)) world.schedule_disk(node);
  }
  void connect(const Connect& effect) {
    hash = absorb(hash, kIndexOf<Connect>);
    hash = absorb(absorb(hash, effect.connection.value()), endpoint_hash(effect.to));
    world.open_connection(node, effect);
  }
  void disconnect(const Disconnect& effect) {
    hash = absorb(hash, kIndexOf<Disconnect>);
    hash = absorb(hash, effect.connection.value());
    world.network_.disconnect(world.scope(), node.value(), effect.connection);
  }
  void answer(const Answer& effect) {
    hash = absorb(hash, kIndexOf<Answer>);
    hash = absorb(hash, effect.command.value());
    hash = absorb(hash, effect.result ? effect.result->hash() : 0);
  }
  void exit(const Exit& effect) {
    hash = absorb(hash, kIndexOf<Exit>);
    hash = absorb(hash, exit_hash(effect));
    end = effect.clean ? note::EndCause::kClean : note::EndCause::kOwnFault;
  }
};

std::optional<note::EndCause> World::perform(NodeIndex node, const Effects& effects,
                                             std::uint64_t& hash) {
  Performer performer{*this, node, hash, std::nullopt};
  runtime::perform(effects, performer);
  return performer.end;
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
  schedule_disk_at(node, at(node).disk.begin(now_, fault_counts_));
}

void World::schedule_disk_at(NodeIndex node, Instant done) {
  Pending& pending = scheduler_.push(done);
  pending.kind = PendingKind::kDisk;
  pending.node = node.value();
  pending.generation = at(node).disk.generation();
}

}  // namespace logarium::world
