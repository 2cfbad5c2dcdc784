#include <fmt/format.h>

#include <array>
#include <string_view>

#include "sim/checkers/liveness.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// Property L11: livelocks and storms. Judged when the last third of the time since the heal lies
// wholly after all that may still come about (L3); one late change is none.
class QuietTail final : public CheckerOf<QuietTail> {
 public:
  [[nodiscard]] Property property() const override { return kQuietTail; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::QuorumRoleChanged, note::PartitionCommitted, note::PositionReset,
                       note::BrokerFenced>();
  }
  void on_note(const ClusterState&, const ClusterState::At& at, const Note& note,
               Findings&) override {
    if (const auto* role = std::get_if<note::QuorumRoleChanged>(&note)) {
      if (role->role == note::QuorumRole::kLeader) times_[kElections].push_back(at.time);
    } else if (const auto* committed = std::get_if<note::PartitionCommitted>(&note)) {
      take(at, *committed);
    } else if (std::holds_alternative<note::PositionReset>(note)) {
      times_[kResets].push_back(at.time);
    } else {
      times_[kFenced].push_back(at.time);
    }
  }
  void at_end(const ClusterState&, const world::World& world, const Moment& moment,
              Findings& findings) override {
    if (!moment.healed_since || !moment.healed_wholly || loses_for_ever(world)) return;
    const Duration tail = moment.time - *moment.healed_since;
    const Instant from = moment.time - tail / 3;
    if (from < *moment.healed_since + LivenessBounds::of(world).replication) return;
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      const Times& times = times_[kind];
      std::size_t count = 0;
      while (count < times.size() && times[times.size() - 1 - count] >= from) ++count;
      if (count <= kMost) continue;
      report(findings, moment_of(moment, {}),
             {fmt::format("the healed cluster does not come to rest: {} go on", kNames[kind]),
              fmt::format("at most {} in the last third of the time since the heal", kMost),
              fmt::format("{} in {}", count, to_string(tail / 3))});
    }
  }

 private:
  // Each message that a network without connections loses costs a timeout, and that a place in an
  // ISR; such a network is never healed.
  static bool loses_for_ever(const world::World& world) {
    const world::NetworkOptions& network = world.options().network;
    return network.transport == world::Transport::kDatagram && network.link.loss_ppm > 0;
  }

  enum Kind : std::size_t { kElections, kLeaders, kIsrs, kResets, kFenced, kKinds };
  static constexpr std::array<std::string_view, kKinds> kNames = {
      "elections of the quorum's leader", "changes of partition leaders", "ISR changes",
      "resets of consumers", "fencings of brokers"};
  static constexpr std::size_t kMost = 1;
  using Times = ChunkedVector<Instant, 64>;

  // The controller moves leadership back to the preferred replicas in its own time.
  void take(const ClusterState::At& at, const note::PartitionCommitted& committed) {
    switch (committed.election) {
      case note::ElectionKind::kInitial:
      case note::ElectionKind::kPreferred:
        return;
      case note::ElectionKind::kKeep:
        times_[kIsrs].push_back(at.time);
        return;
      case note::ElectionKind::kClean:
      case note::ElectionKind::kElr:
      case note::ElectionKind::kLastKnown:
      case note::ElectionKind::kUnclean:
      case note::ElectionKind::kNoLeader:
        times_[kLeaders].push_back(at.time);
        return;
    }
  }

  std::array<Times, kKinds> times_;
};

}  // namespace

std::unique_ptr<Checker> make_quiet_tail() { return std::make_unique<QuietTail>(); }

}  // namespace logarium::checkers
