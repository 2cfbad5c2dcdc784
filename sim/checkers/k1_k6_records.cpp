#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/client_view.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/checkers/unavailability.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

std::string name_of_record(Uid uid) {
  return fmt::format("record {} of application {}", workload::counter_of(uid),
                     workload::application_of(uid));
}

// Whether it is explained that nobody read the offset: records were removed, or a leader took
// office without them, which R3 and R4 judge.
bool may_be_unread(const PartitionState& partition, Offset offset) {
  return partition.deleted || offset < partition.ghost_start || partition.rewritten(offset);
}

// Jepsen's anomalies of single records (jepsen.tests.kafka): lost-write, unseen,
// inconsistent-offsets, duplicate, G1a, and damaged values. One observation, six properties.
class ClientRecords final : public CheckerOf<ClientRecords> {
 public:
  [[nodiscard]] Property property() const override { return kLostWrite; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    const ClientView view(world);
    for (const PartitionView& reads : view.partitions()) {
      const PartitionState* partition = state.find(reads.ref);
      if (partition == nullptr) continue;
      const Case one{state, world, view, reads, *partition, moment, findings};
      check_acked(one);
      check_conflicts(one);
      check_duplicates(one);
    }
    for (const auto& [node, count] : view.corrupt()) {
      tell(kIntactValues, moment_of(moment, node), findings,
           {"a consumer got damaged values", "every value as it was sent",
            fmt::format("{} damaged values", count)});
    }
    for (const auto& failed : view.failed()) {
      if (!view.was_read(failed.uid)) continue;
      tell(kNoFailedRead, moment_of(moment, failed.node), findings,
           {fmt::format("{} failed for certain and was read", name_of_record(failed.uid)),
            "nobody reads what a producer was told is not stored",
            fmt::format("read from {}", name_of(failed.partition))});
    }
  }

 private:
  struct Case {
    const ClusterState& state;
    const world::World& world;
    const ClientView& view;
    const PartitionView& reads;
    const PartitionState& partition;
    const Moment& moment;
    Findings& findings;
  };

  // With acks=1 a leader may lose what it acknowledged, and its offset goes to another record.
  static bool promised(const Case& c, NodeIndex producer) {
    return c.state.node(producer).acks == std::int16_t{-1};
  }

  void check_acked(const Case& c) const {
    Unseen unseen;
    for (const AckedRecord& record : c.reads.acked) {
      if (!promised(c, record.producer) || c.partition.rewritten(record.offset)) continue;
      const Uid there = c.reads.read_at(record.offset);
      if (there != kNoUid && there != record.uid) {
        tell(kConsistentOffsets, moment_of(c.moment, record.producer), c.findings,
             {fmt::format("offset {} of {} was acknowledged for one record and read as another",
                          record.offset.value(), name_of(c.reads.ref)),
              name_of_record(record.uid), name_of_record(there), records_of(c.partition)});
        continue;
      }
      if (there == record.uid || c.view.was_read(record.uid)) continue;
      if (may_be_unread(c.partition, record.offset)) continue;
      if (!check_passed_over(c, record)) unseen.add(record);
    }
    check_unseen(c, unseen);
  }
  // A consumer that began before the record and is beyond it should have met it.
  bool check_passed_over(const Case& c, const AckedRecord& record) const {
    for (const ReaderSpan& span : c.reads.readers) {
      if (span.first > record.offset || span.last <= record.offset) continue;
      tell(kLostWrite, moment_of(c.moment, span.node), c.findings,
           {fmt::format("{} was acknowledged at offset {} of {}; a consumer read on beyond it and "
                        "nobody ever read it",
                        name_of_record(record.uid), record.offset.value(), name_of(c.reads.ref)),
            "every acknowledged record is read by whoever passes its offset",
            fmt::format("a consumer read from {} to {}", span.first.value(), span.last.value()),
            records_of(c.partition)});
      return true;
    }
    return false;
  }

  struct Unseen {
    std::uint64_t count = 0;
    Offset first, last;
    void add(const AckedRecord& record) {
      first = count == 0 ? record.offset : std::min(first, record.offset);
      last = count == 0 ? record.offset : std::max(last, record.offset);
      ++count;
    }
  };
  // At rest, whoever reads the partition has read all of it; one that nobody may lead, nobody
  // reads.
  void check_unseen(const Case& c, const Unseen& unseen) const {
    if (unseen.count == 0 || !c.moment.quiescent || !c.moment.healed_wholly) return;
    if (explained_unavailability(c.state, c.world, c.partition)) return;
    for (const ReaderSpan& span : c.reads.readers) {
      const bool runs = c.world.state(span.node) == world::ProcessState::kUp;
      if (!runs || c.world.paused(span.node) || span.first > unseen.last) continue;
      tell(kSeen, moment_of(c.moment, span.node), c.findings,
           {fmt::format("{} acknowledged records of {} were never read", unseen.count,
                        name_of(c.reads.ref)),
            "a consumer that reads to the end of the log",
            fmt::format("offsets {} to {} unread; the consumer stands at {}", unseen.first.value(),
                        unseen.last.value(), span.last.value()),
            records_of(c.partition)});
      return;
    }
  }

  void check_conflicts(const Case& c) const {
    for (const ReadConflict& conflict : c.reads.conflicts) {
      if (c.partition.rewritten(conflict.offset)) continue;
      tell(kConsistentOffsets, moment_of(c.moment, conflict.reader), c.findings,
           {fmt::format("offset {} of {} was read as two different records",
                        conflict.offset.value(), name_of(c.reads.ref)),
            name_of_record(conflict.first), name_of_record(conflict.second),
            records_of(c.partition)});
    }
  }

  // Where a record of an idempotent producer was read first; others may repeat theirs.
  void check_duplicates(const Case& c) const {
    std::unordered_map<Uid, Offset> first;
    first.reserve(c.reads.read.size());
    for (std::size_t i = 0; i < c.reads.read.size(); ++i) {
      const Uid uid = c.reads.read[i];
      if (uid == kNoUid) continue;
      const Offset offset = c.reads.begin + static_cast<std::int64_t>(i);
      const auto [at, fresh] = first.try_emplace(uid, offset);
      if (fresh) continue;
      if (out_of_sequence(c.state, c.partition, at->second) ||
          out_of_sequence(c.state, c.partition, offset)) {
        continue;
      }
      const auto producer = c.view.producer_of(uid);
      if (!producer || !c.state.node(*producer).idempotent) continue;
      tell(kNoDuplicate, moment_of(c.moment, *producer), c.findings,
           {fmt::format("{} of an idempotent producer was read at two offsets of {}",
                        name_of_record(uid), name_of(c.reads.ref)),
            fmt::format("once, at offset {}", at->second.value()),
            fmt::format("again at offset {}", offset.value()), records_of(c.partition)});
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_client_records() { return std::make_unique<ClientRecords>(); }

}  // namespace logarium::checkers
