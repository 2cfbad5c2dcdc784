#pragma once
// ClientView: what the clients of a run saw, put together from their histories: per partition which
// record each offset was read as, what was acknowledged where, and how far each consumer got. Built
// once at the end, O(history). It knows nothing of servers; who judges may ask ClusterState whether
// what it finds is explained.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/checkers/cluster_state.hpp"
#include "sim/workload/history.hpp"

namespace logarium::world {
class World;
}

namespace logarium::checkers {

using workload::Uid;
inline constexpr Uid kNoUid = 0;  // applications count from 1

// One offset of a partition that was read as two records.
struct ReadConflict {
  Offset offset;
  Uid first = kNoUid, second = kNoUid;
  NodeIndex reader;  // of the second
};

struct ReaderSpan {
  NodeIndex node;
  Offset first;  // where its first poll began
  Offset last;   // end of the farthest poll
};

struct AckedRecord {
  Uid uid = kNoUid;
  Offset offset;
  NodeIndex producer;
};

struct PartitionView {
  PartitionRef ref;
  // Reads: the uid at begin + i, or none.
  Offset begin;
  std::vector<Uid> read;
  std::vector<ReaderSpan> readers;
  std::vector<ReadConflict> conflicts;
  std::vector<AckedRecord> acked;  // with a known offset, as their ends came

  [[nodiscard]] Uid read_at(Offset offset) const;
};

class ClientView {
 public:
  explicit ClientView(const world::World& world);

  [[nodiscard]] const std::vector<PartitionView>& partitions() const { return partitions_; }
  // The client whose application writes these uids; empty when nobody here does.
  [[nodiscard]] std::optional<NodeIndex> producer_of(Uid uid) const;
  // Whether any consumer read the record.
  [[nodiscard]] bool was_read(Uid uid) const;
  // Records that failed for certain, and damaged values, by client.
  struct Corrupt {
    NodeIndex node;
    std::uint64_t count = 0;
  };
  [[nodiscard]] const std::vector<Corrupt>& corrupt() const { return corrupt_; }
  struct Failed {
    Uid uid = kNoUid;
    NodeIndex node;
    PartitionRef partition;
  };
  [[nodiscard]] const std::vector<Failed>& failed() const { return failed_; }

 private:
  PartitionView& partition(PartitionRef ref);
  void add_sends(NodeIndex node, const workload::History& history);
  void add_polls(NodeIndex node, const workload::History& history);
  void mark_read(Uid uid);

  std::map<PartitionRef, std::size_t> index_;
  std::vector<PartitionView> partitions_;
  std::map<std::uint16_t, NodeIndex> producers_;
  std::vector<std::vector<bool>> read_;  // by application and counter
  std::vector<Corrupt> corrupt_;
  std::vector<Failed> failed_;
};

}  // namespace logarium::checkers
